"""A room opened by a program: what comes of it as values, nothing left behind, nothing lost on a time-out."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel, JsonValue
from support.own_modes import none_left, write
from support.rooms import PATIENCE, script, stands

import agentchat
from agentchat.errors import AgentchatError, HumanNeededError, UsageError
from agentchat.events import SessionClosed, SessionOpened
from agentchat.home import Home
from agentchat.home.plugins import Plugins
from agentchat.modes import Settings as Plain, forget, names
from agentchat.steps import Ask, Finish, Step
from agentchat.transcript import Transcript, Turn

VOTES = """
[zofia]
"*" = ["Wood smells better."]
pick = ['{"why": "the smell", "vote": "wood"}']
["*"]
"*" = ["Gas is cheap."]
pick = ['{"why": "cheap", "vote": "gas"}']
position = ['{"stance": "agree", "why": "it is cheap"}']
"""
ZOFIA = agentchat.Persona(name="Zofia Nowak", id="zofia", prompt="You are Zofia, a baker.")


@pytest.fixture(autouse=True)
def _aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "aside").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "aside"))
    monkeypatch.chdir(tmp_path)


class Twice:
    """Two turns by the first there is."""

    name: ClassVar[str] = "twice"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Twice"
    summary: ClassVar[str] = "One of them speaks twice."
    picture: ClassVar[str] = "A A"
    achieves: ClassVar[frozenset[str]] = frozenset({"done"})
    Settings: ClassVar[type[BaseModel]] = Plain

    def __init__(self, settings: BaseModel) -> None:
        self.settings = settings

    def next(self, transcript: Transcript) -> Step:
        turns = [one for one in transcript.mine if isinstance(one, Turn)]
        if len(turns) < 2:
            return Ask(transcript.members[0].id, "say", "Say something.")
        return Finish("done", turns[-1].text, data={"turns": 2})

    def bound(self, members: int) -> int:
        return 4


@pytest.fixture
def mode() -> Iterator[type[Twice]]:
    yield Twice
    forget("twice")


async def test_a_vote_gives_its_winner_and_what_each_did_and_leaves_nothing_behind(tmp_path: Path) -> None:
    settings: dict[str, JsonValue] = {"options": ["gas", "wood"], "rule": "plurality"}
    model = script(tmp_path, VOTES)
    people: list[agentchat.Persona | str] = [ZOFIA, "ada", "ben"]
    async with agentchat.open_room(
        "Which oven?", personas=people, mode="committee", settings=settings, model=model
    ) as room:
        result = await room.run(timeout=60)
        assert list((tmp_path / "aside").iterdir())
    assert (result.outcome, result.data["winner"], result.timed_out) == ("decided", "gas", False)
    assert result.personas["zofia"].name == "Zofia Nowak"
    assert result.personas["zofia"].words > 0
    assert result.personas["zofia"].text == "Wood smells better."
    assert sum(one.tokens for one in result.personas.values()) == result.tokens
    assert list((tmp_path / "aside").iterdir()) == []


async def test_every_event_is_handed_over_in_order_once(tmp_path: Path) -> None:
    async with agentchat.open_room(
        "What next?", personas=["ada", "ben"], settings={"rounds": 1}, model=script(tmp_path)
    ) as room:
        events = [event async for event in room.events()]
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert isinstance(events[0], SessionOpened)
        assert isinstance(events[-1], SessionClosed)
        assert [event async for event in room.events()] == events
        assert room.result().outcome == events[-1].outcome


async def test_a_mode_may_be_a_class(tmp_path: Path, mode: type[Twice]) -> None:
    async with agentchat.open_room("Hm?", personas=[ZOFIA, "ada"], mode=mode, model=script(tmp_path, VOTES)) as room:
        result = await room.run()
    assert (result.outcome, result.summary, result.personas["zofia"].turns) == ("done", "Wood smells better.", 2)
    assert result.data == {"turns": 2}


async def test_when_the_time_is_over_it_is_paused_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    model, home = script(tmp_path, f"pace = 200\n{VOTES}"), tmp_path / "home"
    async with agentchat.open_room(
        "What next?", personas=["ada", "ben"], settings={"rounds": 1}, model=model, home=home
    ) as room:
        result = await room.run(timeout=0)
        assert (result.timed_out, result.outcome) == (True, "")
        again = await room.run()
        assert (again.timed_out, bool(again.outcome)) == (False, True)
    async with Home(home) as kept:
        assert (await kept.archive.log(again.session)).transcript.closed


async def test_who_speaks_when_the_time_is_over_is_cut_off_kept_and_asked_again(tmp_path: Path) -> None:
    slow = script(tmp_path, "pace = 5\n['*']\n'*' = ['One two three four five six seven eight nine ten.']")
    async with agentchat.open_room(
        "What next?", personas=["ada", "ben"], mode="open-floor", settings={"rounds": 1}, model=slow
    ) as room:
        result = await room.run(timeout=0.5)
        assert (result.timed_out, room.transcript.open, room.transcript.paused) == (True, (), True)
        assert result.seconds < 5
        assert {one.end.by for one in room.transcript.hidden if one.end} == {"quit"}
        heard = len(room.room.log.events)
        assert (await room.run(timeout=0.3)).timed_out
        assert len(room.room.log.events) > heard
        assert "What next?" in room.export("md")


async def test_two_rooms_go_at_once_each_with_models_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    usual, other = script(tmp_path), script(tmp_path / "other", "['*']\n'*' = ['Otherwise.']")
    async with Home(tmp_path / "home") as home:

        async def hold(topic: str) -> agentchat.Result:
            async with agentchat.open_room(
                topic, personas=["ada", "ben"], mode="poll", model=usual, models={"ben": other}, home=home
            ) as room:
                return await room.run(timeout=30)

        results = await asyncio.gather(hold("One?"), hold("Two?"))
        assert len({one.session for one in results}) == 2
        assert all("Otherwise." in one.personas["ben"].text for one in results)
        assert all("Otherwise." not in one.personas["ada"].text for one in results)
        with pytest.raises(agentchat.UsageError, match="zed"):
            async with agentchat.open_room("Q", personas=["ada"], model=usual, models={"zed": other}, home=home):
                pass
        assert len(await home.archive.sessions()) == 2


async def test_leaving_in_mid_run_leaves_no_task_and_no_folder(tmp_path: Path) -> None:
    slow = script(tmp_path, "pace = 5\n['*']\n'*' = ['One two three four five six seven.']")
    before = asyncio.all_tasks()

    async def hold() -> None:
        async with agentchat.open_room("What next?", personas=["ada", "ben"], mode="poll", model=slow) as room:
            async for _ in room.events():
                if room.transcript.open:
                    speaking.set()

    speaking = asyncio.Event()
    running = asyncio.create_task(hold())
    await speaking.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert asyncio.all_tasks() == before
    assert list((tmp_path / "aside").iterdir()) == []


def page(root: Path) -> str:
    (code,) = re.findall(r"```python\n(.*?)```", (root / "docs" / "python.md").read_text("utf-8"), re.DOTALL)
    return str(code)


def test_what_the_page_shows_runs_as_it_stands(tmp_path: Path, root: Path) -> None:
    code = page(root).replace("local/starter", script(tmp_path, VOTES))
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stdout.startswith("decided gas "), run.stderr


@pytest.mark.soak
def test_what_the_page_shows_is_typed(tmp_path: Path, root: Path) -> None:
    (tmp_path / "page.py").write_text(page(root))
    words = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", str(tmp_path / "page.py")]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


async def test_what_the_room_asks_goes_to_the_program_s_own_answer(tmp_path: Path) -> None:
    asked: list[agentchat.Asked] = []

    async def answer(one: agentchat.Asked) -> str | None:
        asked.append(one)
        return "gas"

    tied = VOTES.replace('["*"]', '[ada]\n"*" = ["x"]\npick = [\'{"why": "", "vote": "gas"}\']\n["*"]')
    async with agentchat.open_room(
        "Which oven?", personas=[ZOFIA, "ada"], mode="committee", model=script(tmp_path, tied), answer=answer,
        settings={"options": ["gas", "wood"], "rule": "plurality", "you": "tie-break", "quorum": "1/2"},
    ) as room:  # fmt: skip
        result = await room.run()
    assert [one.options for one in asked] == [("gas", "wood")]
    assert result.data["winner"] == "gas"


async def test_nobody_to_ask_where_it_may_not_wait_is_an_error_that_says_so(tmp_path: Path) -> None:
    async with agentchat.open_room(
        "Which oven?", personas=[ZOFIA, "ada"], mode="committee", model=script(tmp_path, VOTES), on_escalation="fail",
        settings={"options": ["gas", "wood"], "rule": "plurality", "you": "tie-break", "quorum": "1/2"},
    ) as room:  # fmt: skip
        with pytest.raises(HumanNeededError) as raised:
            await room.run()
    assert "answer" in raised.value.hint


TIED: dict[str, JsonValue] = {
    "options": ["gas", "wood"], "rule": "plurality", "you": "tie-break", "quorum": "1/2",
}  # fmt: skip


async def test_a_default_counts_when_its_time_has_come_also_where_a_file_says_so(tmp_path: Path) -> None:
    file = tmp_path / "oven.toml"
    file.write_text('mode = "committee"\n[escalation]\npolicy = "default"\ntimeout = 0.1\n')
    model = script(tmp_path, VOTES)
    for brought in (file, ""):
        async with agentchat.open_room(
            "Which oven?", personas=[ZOFIA, "ada"], mode="committee", settings=TIED, model=model, room=brought
        ) as room:
            result = await room.run(timeout=30)
        assert (result.outcome, result.timed_out) == ("decided", False)


async def test_a_room_that_may_wait_goes_on_when_it_is_answered_elsewhere(tmp_path: Path) -> None:
    async with agentchat.open_room(
        "Which oven?", personas=[ZOFIA, "ada"], mode="committee", settings=TIED, model=script(tmp_path, VOTES),
        on_escalation="wait",
    ) as room:  # fmt: skip
        running = asyncio.create_task(room.run(timeout=30))
        await stands(room.room, "waiting")
        await room.room.answer(room.room.transcript.escalations[-1].seq, "wood")
        assert (await running).data["winner"] == "wood"


async def test_an_answer_that_gives_up_is_no_time_that_is_over(tmp_path: Path) -> None:
    async def answer(asked: agentchat.Asked) -> str:
        raise TimeoutError("nobody at the desk")

    async with agentchat.open_room(
        "Which oven?", personas=[ZOFIA, "ada"], mode="committee", model=script(tmp_path, VOTES), settings=TIED,
        answer=answer,
    ) as room:  # fmt: skip
        with pytest.raises(TimeoutError, match="nobody at the desk"):
            await room.run(timeout=60)


async def test_what_is_said_while_events_are_handed_over_comes_once(tmp_path: Path) -> None:
    seen: list[int] = []
    async with agentchat.open_room(
        "What next?", personas=["ada", "ben"], settings={"rounds": 1}, model=script(tmp_path)
    ) as room:
        async for event in room.events():
            seen.append(event.seq)
            if event.seq == 1:
                await room.say("Mind the bakery.")
    assert seen == list(range(1, len(seen) + 1))


async def test_events_of_a_room_that_waits_end_each_time_they_are_asked_for(tmp_path: Path) -> None:
    async with agentchat.open_room(
        "Which oven?", personas=[ZOFIA, "ada"], mode="committee", model=script(tmp_path, VOTES), settings=TIED,
        on_escalation="fail",
    ) as room:  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            first = [event.seq async for event in room.events()]
            assert [event.seq async for event in room.events()] == first


@pytest.mark.parametrize("error", [ZeroDivisionError("twice"), SystemExit(3)])
async def test_a_room_that_was_held_is_tried_again_by_the_next_run(
    tmp_path: Path, mode: type[Twice], error: BaseException
) -> None:
    class Failing(Twice):
        faults: ClassVar[list[BaseException]] = [error, error]

        def next(self, transcript: Transcript) -> Step:
            if len(transcript.entries) > 0 and self.faults:
                raise self.faults.pop()
            return super().next(transcript)

    async with agentchat.open_room("Hm?", personas=[ZOFIA], mode=Failing, model=script(tmp_path, VOTES)) as room:
        for _ in range(2):
            with pytest.raises(AgentchatError, match=f"the mode twice failed: {type(error).__name__}"):
                await room.run()
        assert (await room.run()).outcome == "done"


async def test_what_a_mode_prints_is_no_result(
    tmp_path: Path, mode: type[Twice], capsys: pytest.CaptureFixture[str]
) -> None:
    class Printing(Twice):
        def next(self, transcript: Transcript) -> Step:
            print("here")  # noqa: T201 (as one does who looks for a fault)
            return super().next(transcript)

    async with agentchat.open_room("Hm?", personas=[ZOFIA], mode=Printing, model=script(tmp_path, VOTES)) as room:
        assert (await room.run()).outcome == "done"
    out, err = capsys.readouterr()
    assert (out, "here" in err) == ("", True)


async def test_a_class_that_is_no_mode_yet_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no mode yet: name"):
        async with agentchat.open_room("Hm?", personas=[ZOFIA], mode=Path, model=script(tmp_path)):  # type: ignore[arg-type]
            pass


async def test_one_persona_may_be_named_as_it_is(tmp_path: Path) -> None:
    async with agentchat.open_room("Hm?", personas="ada", model=script(tmp_path)) as room:
        assert [*room.result().personas] == ["ada"]


async def test_a_model_that_fails_wholly_is_an_error_with_what_to_do(tmp_path: Path) -> None:
    model = script(tmp_path, "['*']\n'*' = ['!fail auth']")
    async with agentchat.open_room("What next?", personas=["ada", "ben"], model=model) as room:
        with pytest.raises(AgentchatError, match="auth"):
            await room.run()


@pytest.mark.parametrize(
    "wrong", [{"name": "You"}, {"name": ""}, {"name": "Zed", "temperature": 9}, {"name": "X" * 99}]
)
def test_a_persona_that_cannot_be_is_refused_in_words(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        agentchat.Persona(prompt="x", **wrong)  # type: ignore[arg-type]  # that is what is tried


async def test_what_is_wrong_is_said_and_nothing_is_created(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for wrong in ({"personas": ["nobody"]}, {"mode": "nosuch"}, {"settings": {"rounds": "x"}}):
        with pytest.raises(UsageError):
            async with agentchat.open_room("Q", model=script(tmp_path), home=home, **wrong):
                pass
    assert not (home / "sessions").exists()


def test_to_import_agentchat_loads_nothing_of_it() -> None:
    code = "import agentchat, sys; print([one for one in sys.modules if one.startswith('agentchat.')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
    with pytest.raises(AttributeError):
        _ = agentchat.nothing  # type: ignore[attr-defined]
    assert "open_room" in dir(agentchat)


async def test_rooms_of_two_homes_are_open_at_once_each_with_its_own_modes(tmp_path: Path) -> None:
    model = script(tmp_path, VOTES + '\nword = [\'{"word": "bread"}\']')
    one, other = tmp_path / "one", tmp_path / "other"
    with none_left():
        write(one)
        plugins = Plugins.loaded(one)
        plugins.believe(plugins.look("saying"))
        async with (
            agentchat.open_room("Hm?", personas=["ada", "ben"], mode="saying", model=model, home=one) as room,
            agentchat.open_room("Hm?", personas=["ada", "ben"], settings={"rounds": 1}, model=model, home=other) as two,
        ):
            assert [one.outcome for one in await asyncio.gather(room.run(60), two.run(60))] == ["said", "agreed"]
        Plugins.loaded(other)
        assert "saying" not in names()
