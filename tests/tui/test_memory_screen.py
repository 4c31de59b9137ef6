"""Memory from the screen: on by one key, seen, taken away, and a decision's outcome noted."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import SLOW, in_a_room, running, until
from support.remembering import begun, decided, vote
from support.rooms import script

from agentchat.home import Wish
from agentchat.memory import held, is_on
from agentchat.tui.app import Agentchat
from agentchat.tui.memory import MemoryScreen
from agentchat.tui.new import NewRoomScreen
from agentchat.tui.room import RoomScreen


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agentchat:
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
