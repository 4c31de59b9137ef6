"""A session opened on the screen, whose persona files have changed since."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import BRIEF, page, running, until
from support.rooms import script

from agentchat.home import Home, Wish
from agentchat.room import Room
from agentchat.tui.app import Agentchat
from agentchat.tui.ask import AskScreen
from agentchat.tui.room import RoomScreen
from agentchat.tui.widgets.composer import Composer

MAYA = "---\nname: Maya\ntitle: baker\n---\nYou are Maya, a baker.\n"


@pytest.fixture
async def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A session of Maya's, not begun, and her file changed since."""
    folder = tmp_path / ".agentchat" / "personas"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    (folder / "maya.md").write_text(MAYA, "utf-8")
    async with Home(tmp_path / "home") as home:
        wish = Wish("What next?", personas=("maya", "ben"), settings=BRIEF, model=script(tmp_path))
        made = (await home.create(wish)).session
    (folder / "maya.md").write_text(MAYA.replace("title: baker", "title: mayor"), "utf-8")
    return made


def title(room: Room) -> str:
    member = room.transcript.member("maya")
    return member.persona.title if member else ""


async def test_what_has_changed_stands_in_the_status_line_and_is_adopted_after_a_look(
    session: str, tmp_path: Path
) -> None:
    app = Agentchat(tmp_path / "home", resume=session)
    async with running(app, (120, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "Maya's file has changed" in page(app))
        assert "(/adopt shows how)" in " ".join(page(app).split())
        assert isinstance(app.screen, RoomScreen)
        room = app.screen.room
        assert title(room) == "baker"
        app.screen.query_one(Composer).text = "/adopt"
        app.screen.query_one(Composer).send()
        await until(pilot, lambda: isinstance(app.screen, AskScreen) and "“mayor”" in page(app))
        await until(pilot, lambda: getattr(app.screen, "ready", False))
        await pilot.press("y")
        await until(pilot, lambda: title(room) == "mayor")
        await until(pilot, lambda: "Maya was rewritten" in page(app))


async def test_one_that_is_named_is_adopted_at_once(session: str, tmp_path: Path) -> None:
    app = Agentchat(tmp_path / "home", resume=session)
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "has changed" in page(app))
        assert isinstance(app.screen, RoomScreen)
        room = app.screen.room
        app.screen.query_one(Composer).text = "/adopt maya"
        app.screen.query_one(Composer).send()
        await until(pilot, lambda: title(room) == "mayor")


async def test_where_nothing_has_changed_that_is_said(session: str, tmp_path: Path) -> None:
    app = Agentchat(tmp_path / "home", resume=session)
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "has changed" in page(app))
        app.screen.query_one(Composer).text = "/adopt ben"
        app.screen.query_one(Composer).send()
        await until(pilot, lambda: "nothing of ben's has changed" in page(app))
