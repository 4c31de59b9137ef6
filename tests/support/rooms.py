"""Real rooms on a real database, with scripted models or any others."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import JsonValue

from agentchat.events import EPOCH, Event, TurnEnded, TurnStarted, stamp
from agentchat.log import Log
from agentchat.models.base import Timeouts
from agentchat.models.policy import Models
from agentchat.models.scripted import ScriptedProvider
from agentchat.room import Room
from agentchat.room.turn import Asking
from agentchat.store import Store
from agentchat.testing import opened, people

SCRIPT = """
["*"]
"*" = ["I think we should begin with the schools."]
position = ['{"stance": "agree", "why": "it is cheap"}']
"""


def script(folder: Path, text: str = SCRIPT) -> str:
    """A scripted model's name."""
    path = folder / "script.toml"
    path.write_text(text, "utf-8")
    return f"scripted/{path}"


def asking(models: Models | None = None) -> Asking:
    """How a test's room asks."""
    return Asking(models or Models({"scripted": ScriptedProvider()}), Timeouts(), lambda _: None)


@asynccontextmanager
async def opened_store(folder: Path) -> AsyncGenerator[Store]:
    """A store, closed in the end."""
    store = await Store.open(folder / "sessions" / "agentchat.db")
    try:
        yield store
    finally:
        await store.aclose()


async def new_room(
    store: Store, model: str, settings: Mapping[str, JsonValue] | None = None, names: str = "Ada Ben Cleo"
) -> Room:
    """A room of a new session, not yet going."""
    who = people(*names.split())
    first = opened("discussion", who, settings).model_copy(update={"models": {one.id: model for one in who}})
    first = stamp(first, 1, None, EPOCH)
    lease = await store.take_lease(first.session)
    await store.append(first.session, [first], lease=lease)
    return Room(store, Log([first]), asking(), lease)


async def same_room(store: Store, session: str = "test") -> Room:
    """The room of an existing session, as another start of the program opens it."""
    lease = await store.take_lease(session)
    return Room(store, Log(await store.load(session)), asking(), lease)


def starts(events: list[Event]) -> list[TurnStarted]:
    """The starts of turns among events."""
    return [event for event in events if isinstance(event, TurnStarted)]


def ends(events: list[Event]) -> list[TurnEnded]:
    """The ends of turns among events."""
    return [event for event in events if isinstance(event, TurnEnded)]
