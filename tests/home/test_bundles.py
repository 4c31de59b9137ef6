from __future__ import annotations

import asyncio
import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import JsonValue

from agentchat.errors import UsageError
from agentchat.events import EPOCH, Event, HeadMoved, HumanSpoke, TurnEnded, TurnStarted, encode
from agentchat.home import Home
from agentchat.home.bundles import form_of, write
from agentchat.home.forking import copied
from agentchat.log import Log
from agentchat.modes import names
from agentchat.store import LeaseHeld
from agentchat.testing import append, begin, end, opened, people, play

SESSIONS = Path(__file__).parents[2] / "sessions"
SETTINGS: dict[str, dict[str, JsonValue]] = {"vote": {"options": ["A", "B"]}, "committee": {"options": ["A", "B"]}}
KEY = "sk-proj-a1B2c3D4e5F6g7H8i9J0k1L2m3N4"


async def exported(home: Home, session: str, path: Path, form: str = "jsonl") -> Path:
    write(path, (await home.bundles.hand_on(session, form)).chunks)
    return path


async def test_a_bundle_is_the_same_session_on_another_machine(tmp_path: Path) -> None:
    for recording in sorted(SESSIONS.glob("*.jsonl")):
        async with Home(tmp_path / "here") as here, Home(tmp_path / "there") as there:
            kept = await here.bundles.take_in(recording)
            assert kept.how == "new"
            file = await exported(here, kept.session, tmp_path / f"{recording.stem}.jsonl")
            assert file.read_bytes() == recording.read_bytes()
            again = await there.bundles.take_in(file)
            assert (again.session, again.how) == (kept.session, "new")
            one, other = await here.archive.log(kept.session), await there.archive.log(kept.session)
            assert one.events == other.events
            assert one.transcript == other.transcript


async def test_what_is_here_already_is_not_doubled(tmp_path: Path) -> None:
    lines = (SESSIONS / "demo.jsonl").read_bytes().splitlines(keepends=True)
    part, whole = tmp_path / "part.jsonl", tmp_path / "whole.jsonl"
    part.write_bytes(b"".join(lines[:20]))
    whole.write_bytes(b"".join(lines))
    async with Home(tmp_path / "home") as home:
        hows = [(await home.bundles.take_in(file)).how for file in (part, part, whole, whole, part)]
        assert hows == ["new", "there", "grown", "there", "there"]
        (row,) = await home.archive.sessions()
        assert row.events == len(lines)
        assert (await home.archive.log(row.id)).transcript.closed
        assert [hit.session for hit in await (await home.store()).search("families")][:1] == [row.id]


async def test_what_is_taken_in_anew_comes_out_of_the_bin(tmp_path: Path) -> None:
    async with Home(tmp_path / "home") as home:
        kept = await home.bundles.take_in(SESSIONS / "demo.jsonl")
        await home.delete(kept.session)
        again = await home.bundles.take_in(SESSIONS / "demo.jsonl")
        assert (again.how, again.binned) == ("there", True)
        assert [row.id for row in await home.archive.sessions()] == [kept.session]
        assert not (await home.bundles.take_in(SESSIONS / "demo.jsonl")).binned


async def test_what_a_fork_copied_is_not_paid_for_again_where_its_bundle_comes_in_two_parts(tmp_path: Path) -> None:
    log = begin(opened("discussion", people("Ada", "Ben")))
    (start,) = append(log, [TurnStarted(speaker="ada")])
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "said", "Trams.").model_copy(update={"model": "m", "tokens_out": 100, "cost": 0.5})])
    lines = [encode(event) for event in copied(log.path(), "f0", [], EPOCH)]
    part, whole = tmp_path / "part.jsonl", tmp_path / "whole.jsonl"
    part.write_bytes(b"\n".join(lines[:2]))
    whole.write_bytes(b"\n".join(lines))
    async with Home(tmp_path / "home") as home:
        assert [(await home.bundles.take_in(file)).how for file in (part, whole)] == ["new", "grown"]
        row = (await home.archive.sessions())[0]
        assert (row.turns, row.tokens, row.cost) == (1, 0, 0.0)
        assert (await home.archive.log("f0")).transcript.spent.tokens_out == 0


async def test_another_session_of_the_same_id_gets_an_id_of_its_own(tmp_path: Path) -> None:
    lines = (SESSIONS / "poll.jsonl").read_bytes().splitlines(keepends=True)
    other = tmp_path / "other.jsonl"
    other.write_bytes(lines[0].replace(b"library", b"school") + b"".join(lines[1:]))
    async with Home(tmp_path / "home") as home:
        first = await home.bundles.take_in(SESSIONS / "poll.jsonl")
        second, third = [await home.bundles.take_in(other) for _ in range(2)]
        assert (second.how, third.how) == ("other", "there")
        assert first.session != second.session == third.session
        assert len(await home.archive.sessions()) == 2
        assert (await home.archive.log(second.session)).events[1:] == (await home.archive.log(first.session)).events[1:]


async def test_a_session_that_is_open_elsewhere_does_not_grow_from_a_file(tmp_path: Path) -> None:
    lines = (SESSIONS / "poll.jsonl").read_bytes().splitlines(keepends=True)
    part = tmp_path / "part.jsonl"
    part.write_bytes(b"".join(lines[:4]))
    async with Home(tmp_path / "home") as home, Home(tmp_path / "home") as window:
        kept = await home.bundles.take_in(part)
        await window.open(kept.session)
        with pytest.raises(LeaseHeld):
            await home.bundles.take_in(SESSIONS / "poll.jsonl")


async def test_older_and_unknown_events_stay_what_they_were(tmp_path: Path) -> None:
    odd = [
        (
            b'{"v":0,"seq":1,"at":"2026-01-01T00:00:00Z","type":"session_opened","session":"odd","topic":"t",'
            b'"mode":"discussion","x":[1.50]}'
        ),
        b'{"seq": 4, "parent": 1, "at": "2026-01-01T00:00:00Z", "type": "dreamt", "of": "\\u0161eep", "v": 7}',
        b'{"v":1,"seq":9,"parent":4,"at":"2026-01-01T00:00:00Z","type":"human_spoke","text":"hi","mood":"calm"}',
    ]
    file = tmp_path / "odd.jsonl"
    file.write_bytes(b"\n".join(odd))
    async with Home(tmp_path / "home") as home:
        kept = await home.bundles.take_in(file)
        out = await exported(home, kept.session, tmp_path / "out.jsonl")
        assert out.read_bytes().splitlines() == odd
        assert [event.v for event in (await home.archive.log("odd")).events] == [1, 7, 1]


async def test_a_key_that_was_said_leaves_in_no_format_and_the_rest_replays(tmp_path: Path) -> None:
    log = begin(opened("discussion", people("Ada")).model_copy(update={"topic": f"Is {KEY} safe?"}))
    (start,) = append(log, [TurnStarted(speaker="ada", kind="say", round=1, stage="talk")])
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "said", f"No: canary-4711 and {KEY}."), HumanSpoke(text="OPENAI_API_KEY=" + KEY)])
    file = tmp_path / "in.jsonl"
    file.write_bytes(b"\n".join(map(encode, log.events)))
    async with Home(tmp_path / "home", {"MISTRAL_API_KEY": "canary-4711"}) as home:
        await home.bundles.take_in(file)
        for form in ("jsonl", "html", "md", "adr", "text"):
            handed = await home.bundles.hand_on("test", form)
            shown = "".join(handed.chunks)
            assert KEY[8:] not in shown
            assert "canary" not in shown
            assert {one.seq for one in handed.masked} == {1, start.seq + 1, start.seq + 2}
        raw = "".join((await home.bundles.hand_on("test", "jsonl", keep_secrets=True)).chunks)
        assert raw.encode().splitlines() == file.read_bytes().splitlines()
        out = await exported(home, "test", tmp_path / "out.jsonl")
        async with Home(tmp_path / "there") as there:
            masked = (await there.archive.log((await there.bundles.take_in(out)).session)).events
            assert [(one.seq, one.type) for one in masked] == [(one.seq, one.type) for one in log.events]


async def test_sealed_turns_of_a_vote_under_way_are_told_of_and_in_no_other_format(tmp_path: Path) -> None:
    log = begin(opened("discussion", people("Ada")))
    (start,) = append(log, [TurnStarted(speaker="ada", kind="thought", stage="thoughts", sealed=True)])
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "said", "an unheard thought")])
    file = tmp_path / "in.jsonl"
    file.write_bytes(b"\n".join(map(encode, log.events)))
    async with Home(tmp_path / "home") as home:
        await home.bundles.take_in(file)
        assert (await home.bundles.hand_on("test", "jsonl")).sealed == 1
        for form in ("html", "md", "adr", "text"):
            assert "unheard" not in "".join((await home.bundles.hand_on("test", form)).chunks)


def test_a_file_is_its_owners_alone_whole_and_never_written_over(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write(tmp_path / "a.md", ["one"])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.md").stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="is there already"):
        write(tmp_path / "a.md", ["two"])
    (tmp_path / "link.md").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="is there already"):
        write(tmp_path / "link.md", ["two"])

    def breaking() -> list[str]:
        raise KeyError

    with pytest.raises(KeyError):
        write(tmp_path / "b.md", (one for _ in [0] for one in breaking()))
    write(tmp_path / "a.md", ["two"], force=True)
    assert (tmp_path / "a.md").read_text() == "two"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "link.md"]
    with pytest.raises(UsageError, match="no folder"):
        write(tmp_path / "nowhere" / "a.md", ["x"])


def test_the_end_of_a_name_says_its_format() -> None:
    assert [form_of(name) for name in ("a.JSONL", "b.htm", "c.markdown", "d.adr.md", "e.txt", "f", "g.pdf")] == [
        "jsonl", "html", "md", "adr", "text", "", "",
    ]  # fmt: skip


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Logs of any mode, with heads that moved and texts of any kind."""
    mode = draw(st.sampled_from(names()))
    whole = play(begin(opened(mode, people("Ada", "Ben"), SETTINGS.get(mode, {}))))
    log = Log(whole.events[: draw(st.integers(1, len(whole.events)))])
    for text in draw(st.lists(st.text(max_size=30), max_size=3)):
        closed = {event.turn for event in log.events if isinstance(event, TurnEnded)}
        if all(event.turn in closed for event in log.events if isinstance(event, TurnStarted)):
            to = draw(st.sampled_from(log.path())).seq
            append(log, [HeadMoved(to=to), HumanSpoke(text=text)])
    return log


async def _round(folder: Path, log: Log) -> list[Event]:
    file, out = folder / "in.jsonl", folder / "out.jsonl"
    file.write_bytes(b"\n".join(map(encode, log.events)))
    async with Home(folder / "here") as here, Home(folder / "there") as there:
        await here.bundles.take_in(file)
        write(out, (await here.bundles.hand_on("test", "jsonl")).chunks)
        assert json.loads(out.read_bytes().splitlines()[0])["session"] == "test"
        return (await there.archive.log((await there.bundles.take_in(out)).session)).events


@settings(max_examples=12)
@given(logs())
def test_any_session_comes_back_equal_from_a_bundle(tmp_path_factory: pytest.TempPathFactory, log: Log) -> None:
    events = asyncio.run(_round(tmp_path_factory.mktemp("round"), log))
    assert events == log.events
    assert Log(events).transcript == log.transcript
