"""Long sessions on the screen: read through a window, whole once something is to be done."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from support.apps import page, running, until
from support.long import kept, talk
from support.rooms import Improviser, fluent
from textual.pilot import Pilot

from agentchat.events import HeadMoved, HumanSpoke, TurnStarted
from agentchat.home import archive
from agentchat.home.reader import Reader
from agentchat.log import Log
from agentchat.models.base import Request
from agentchat.models.policy import Models
from agentchat.room import Room
from agentchat.store import Store
from agentchat.testing import append
from agentchat.transcript import Turn
from agentchat.tui.app import Agentchat
from agentchat.tui.home import HomeScreen
from agentchat.tui.leaves import MOST
from agentchat.tui.replay import ReplayScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.verbs import command

TURNS = 3_000
FEW = 400
MODEL = "openai/improvised"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts as long is shorter here."""
    monkeypatch.setattr(archive, "LONG", 500)


async def keep(home: Path, log: Log) -> None:
    async with await Store.open(home / "sessions" / "agentchat.db") as store:
        await kept(store, log)


async def looking(pilot: Pilot[None], at: int | None = None) -> RoomScreen:
    app = pilot.app
    assert isinstance(app, Agentchat)
    await app.look_into("s1", at)
    await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "▪" in page(app))
    assert isinstance(app.screen, RoomScreen)
    return app.screen


def turns(pilot: Pilot[None]) -> list[int]:
    """Those whose words are on the screen."""
    return [int(number) for number in re.findall(r"This is turn (\d+)\.", page(pilot.app))]


@pytest.mark.soak
async def test_paging_up_comes_to_the_very_first_turn_and_no_more_is_held_than_a_window(tmp_path: Path) -> None:
    await keep(tmp_path, talk(TURNS))
    async with running(Agentchat(tmp_path)) as pilot:
        screen = await looking(pilot)
        assert turns(pilot)[-1] == TURNS - 1
        while screen.reading.entries[0].key != 1:
            first = screen.reading.entries[0].key
            screen.reading.scroll_to(y=0, animate=False)
            await until(pilot, lambda first=first: screen.reading.entries[0].key != first)  # type: ignore[misc]
            assert len(screen.reading.entries) <= MOST
        await pilot.press("home")
        await until(pilot, lambda: "What should we do?" in page(pilot.app))
        assert turns(pilot)[0] == 0
        await pilot.press("end")
        await until(pilot, lambda: turns(pilot)[-1:] == [TURNS - 1])


@pytest.mark.parametrize("key", ["pageup", "pagedown"])
async def test_nothing_jumps_or_is_left_out_while_leaves_come_and_go(tmp_path: Path, key: str) -> None:
    await keep(tmp_path, talk(TURNS))
    async with running(Agentchat(tmp_path)) as pilot:
        await looking(pilot)
        if key == "pagedown":
            await pilot.press("home")
            await until(pilot, lambda: turns(pilot)[:1] == [0])
        seen = turns(pilot)
        for _ in range(40):
            await pilot.press(key)
            now = turns(pilot)
            if key == "pagedown":
                assert seen[0] < now[0] <= seen[-1] + 1
            else:
                assert seen[0] - 1 <= now[-1] < seen[-1]
            assert now == list(range(now[0], now[-1] + 1))
            seen = now
        assert abs(seen[0] - (0 if key == "pagedown" else TURNS)) > 200


async def test_a_place_in_its_middle_opens_around_it(tmp_path: Path) -> None:
    log = talk(TURNS)
    await keep(tmp_path, log)
    ended = next(turn.end.seq for turn in log.transcript.entries[1500:] if isinstance(turn, Turn) and turn.end)
    async with running(Agentchat(tmp_path)) as pilot:
        screen = await looking(pilot, ended)
        assert turns(pilot)[0] == 1500
        assert screen.reading.entries[0].key > 1
        await pilot.press("end")
        await until(pilot, lambda: turns(pilot)[-1:] == [TURNS - 1])


async def test_a_short_session_opens_at_a_place_too(tmp_path: Path) -> None:
    log = talk(200)
    await keep(tmp_path, log)
    ended = next(turn.end.seq for turn in log.transcript.entries[100:] if isinstance(turn, Turn) and turn.end)
    async with running(Agentchat(tmp_path)) as pilot:
        screen = await looking(pilot, ended)
        assert isinstance(screen.shown, Room)
        assert turns(pilot)[0] == 100


async def test_only_the_path_to_the_head_is_paged(tmp_path: Path) -> None:
    log = talk(FEW)
    append(log, [HeadMoved(to=log.path()[200].seq), HumanSpoke(text="another way")])
    await keep(tmp_path, log)
    async with running(Agentchat(tmp_path)) as pilot:
        await looking(pilot)
        assert "another way" in page(pilot.app)
        assert turns(pilot)[-1] == 99


async def asked(folder: Path, monkeypatch: pytest.MonkeyPatch, *, long: int) -> list[Request]:
    """What models are asked up to the first turn, once a person spoke; as long counts what has so many events."""
    monkeypatch.setattr(archive, "LONG", long)
    await keep(folder, talk(FEW, model=MODEL))
    improviser = Improviser(fluent, None, small=False)
    app = Agentchat(folder)
    async with running(app) as pilot:
        (await app.home()).__dict__["models"] = Models({"": improviser})
        screen = await looking(pilot)
        assert isinstance(screen.shown, Reader if long < FEW else Room)
        screen.composer.text = "What of the mill?"
        screen.composer.send()
        await until(pilot, lambda: any(request.kind == "say" for request in improviser.asked))
        assert isinstance(screen.shown, Room)
    kinds = [request.kind for request in improviser.asked]
    return improviser.asked[: kinds.index("say") + 1]


async def test_a_model_is_asked_with_the_whole_session_also_where_only_some_was_on_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = await asked(tmp_path / "some", monkeypatch, long=100)
    whole = await asked(tmp_path / "whole", monkeypatch, long=10_000)
    assert [request.messages for request in some] == [request.messages for request in whole]
    assert "This is turn 0." in str(some[0].messages)
    assert "What of the mill?" in str(some[-1].messages)


async def test_no_verb_finds_a_room_before_all_is_read(tmp_path: Path) -> None:
    await keep(tmp_path, talk(FEW))
    async with running(Agentchat(tmp_path)) as pilot:
        screen = await looking(pilot)
        with pytest.raises(AssertionError, match="read whole"):
            _ = screen.room
        await pilot.press("ctrl+z")
        await until(pilot, lambda: turns(pilot)[-1:] == [FEW - 2])
        assert len(screen.room.log.events) > 2 * FEW


async def test_what_only_looks_reads_nothing_more(tmp_path: Path) -> None:
    await keep(tmp_path, talk(FEW))
    async with running(Agentchat(tmp_path)) as pilot:
        screen = await looking(pilot)
        await pilot.press("ctrl+o", "question_mark")
        await until(pilot, lambda: pilot.app.screen is not screen)
        await pilot.press("escape")
        await pilot.press("enter", "a", "escape")
        screen.composer.text = "/why"
        screen.composer.send()
        await pilot.pause()
        assert isinstance(screen.shown, Reader)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: pilot.app.screen is not screen)


async def test_who_reads_further_up_stays_there_when_all_is_read(tmp_path: Path) -> None:
    await keep(tmp_path, talk(FEW))
    async with running(Agentchat(tmp_path)) as pilot:
        screen = await looking(pilot)
        for _ in range(4):
            await pilot.press("pageup")
        before = turns(pilot)
        await screen.whole()
        await pilot.pause()
        assert turns(pilot) == before


async def test_a_session_that_grows_elsewhere_is_followed(tmp_path: Path) -> None:
    log = talk(FEW)
    await keep(tmp_path, log)
    async with running(Agentchat(tmp_path)) as pilot, await Store.open(tmp_path / "sessions" / "agentchat.db") as other:
        screen = await looking(pilot)
        await other.append("s1", append(log, [HumanSpoke(text="from elsewhere")]), lease=None)
        await until(pilot, lambda: "from elsewhere" in page(pilot.app))
        await pilot.press("home")
        await until(pilot, lambda: turns(pilot)[:1] == [0])
        await other.append("s1", append(log, [TurnStarted(speaker="ada"), HumanSpoke(text="and more")]), lease=None)
        await pilot.press("end")
        await until(pilot, lambda: "and more" in page(pilot.app))
        assert isinstance(screen.shown, Reader)


async def test_it_is_replayed_right_after_it_was_opened(tmp_path: Path) -> None:
    await keep(tmp_path, talk(TURNS // 3))
    async with running(Agentchat(tmp_path)) as pilot:
        screen = await looking(pilot)
        screen.send("/replay")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayScreen))
        assert isinstance(screen.shown, Reader)


async def test_a_screen_that_is_left_while_all_is_read_leaves_no_lease_and_nothing_that_follows(tmp_path: Path) -> None:
    await keep(tmp_path, talk(TURNS))
    async with running(Agentchat(tmp_path)) as pilot:
        app = pilot.app
        assert isinstance(app, Agentchat)
        screen = await looking(pilot)
        store = await (await app.home()).store()
        screen.send("/undo")
        async with asyncio.timeout(10):
            while not await store.driven("s1"):
                pass
        assert isinstance(screen.shown, Reader)
        screen.go_home()
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        async with asyncio.timeout(10):
            await asyncio.gather(*(worker.wait() for worker in app.workers if worker.group == "leaving rooms"))
        assert not await store.driven("s1")
        assert app.rooms == {}
        assert not [worker for worker in app.workers if worker.node is screen]
        again = await looking(pilot)
        await again.do(command("/undo")[0], "")
        assert isinstance(again.shown, Room)
        assert await store.driven("s1")
