"""One life of a session in a process of its own: begun or gone on with, to its end or to a kill from within."""

from __future__ import annotations

import asyncio
import difflib
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from crash.scenes import Scene, essence

from agentchat.events import Event, TurnEnded, decode, encode
from agentchat.home import Home
from agentchat.log import Log
from agentchat.room import Partial, Retrying, Room, Standing, underway
from agentchat.store import Store

PATIENCE = 60.0
"""Seconds after which a session that does not end is said not to go on."""

Say = Callable[[bytes], object]


class Steps(sqlite3.Connection):
    """A connection that counts what SQLite does, and dies at a step: before any statement, also those that the index
    of words and the foreign keys make; and after each of ours, so also between a commit and its acknowledgement.
    """

    taken, last = 0, 0

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.set_trace_callback(Steps.step)

    def execute(self, *given: object) -> sqlite3.Cursor:
        cursor = super().execute(*given)  # type: ignore[arg-type]
        Steps.step("")
        return cursor

    @staticmethod
    def step(_statement: str) -> None:
        Steps.taken += 1
        if Steps.taken == Steps.last:
            os.kill(os.getpid(), signal.SIGKILL)


def counted(last: int = 0) -> None:
    """Count from now on, and die at that step; never at 0."""
    Steps.last = last
    sqlite3.connect = partial(sqlite3.connect, factory=Steps)  # type: ignore[assignment]


def live(home: Path, scene: Scene, say: Say) -> None:
    """Begin the one session of a home, or go on with it, to its end. Says each event once it is acknowledged."""
    underway.SAVED_EVERY = 0.01  # what is kept of turns under way is in the way of a kill, too
    asyncio.run(_live(home, scene, say))


async def _live(folder: Path, scene: Scene, say: Say) -> None:
    async with asyncio.timeout(PATIENCE), Home(folder, {}) as home:
        room, begun = await scene.begin(home, _model(folder, scene))
        room.policy = scene.policy
        telling = asyncio.create_task(_tell(room, say, begun))
        await asyncio.sleep(0)  # it listens
        await _to_the_end(room, scene)
        await home.leave(room)
        await telling


def prepare(folder: Path, scene: Scene) -> None:
    """What its home is like before the first life."""
    asyncio.run(_prepare(folder, scene))


async def _prepare(folder: Path, scene: Scene) -> None:
    if scene.before:
        async with Home(folder, {}) as home:
            await scene.before(home, scene.wish(_model(folder, scene)))


def _model(folder: Path, scene: Scene) -> str:
    script = folder / "script.toml"
    script.write_text(scene.script, "utf-8")
    return f"scripted/{script}"


async def _to_the_end(room: Room, scene: Scene) -> None:
    acts = scene.person or (lambda _room: asyncio.sleep(0))
    await acts(room)
    room.start()
    while (standing := await room.settled()).state != "closed":
        assert standing.state in ("paused", "waiting"), f"it stands {standing}"
        await acts(room)


async def _tell(room: Room, say: Say, begun: list[Event]) -> None:
    async with room.watch() as news:
        for event in begun:
            say(encode(event) + b"\n")
        async for item in news:
            if not isinstance(item, Partial | Retrying | Standing):
                say(encode(item) + b"\n")


def kept(home: Path) -> list[bytes]:
    """All events of the session that was gone on with."""
    return [encode(event) for event in asyncio.run(_kept(home))]


async def _kept(folder: Path) -> list[Event]:
    async with await Store.open(folder / "sessions" / "agentchat.db") as store:
        return await store.load(max(await store.sessions(), key=lambda row: row.created).id)


def faults(home: Path, told: list[bytes], whole: list[list[object]]) -> list[str]:
    """What is wrong with the session of a home once it was gone on with to its end."""
    return asyncio.run(_faults(home, told, whole))


async def _faults(folder: Path, told: list[bytes], whole: list[list[object]]) -> list[str]:
    async with await Store.open(folder / "sessions" / "agentchat.db") as store:
        row = max(await store.sessions(), key=lambda row: row.created)
        events = await store.load(row.id)
        found = {f"damaged: {one}" for one in await store.damage(row.id)}
        found |= {f"still asked: {one}" for one in await store.inbox()}
        found |= {f"a text of a turn that ended: {one}" for one in await store.partials(row.id)}
    by_seq = {event.seq: event for event in events}
    acknowledged = [decode(line) for line in told]
    found |= {f"lost: {event}" for event in acknowledged if by_seq.get(event.seq) != event}
    if [event.seq for event in events] != list(range(1, len(events) + 1)):
        found.add("events are not numbered one by one")
    ends = [event for event in events if isinstance(event, TurnEnded)]
    found |= {f"turn {turn} ended {n} times" for turn, n in Counter(end.turn for end in ends).items() if n > 1}
    transcript = Log(events).transcript
    found |= {f"turn {turn.id} never ended" for turn in transcript.open}
    paid = [end for end in ends if end.copied_from is None and end.seq > transcript.spent.since]
    spent = (sum(end.tokens_in or 0 for end in paid), sum(end.tokens_out or 0 for end in paid))
    if (transcript.spent.tokens_in, transcript.spent.tokens_out) != spent:
        found.add(f"paid {transcript.spent}, and not {spent}")
    found |= {f"otherwise than where nobody killed it: {line}" for line in _differences(essence(transcript), whole)}
    return sorted(found)


def _differences(one: list[list[object]], other: list[list[object]]) -> list[str]:
    here, there = ([str(part) for group in groups for part in group] for groups in (one, other))
    return [line for line in difflib.unified_diff(here, there, lineterm="", n=0) if line[:2] not in ("--", "++", "@@")]
