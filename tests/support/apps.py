"""The whole app on a real home, with a scripted model."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from agentchat.home import Home, Wish
from agentchat.room import Room
from agentchat.tui.app import Agentchat
from agentchat.tui.room import RoomScreen

SLOW = """
pace = 40
["*"]
"*" = ["The mill closed, the rents fell, and nobody told a soul outside this valley what that makes possible here."]
position = ['{"stance": "agree", "why": "it is cheap"}']
"""
"""Turns of half a second, to act in the middle of."""

BRIEF = {"rounds": "1", "first_thoughts": "no", "agreement": "no", "synthesis": "no"}


@asynccontextmanager
async def running(app: Agentchat, size: tuple[int, int] = (100, 30)) -> AsyncGenerator[Pilot[None]]:
    """The app, its home open."""
    async with app.run_test(size=size, notifications=True) as pilot:
        await app.home()
        await pilot.pause()
        yield pilot
        app.workers.cancel_all()  # as it does itself at its end, before its screens go


async def until(pilot: Pilot[None], condition: Callable[[], object], seconds: float = 20) -> None:
    """Let the app go on until something holds. Raises AssertionError if it never does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not in {seconds} s:\n{page(pilot.app)}"
        await pilot.pause(0.01)
    await pilot.pause()


def page(app: object) -> str:
    """The screen's text."""
    assert isinstance(app, Agentchat)
    rows = [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]
    return "\n".join(rows).rstrip("\n")


async def in_a_room(app: Agentchat, pilot: Pilot[None], topic: str = "What next?", **settings: str) -> Room:
    """A room of two, on the screen and at work."""
    app.begin_room(Wish(topic, personas=("ada", "ben"), settings=BRIEF | settings))
    await until(pilot, lambda: isinstance(app.screen, RoomScreen))
    assert isinstance(app.screen, RoomScreen)
    return app.screen.room


async def kept(folder: Path, topic: str, model: str, **settings: str) -> str:
    """A session from before, run to its end; its id."""
    async with Home(folder) as home:
        room = await home.create(Wish(topic, personas=("ada", "ben"), settings=BRIEF | settings, model=model))
        room.start()
        await room.settled()
        return room.session
