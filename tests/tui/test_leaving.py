"""ctrl+c: it copies, it cuts in, and pressed again it leaves, from wherever one is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from support.apps import SLOW, in_a_room, page, running, until
from support.rooms import script
from textual.pilot import Pilot
from textual.widgets import Input

from agentchat.tui.app import Agentchat
from agentchat.tui.ask import AskScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.writing import PersonaScreen


async def home(_: Agentchat, pilot: Pilot[None]) -> None:
    await pilot.press("h", "i")


async def helped(_: Agentchat, pilot: Pilot[None]) -> None:
    await pilot.press("f1")


async def paletted(_: Agentchat, pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+p")


@pytest.mark.parametrize("where", [home, helped, paletted])
async def test_pressed_twice_it_leaves_from_wherever_one_is(
    tmp_path: Path, where: Callable[[Agentchat, Pilot[None]], Awaitable[None]]
) -> None:
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await where(app, pilot)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "Press ctrl+c again" in page(app))
        assert app.return_code is None
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.return_code == 0)


async def test_what_is_selected_is_copied_and_nobody_leaves(tmp_path: Path) -> None:
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await pilot.press("h", "i", "shift+home", "ctrl+c", "ctrl+c")
        assert (app.clipboard, app.return_code) == ("hi", None)


async def test_in_a_room_it_cuts_in_and_what_is_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        await until(pilot, lambda: room.transcript.open)
        await pilot.press("w", "a", "i", "t")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: room.transcript.paused and not room.transcript.open)
        assert isinstance(app.screen, RoomScreen)
        assert app.screen.floor
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.return_code == 0)
    assert list(app.drafts.values()) == ["wait"]


async def test_a_persona_half_written_is_asked_about(tmp_path: Path) -> None:
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        app.screen.query_one("#name", Input).value = "Nia"
        await pilot.press("ctrl+c", "ctrl+c")
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen))
        assert app.return_code is None
