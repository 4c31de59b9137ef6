"""What the personas of a home remember: gathered from its sessions, offered to rooms that want it, erased for good.

A session is gathered when its room is left after its end, and, where it was not or has grown since, when somebody is to
be given something. The work is done on the threads of the store and of the loop's pool, never on the loop that draws.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from agentchat.errors import StoreError
from agentchat.events import Directed
from agentchat.log import Log
from agentchat.memory import Remembered, chosen, due, facts, gone, happened, lines, mentioned
from agentchat.persona import YOU
from agentchat.prompting import tokens
from agentchat.room.recalling import forget, turned_out
from agentchat.transcript import RECALL
from agentchat.voting.phrasing import listed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from pydantic import JsonValue

    from agentchat.events import Event
    from agentchat.home.home import Home
    from agentchat.memory import Fact, Held, Kept
    from agentchat.room import Room
    from agentchat.store import Behind, Store
    from agentchat.transcript import Transcript

MOST = 200
"""Sessions gathered at once, the newest; older ones the next time."""


class Memory:
    """The memory of one home. Raises what the store raises."""

    def __init__(self, store: Callable[[], Awaitable[Store]], budget: int, rooms: Callable[[], Iterable[Room]]) -> None:
        """`budget` is in tokens, for one persona and question; `rooms` are those that are open here."""
        self._store, self._budget, self._rooms = store, budget, rooms
        self._gathering = asyncio.Lock()

    async def gather(self, apart: str = "", only: str = "") -> None:
        """Project every session that was not yet as it is now, but one; or that one `only`."""
        store = await self._store()
        if store.read_only:
            return
        async with self._gathering:
            wanted = [one for one in await store.memories.behind() if one.session != apart]
            for session in [one for one in wanted if only in ("", one.session)][:MOST]:
                events = await store.load(session.session)
                await store.memories.keep(session, await asyncio.to_thread(_projected, events, session))

    async def close(self, room: Room) -> None:
        """Gather a session that has ended. Where that cannot be written now, it is when somebody is to be given it."""
        with suppress(StoreError):
            await self.gather(only=room.session)

    async def of(self, who: str = "") -> Mapping[str, tuple[Remembered, ...]]:
        """All that a persona remembers, or each, the newest first."""
        await self.gather()
        kept = await (await self._store()).memories.of([who] if who else [])
        return {one: lines(found) for one, found in kept.items()}

    async def offered(self, people: Sequence[str], topic: str, *apart: str) -> Mapping[str, tuple[Remembered, ...]]:
        """What each would be given for a topic, from all sessions but some."""
        kept = await (await self._store()).memories.of(people)
        return await asyncio.to_thread(_chosen, kept, people, topic, self._budget, apart)

    def attend(self, room: Room) -> Room:
        """Let a room that wants it give its personas what they held, before its next step. Returns it."""

        async def recall() -> None:
            while room.driver.held is None and due(room.transcript):
                at = room.transcript.head
                events = await self.recall(room.transcript)
                if not events or await room.writer.commit(events, after=at):
                    return

        room.driver.before.append(recall)
        return room

    async def recall(self, transcript: Transcript) -> Sequence[Event]:
        """What those in a room are to be given now, as it goes on record: so the log alone says what was sent.

        Not from the session itself, nor, for a fork, from the one it was forked from: that would tell how it ended.
        """
        people, opened = due(transcript), transcript.opened
        if not people:
            return ()
        await self.gather(opened.session)
        source = opened.forked_from.session if opened.forked_from else ""
        found = await self.offered(people, transcript.question, opened.session, source)
        held: dict[str, JsonValue] = {who: [one.held.data() for one in found[who]] for who in people}
        data: dict[str, JsonValue] = {"question": transcript.question, "held": held}
        words = _told(transcript, found)
        return [Directed(verb=RECALL, data=data, reason=words, by="room", frame=transcript.frame.id)]

    async def erase(self, erased: Iterable[Remembered]) -> None:
        """Erase for good, here and in every open room of this home; what was sent stays on its session's record."""
        await self.erase_lines(line.held for line in erased)

    async def erase_lines(self, given: Iterable[Held]) -> None:
        """The same of lines as a room gave them."""
        store = await self._store()
        await store.memories.erase((line.session, fact) for line in given for fact in line.facts)
        for room in self._rooms():
            await self.mend(room)

    async def note(self, home: Home, prefix: str, text: str) -> str:
        """Note how the last decision of a session turned out. Returns its topic; raises UsageError where it cannot."""
        known = {room.session for room in self._rooms()}
        room = await home.open(prefix)
        try:
            await turned_out(room, text)
            return room.transcript.opened.topic
        finally:
            if room.session not in known:
                await home.leave(room)

    async def mend(self, room: Room) -> None:
        """Take away in a room what was erased since, or came of a session that is no longer there."""
        if room.writer.lease is None or not mentioned(room.transcript):
            return
        with suppress(StoreError):  # where nothing can be written, nothing can be sent either
            kept = await (await self._store()).memories.of()
            there = [one.fact.id for found in kept.values() for one in found]
            await forget(room, gone(room.transcript, there))


def _projected(events: Sequence[Event], session: Behind) -> tuple[Fact, ...]:
    """What is to be kept of a session; nothing of one that came from elsewhere and nobody spoke in, or is damaged."""
    if session.arrived and not happened(events, session.arrived):
        return ()
    try:
        return facts(Log(events).transcript)
    except (KeyError, ValueError):
        return ()


def _chosen(
    kept: Mapping[str, Sequence[Kept]], people: Sequence[str], topic: str, budget: int, apart: Sequence[str]
) -> Mapping[str, tuple[Remembered, ...]]:
    mine = {who: lines(one for one in kept.get(who, ()) if one.session not in apart) for who in people}
    return {who: chosen(found, topic, budget, tokens) for who, found in mine.items()}


def _told(transcript: Transcript, found: Mapping[str, Sequence[Remembered]]) -> str:
    """Who remembers how much, in words; nothing where nobody does."""
    counts = [(transcript.name(who), len(one)) for who, one in found.items() if one and who != YOU]
    if not counts:
        return ""
    (first, n), *others = counts
    return listed([f"{first} remembers {n} {'thing' if n == 1 else 'things'}", *(f"{name} {n}" for name, n in others)])
