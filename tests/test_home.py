from __future__ import annotations

import asyncio
import gc
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest
from support.rooms import script

from agentchat.errors import StoreError, UsageError
from agentchat.home import Home, Wish


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with Home(tmp_path / "home", {"OLLAMA_HOST": "127.0.0.1:1", "AGENTCHAT_DATA": str(tmp_path)}) as one:
        yield one


@pytest.mark.parametrize(
    ("wish", "says", "near"),
    [
        (Wish(""), "needs a topic", "agentchat chat"),
        (Wish("t", mode="diskussion"), "no mode 'diskussion'", "discussion"),
        (Wish("t", personas=("adda",)), "adda", "ada"),
        (Wish("t", personas=("ada", "Ada")), "twice", ""),
        (Wish("t", settings={"round": "2"}), "no setting 'round'", "rounds"),
        (Wish("t", settings={"rounds": "two"}), "rounds = 'two'", "modes show"),
        (Wish("t", settings={"timeouts.first": "2"}), "no time-out 'first'", "first_token"),
        (Wish("t", settings={"timeouts.total": "soon"}), "no number of seconds", ""),
        (Wish("t", model="opnai/x"), "no provider is called 'opnai'", "openai/x"),
    ],
)
async def test_a_wish_that_cannot_be_met_is_answered_with_the_nearest_and_nothing_is_created(
    home: Home, wish: Wish, says: str, near: str
) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        await home.create(wish)
    assert near in caught.value.hint
    assert not await home.archive.sessions()


async def test_a_line_up_is_named_where_personas_are_and_brings_its_settings(home: Home, tmp_path: Path) -> None:
    room = await home.create(Wish("t", personas=("decision-board",), model=script(tmp_path)))
    assert [member.id for member in room.transcript.members] == ["grace", "ada", "cleo", "leila", "kenji"]
    assert room.transcript.frame.mode == "committee"
    assert room.transcript.frame.settings["quorum"] == 0.8


async def test_what_a_person_sets_outranks_what_the_line_up_brings(home: Home, tmp_path: Path) -> None:
    wish = Wish("t", personas=("decision-board",), settings={"quorum": "1/2"}, model=script(tmp_path))
    assert (await home.create(wish)).transcript.frame.settings["quorum"] == 0.5


async def test_a_room_of_tiny_models_is_not_ended_by_an_agreement_they_reach_by_chance(home: Home) -> None:
    tiny = await home.create(Wish("t", personas=("ada", "ben")))
    assert tiny.transcript.opened.models == {"ada": "local/starter", "ben": "local/starter"}
    assert tiny.transcript.opened.models_why == "no key is set and no Ollama runs here"
    assert tiny.transcript.frame.settings["stop"] == "stall"
    assert tiny.transcript.frame.settings["dissent"] is False
    capable = await home.create(Wish("t", personas=("ada", "ben"), model="gpt-4o"))
    assert capable.transcript.frame.settings["stop"] == "agreement | stall"
    assert capable.transcript.frame.settings["dissent"] is True
    asked = await home.create(Wish("t", personas=("ada", "ben"), settings={"stop": "agreement"}))
    assert asked.transcript.frame.settings["stop"] == "agreement"


async def test_a_session_is_found_by_the_beginning_of_its_id_and_is_the_same_room_while_it_is_open(
    home: Home, tmp_path: Path
) -> None:
    room = await home.create(Wish("t", personas=("ada",), model=script(tmp_path)))
    assert await home.open(room.session[:5]) is room
    with pytest.raises(UsageError, match="zzzz"):
        await home.open("zzzz")


async def test_a_session_opened_twice_at_once_is_one_room(home: Home, tmp_path: Path) -> None:
    room = await home.create(Wish("t", personas=("ada",), model=script(tmp_path)))
    await home.leave(room)
    one, other = await asyncio.gather(home.open(room.session), home.open(room.session))
    assert one is other
    assert one.standing.state == "paused"


@pytest.mark.parametrize("steps", range(1, 8))
async def test_an_opening_that_was_given_up_leaves_no_lease_behind(home: Home, tmp_path: Path, steps: int) -> None:
    room = await home.create(Wish("t", personas=("ada",), model=script(tmp_path)))
    await home.leave(room)
    opening = asyncio.create_task(home.open(room.session))
    for _ in range(steps):
        await asyncio.sleep(0.0002)
    opening.cancel()
    await asyncio.wait([opening])
    assert (await home.open(room.session)).standing.state == "paused"


async def test_a_room_whose_making_was_given_up_is_driven_by_who_opens_it(home: Home, tmp_path: Path) -> None:
    await home.store()
    wish = Wish("t", personas=("ada",), model=script(tmp_path))
    for steps in range(0, 60, 3):
        making = asyncio.create_task(home.create(wish))
        for _ in range(steps):
            await asyncio.sleep(0)
        making.cancel()
        await asyncio.wait([making])
    whole = await home.create(wish)  # one is made after the other: by now the ones before are
    rows = await home.archive.sessions()
    assert len(rows) > 1
    rooms = [await home.open(row.id) for row in rows]
    assert whole in rooms
    assert {room.standing.state for room in rooms} == {"paused"}


async def test_a_second_window_only_reads_and_drives_once_the_first_is_gone(home: Home, tmp_path: Path) -> None:
    room = await home.create(Wish("t", personas=("ada",), model=script(tmp_path)))
    async with Home(home.folder, home.environ) as other:
        watching = await other.open(room.session)
        assert watching.standing.state == "read-only"
        assert watching.standing.reason
        await other.leave(watching)
        await home.leave(room)
        assert (await other.open(room.session)).standing.state == "paused"


async def test_a_deleted_session_is_gone_with_its_room(home: Home, tmp_path: Path) -> None:
    room = await home.create(Wish("t", personas=("ada",), model=script(tmp_path)))
    await home.delete(room.session)
    assert not await home.archive.sessions()


async def test_time_outs_are_settings_like_any_other(home: Home, tmp_path: Path) -> None:
    settings = {"timeouts.silence": "3", "rounds": "1"}
    room = await home.create(Wish("t", personas=("ada",), settings=settings, model=script(tmp_path)))
    assert room.asking.timeouts.silence == 3
    assert "timeouts.silence" not in room.transcript.frame.settings


def test_a_wrong_configuration_is_named_by_file_and_key(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('modle = "x"', "utf-8")
    with pytest.raises(UsageError, match=r"config\.toml: modle") as caught:
        Home(tmp_path, {})
    assert "model" in caught.value.hint


async def test_a_key_of_a_provider_goes_to_no_other_address(tmp_path: Path) -> None:
    environ = {"OPENAI_API_KEY": "sk-secret", "AGENTCHAT_API_BASE": "http://127.0.0.1:1/v1"}
    async with Home(tmp_path, environ) as home:
        assert "sk-secret" not in repr(vars(home.models._provider("openai/x")))
        assert home.models._provider("openai/x")._endpoint.api_key is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("looks", range(8))
async def test_what_is_being_opened_when_its_home_is_closed_is_closed_too(tmp_path: Path, looks: int) -> None:
    loop, said = asyncio.get_running_loop(), list[str]()
    loop.set_exception_handler(lambda _loop, context: said.append(str(context)))
    async with Home(tmp_path / "home", {}) as home:
        wanted = asyncio.create_task(home.create(Wish("Which way?", personas=("ada",), model=script(tmp_path))))
        listed = asyncio.create_task(home.archive.sessions())
        for _ in range(looks):
            await asyncio.sleep(0)
        wanted.cancel()
        listed.cancel()
        await asyncio.wait([wanted, listed])
    gc.collect()
    assert not said
    async with Home(tmp_path / "home", {}) as home:
        for row in await home.archive.sessions():
            assert (await home.open(row.id)).standing.state != "read-only"


async def test_a_session_that_cannot_be_read_is_not_held_by_who_tried(home: Home, tmp_path: Path) -> None:
    room = await home.create(Wish("t", personas=("ada", "ben"), model=script(tmp_path)))
    await home.leave(room)
    with closing(sqlite3.connect(home.database)) as aside, aside:
        aside.execute("UPDATE events SET body = 'rot' WHERE seq = 1")
    with pytest.raises(StoreError, match="from its beginning"):
        await home.open(room.session)
    assert not await (await home.store()).driven(room.session)
    await home.delete(room.session)
