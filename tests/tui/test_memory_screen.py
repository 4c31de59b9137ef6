"""Memory from the screen: on by one key, seen, taken away, and a decision's outcome noted."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import SLOW, in_a_room, running, until
from support.remembering import begun, decided, vote
from support.rooms import script

from agentchat.home import Home, Wish
from agentchat.memory import held, is_on
from agentchat.tui.app import Agentchat, Replay
from agentchat.tui.ask import AskScreen
from agentchat.tui.memory import MemoryScreen
from agentchat.tui.new import NewRoomScreen
from agentchat.tui.outcome import OutcomeScreen
from agentchat.tui.people import PeopleScreen
from agentchat.tui.replay import ReplayScreen
from agentchat.tui.room import RoomScreen


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agentchat:
    monkeypatch.chdir(tmp_path)  # else personas of the checkout's own project are there, too
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    return Agentchat(tmp_path / "home")


async def test_one_key_gives_them_what_they_held_and_again_shows_it_and_one_takes_it_away(app: Agentchat) -> None:
    async with running(app) as pilot:
        home = await app.home()
        log = begun("How could the town win families?")
        vote(log, "ada", "Schools", "they stay")
        decided(log, "Schools")
        await (await home.store()).append("3f9a77aa", log.events, lease=None)
        room = await in_a_room(app, pilot, "How could a small town win back young families?")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: bool(held(room.transcript, "ada")))
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, MemoryScreen))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, AskScreen) and app.screen.ready)
        await pilot.press("y")
        await until(pilot, lambda: held(room.transcript, "ada") == ())
        await pilot.press("o")
        await until(pilot, lambda: not is_on(room.transcript))
        assert "ada" not in await home.memory.of()


async def test_m_in_a_new_room_has_it_begin_with_memory(app: Agentchat) -> None:
    async with running(app) as pilot:
        app.new_room("What of the trams?", Wish("What of the trams?", "discussion", ("ada", "ben")))
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and bool(app.screen.people))
        await pilot.press("m", "enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert isinstance(app.screen, RoomScreen)
        assert is_on(app.screen.room.transcript)


async def test_a_model_chooses_the_panel_by_one_key_which_takes_it_back_too(
    app: Agentchat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = '{"picks": [{"who": "kenji", "why": "counts the nights"}, {"who": "ines", "why": "runs it"}]}'
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, f"['*']\n'*' = ['{choice}', 'no answer']"))
    app = Agentchat(tmp_path / "other")
    async with running(app) as pilot:
        app.new_room("Which database?")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and bool(app.screen.people))
        screen = app.screen
        assert isinstance(screen, NewRoomScreen)
        before = list(screen.people)
        await pilot.press("c")
        await until(pilot, lambda: [why for _, why in screen.people] == ["counts the nights", "runs it"])
        assert "chosen by" in screen.why
        await pilot.press("c")
        await until(pilot, lambda: screen.people == before)
        assert "since the topic says “database”" in screen.why


async def test_what_one_remembers_is_seen_in_the_list_of_all_personas(app: Agentchat) -> None:
    async with running(app) as pilot:
        log = begun("How could the town win families?")
        vote(log, "ada", "Schools", "they stay")
        home = await app.home()
        await (await home.store()).append("3f9a77aa", log.events, lease=None)
        app.new_room("What of the trams?", Wish("What of the trams?", "discussion", ("ada", "ben")))
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and bool(app.screen.people))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PeopleScreen))
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, MemoryScreen))
        screen = app.screen
        assert isinstance(screen, MemoryScreen)
        assert [name for name, _ in screen.given] == ["Ada"]
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, AskScreen) and app.screen.ready)
        await pilot.press("y")
        await until(pilot, lambda: screen.given == [])
        assert await home.memory.of("ada") == {}


async def test_in_a_replay_one_notes_how_it_turned_out(tmp_path: Path) -> None:
    async with Home(tmp_path / "home") as home:
        log = begun()
        vote(log, "ada", "SQLite", "one file")
        decided(log)
        await (await home.store()).append("3f9a77aa", log.events, lease=None)
    app = Agentchat(tmp_path / "home", replay=Replay("3f9a77aa"))
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, OutcomeScreen))
        await pilot.press(*"it grew", "enter")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await until(pilot, lambda: not any(one.group == "outcome" for one in app.workers))
        (line,) = (await (await app.home()).memory.of("ada"))["ada"]
        assert line.held.line.endswith("it turned out: it grew")
