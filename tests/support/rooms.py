"""Real rooms on a real database, with scripted models or any others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import JsonValue

from agentchat.events import EPOCH, Event, TurnEnded, TurnStarted, stamp
from agentchat.log import Log
from agentchat.models.base import End, Request, Text, Timeouts, Usage
from agentchat.models.policy import Models, Retry
from agentchat.models.scripted import ScriptedProvider
from agentchat.room import Partial, Room, Standing
from agentchat.room.turn import Asking
from agentchat.store import Store
from agentchat.testing import opened, people

Item = TypeVar("Item")
Speech = Callable[[Request, int], AsyncGenerator[str]]
"""What a model says to the n-th request."""

PATIENCE = 10.0
"""Seconds until a test gives up on what never comes."""

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


class Improviser:
    """A provider whose models say what a function says, which may wait, fail, or look around first."""

    def __init__(self, speech: Speech, window: Callable[[], Awaitable[int]] | None, *, small: bool) -> None:
        self.asked: list[Request] = []
        self._speech, self._window, self._small = speech, window, small

    async def stream(self, request: Request) -> AsyncGenerator[Text | End]:
        self.asked.append(request)
        async for text in self._speech(request, len(self.asked)):
            yield Text(text)
        yield End("stop", Usage(10, 10), request.model, "stop")

    async def context_window(self, model: str) -> int:
        return await self._window() if self._window else 8192

    def tiny(self, model: str) -> bool:
        return self._small

    async def aclose(self) -> None:
        """Nothing to let go of."""


def improvised(speech: Speech, window: Callable[[], Awaitable[int]] | None = None, *, tiny: bool = False) -> Models:
    """Models that say what a function says. Each is asked once for its window, between a decision and its commit."""
    return Models({"": Improviser(speech, window, small=tiny)}, retry=Retry(base=0.01))


async def fluent(request: Request, n: int) -> AsyncGenerator[str]:
    """A speech that answers everything."""
    if request.kind == "position":
        yield '{"stance": "agree", "why": "it is cheap"}'
        return
    for word in f"I think, {n}, that we should begin with the schools near here.".split():
        yield word + " "


async def slow(request: Request, n: int) -> AsyncGenerator[str]:
    """A speech of some seconds, for all that is to happen in the middle of it."""
    for _ in range(300):
        yield "word "
        await asyncio.sleep(0.01)


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


@asynccontextmanager
async def full_disk(store: Store) -> AsyncGenerator[None]:
    """Meanwhile nothing can be written."""
    await pragma(store, "query_only", 1)
    try:
        yield
    finally:
        await pragma(store, "query_only", 0)


async def pragma(store: Store, name: str, value: int) -> int:
    """Set something of the connection that writes. Returns what it is then, where SQLite says so."""
    assert store._writing
    rows = await store._writing.run(lambda connection: connection.execute(f"PRAGMA {name} = {value}").fetchall())
    return int(rows[0][0]) if rows else value


async def pages_left(store: Store, pages: int) -> None:
    """Let the database grow by so many pages and no more."""
    size = await pragma(store, "max_page_count", 1)  # SQLite makes it what there is now
    await pragma(store, "max_page_count", size + pages)


async def new_room(
    store: Store,
    model: str,
    settings: Mapping[str, JsonValue] | None = None,
    names: str = "Ada Ben Cleo",
    *,
    mode: str = "discussion",
    models: Models | None = None,
) -> Room:
    """A room of a new session, not yet going."""
    who = people(*names.split())
    first = opened(mode, who, settings).model_copy(update={"models": {one.id: model for one in who}})
    first = stamp(first, 1, None, EPOCH)
    lease = await store.take_lease(first.session)
    await store.append(first.session, [first], lease=lease)
    return Room(store, Log([first]), asking(models), lease)


async def same_room(store: Store, session: str = "test", models: Models | None = None) -> Room:
    """The room of an existing session, as another start of the program opens it."""
    lease = await store.take_lease(session)
    return Room(store, Log(await store.load(session)), asking(models), lease)


async def following(store: Store, session: str = "test", models: Models | None = None) -> Room:
    """The room of a session that another window drives."""
    return Room(store, Log(await store.load(session)), asking(models), None, "it is open in another window")


async def stands(room: Room, *states: str) -> Standing:
    """Wait until the room stands so."""
    async with asyncio.timeout(PATIENCE), room.watch() as news:
        if room.standing.state in states:
            return room.standing
        async for item in news:
            if isinstance(item, Standing) and item.state in states:
                return item
    raise AssertionError(f"it never was {' or '.join(states)}")


async def hears(room: Room, kind: type[Item]) -> Item:
    """Wait for the next item of that kind; of partials, for one that has words."""
    async with asyncio.timeout(PATIENCE), room.watch() as news:
        async for item in news:
            if isinstance(item, kind) and not (isinstance(item, Partial) and not item.text):
                return item
    raise AssertionError(f"it never told of a {kind.__name__}")


def unended(events: list[Event]) -> set[int]:
    """The turns without an end."""
    return {start.turn for start in starts(events)} - {end.turn for end in ends(events)}


def starts(events: list[Event]) -> list[TurnStarted]:
    """The starts of turns among events."""
    return [event for event in events if isinstance(event, TurnStarted)]


def ends(events: list[Event]) -> list[TurnEnded]:
    """The ends of turns among events."""
    return [event for event in events if isinstance(event, TurnEnded)]
