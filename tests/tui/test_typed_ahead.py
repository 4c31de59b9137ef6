"""Keys typed in one burst, before the screen could follow: each acts where the one before it led."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.apps import running, until
from support.rooms import script
from textual.events import Key, Paste
from textual.widgets import Input

from agentchat.home import Wish
from agentchat.tui import inorder
from agentchat.tui.app import Agentchat
from agentchat.tui.new import NewRoomScreen
from agentchat.tui.people import PeopleScreen
from agentchat.tui.writing import PersonaScreen


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agentchat:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path))
    return Agentchat(tmp_path / "home")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes longer than a person would wait."""
    monkeypatch.setattr(inorder, "LONGEST", 20.0)


def burst(app: Agentchat, *keys: str) -> None:
    """All at once, as a terminal hands on what it has read."""
    for key in keys:
        app.post_message(Key({" ": "space", "/": "slash"}.get(key, key), key if len(key) == 1 else None))


def values(app: Agentchat) -> dict[str | None, str]:
    return {one.id: one.value for one in app.screen.query(Input) if one.value}


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("onward", ["tab", "enter", "down"])
async def test_in_a_form_what_follows_a_key_to_the_next_field_stands_there(app: Agentchat, onward: str) -> None:
    async with running(app) as pilot:
        burst(app, "ctrl+n", *"Zofia", onward, *"lock", onward, *"x", "shift+tab", "end", *"smith")
        await until(pilot, lambda: isinstance(app.screen, PersonaScreen) and len(values(app)) == 3)
        await until(pilot, lambda: values(app) == {"name": "Zofia", "title": "locksmith", "description": "x"})
        app.post_message(Key("tab", None))
        app.post_message(Paste(", y"))
        await until(pilot, lambda: values(app)["description"] == "x, y")


@pytest.mark.usefixtures("patient")
async def test_letters_that_follow_the_key_to_a_search_are_no_commands(app: Agentchat) -> None:
    async with running(app) as pilot:
        app.new_room("What of the trams?", Wish("What of the trams?", "discussion", ("ada", "ben")))
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and bool(app.screen.people))
        burst(app, "a", "/", *"nemo", "enter", "escape")
        await until(pilot, lambda: isinstance(app.screen, NewRoomScreen) and not app._ahead)
        burst(app, "a", "/", *"nemo")
        await until(pilot, lambda: isinstance(app.screen, PeopleScreen) and "nemo" in values(app).values())


async def test_a_key_that_takes_long_does_not_hold_up_the_way_out(
    app: Agentchat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(app):
        stuck = asyncio.Event()
        app.screen.call_later(stuck.wait)
        left = asyncio.Event()
        monkeypatch.setattr(app, "exit", lambda **_: left.set())
        burst(app, "tab", "ctrl+q")
        async with asyncio.timeout(10):  # the pilot would wait for what is stuck
            await left.wait()
        stuck.set()
