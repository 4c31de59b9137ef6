"""A long session, looked at through a window: neither its first frame nor its memory grows with its length.

It has no log, and nothing can be done in it: whoever wants to opens its room, which reads all.
"""

from __future__ import annotations

import asyncio
from bisect import bisect
from dataclasses import dataclass, replace
from sys import maxsize
from typing import TYPE_CHECKING

from agentchat.errors import StoreError
from agentchat.events import Directed, HeadMoved, HumanSpoke, Recorded, TurnEnded, TurnStarted
from agentchat.folding import grown
from agentchat.passage import passage
from agentchat.persona import YOU
from agentchat.room import Standing
from agentchat.room.following import EVERY
from agentchat.room.watching import Watched
from agentchat.transcript import Spent, Turn
from agentchat.views.fold import counts
from agentchat.views.room import Mark
from agentchat.views.stretch import stretch

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentchat.events import Event
    from agentchat.room import Partial
    from agentchat.store import Spine, Store
    from agentchat.store.windows import Window
    from agentchat.transcript import Transcript
    from agentchat.views.room import Entry

LONG = 5_000
"""Events from which on a session is read through a window."""

LEAF = 120
"""Events on a leaf."""

CONTEXT, FARTHEST = 60, 2_000
"""Events in front of a leaf that are looked at to show it right, and where these do not do."""

BONES = 2_000
"""How many events between the turns are read at once."""

MARKS = 240
"""Places on the timeline that somebody is asked about."""

MOST = 600
"""Events at the end of a session that grows, before they are read anew."""

PAUSED = Standing("paused", "opened from before", "go on when you are ready")


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is shown of some events that follow one another on the path."""

    entries: tuple[Entry, ...]
    first: int
    last: int
    begins: bool = False
    """Nothing comes before it."""
    ends: bool = False
    """Nothing comes after it, so far."""

    def followed(self) -> Leaf:
        """Now that something comes after it."""
        return replace(self, ends=False)


class Reader:
    """One long session. All methods that read raise StoreError."""

    def __init__(self, store: Store, spine: Spine, driven: bool, tail: Window, watched: Watched | None) -> None:
        self.session = spine.opened.session
        self.standing = PAUSED
        self.partials: dict[int, Partial] = {}
        """Always none: nothing is known of what another process does before it is on record."""
        self.whys = True
        """Whether it is shown why each speaker was next."""
        self._store, self._spine, self._watched = store, spine, watched
        self._windows = store.windows(self.session)
        self._bones: tuple[Event, ...] = ()
        self._filling: asyncio.Task[None] | None = None
        self._tail: list[Event] = []
        self._first = self._heard = 0
        self.transcript: Transcript
        """Of its end: the newest turns, and what holds the rest together."""
        self._take(tail)
        self._stand(driven)

    @classmethod
    async def open(cls, store: Store, session: str, *, watching: bool = False) -> Reader:
        """At its end; `watching`, it says who drives it."""
        windows = store.windows(session)
        spine = await windows.spine()
        tail = await windows.before(spine.spans, spine.spans.last + 1, LEAF + CONTEXT)
        watched = Watched(store, session) if watching else None
        reader = cls(store, spine, await store.driven(session), tail, watched)
        await reader.look()
        return reader

    @property
    def turns(self) -> int:
        """How many turns it has."""
        return self._spine.row.turns

    def alternatives(self, turn: int) -> tuple[int, ...]:
        """Only the whole log knows them."""
        return (turn,)

    async def fill(self) -> None:
        """Read what holds it together between the turns, once: who came and went, which modes, what was concluded."""
        if self._filling is None or (self._filling.done() and self._filling.exception()):
            self._filling = asyncio.create_task(self._fill())
        await asyncio.shield(self._filling)

    async def _fill(self) -> None:
        bones: list[Event] = []
        more = await self._windows.bones(0, BONES)
        while more:
            bones += more
            more = await self._windows.bones(more[-1].seq, BONES) if len(more) == BONES else []
        self._bones = tuple(one for one in bones if not isinstance(one, HeadMoved))
        self._settle()

    # ── leaves ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def end(self) -> Leaf:
        """The last one."""
        return self._leaf(self.transcript, self._first, self._spine.spans.last, ends=True)

    async def beginning(self) -> Leaf:
        """The first one."""
        return await self._read(await self._windows.after(self._spine.spans, 0, LEAF))

    async def before(self, leaf: Leaf) -> Leaf:
        """The one in front of a leaf, which must not be the first."""
        return await self._read(await self._windows.before(self._spine.spans, leaf.first, LEAF))

    async def after(self, leaf: Leaf) -> Leaf:
        """The one behind a leaf, which must not be the last."""
        return await self._read(await self._windows.after(self._spine.spans, leaf.last, LEAF))

    async def around(self, seq: int) -> tuple[Leaf, int]:
        """The one around an event, and where on it the event stands; off the path, near it."""
        spans, place = self._spine.spans, await self._windows.place(seq)
        before = await self._windows.before(spans, place + 1, LEAF // 2)
        after = await self._windows.after(spans, place, LEAF // 2)
        both = replace(before, events=(*before.events, *after.events), ends=(*before.ends, *after.ends))
        return await self._read(both), before.events[-1].seq if before.events else place

    def along(self, part: float) -> int:
        """The event so far along the path, from 0 to 1."""
        return self._spine.spans.along(part)

    async def _read(self, window: Window) -> Leaf:
        await self.fill()
        first, last = window.events[0].seq, window.events[-1].seq
        front = await self._windows.before(self._spine.spans, first, CONTEXT)
        if len(front.events) == CONTEXT and not _told(front, window):
            front = await self._windows.before(self._spine.spans, first, FARTHEST)
        events = (*front.events, *window.events, *front.ends, *window.ends)
        found = passage(self._spine.opened, self._on_path(), events, self._spine.sealed)
        return self._leaf(found, first, last)

    def _leaf(self, transcript: Transcript, first: int, last: int, *, ends: bool = False) -> Leaf:
        spans = self._spine.spans
        shown = stretch(transcript, first, maxsize if ends else last, whys=self.whys)
        return Leaf(shown, first, last, first <= spans.first, ends or last >= spans.last)

    # ── its end, which may grow ─────────────────────────────────────────────────────────────────────────────────────

    async def follow(self, told: Callable[[], None]) -> None:
        """Take in what another process writes until the session is deleted, and say so whenever something changed."""

        async def look() -> None:
            while True:
                await asyncio.sleep(EVERY)
                was = self.standing
                await self.look()
                if self.standing != was:
                    told()

        looking = asyncio.create_task(look())
        try:
            async for event in self._store.follow(self.session, self._spine.newest):
                await self._hear(event)
                told()
            self.standing = self._over("the session was deleted")
        except StoreError as error:
            self.standing = self._over(str(error))
        finally:
            looking.cancel()
        told()

    async def _hear(self, event: Event) -> None:
        spine = self._spine
        if event.seq <= self._heard:
            return
        self._heard = event.seq
        if isinstance(event, TurnStarted | TurnEnded | HumanSpoke | Directed):
            if event.seq > spine.newest:  # else the spine was read after it
                sealed = {event.turn} if isinstance(event, TurnStarted) and event.sealed else ()
                self._spine = replace(
                    spine, spans=spine.spans.grown(event.seq), newest=event.seq, sealed=spine.sealed.union(sealed)
                )
        else:
            # The path may be another one, something may no longer be sealed, it may have ended.
            self._spine = await self._windows.spine()
            self._bones = self._bones if isinstance(event, HeadMoved) else (*self._bones, event)
        if len(self._tail) > MOST or isinstance(event, HeadMoved):
            self._spine = await self._windows.spine()  # what was spent, too
            self._take(await self._windows.before(self._spine.spans, self._spine.spans.last + 1, LEAF + CONTEXT))
        else:
            self._tail.append(event)
            self.transcript = grown(self.transcript, event)
        self._stand(self.standing.state == "read-only")

    def _take(self, tail: Window) -> None:
        """The end of the path is this."""
        self._tail, self._heard = list(tail.events), self._spine.newest
        self._first = tail.events[-LEAF:][0].seq
        self._settle()

    def _settle(self) -> None:
        spine = self._spine
        found = passage(spine.opened, self._on_path(), self._tail, spine.sealed)
        self.transcript = replace(found, spent=Spent(tokens_out=spine.row.tokens, cost=spine.row.cost))

    def _on_path(self) -> list[Event]:
        spans = self._spine.spans
        return [bone for bone in self._bones if bone.seq in spans] if self._spine.moved else list(self._bones)

    def _over(self, why: str) -> Standing:
        return Standing("read-only", why, watched="free" if self._watched else "")

    async def look(self) -> None:
        """See who drives it."""
        if self._watched:
            self.standing = await self._watched.look(self.transcript)
        else:
            self._stand(await self._store.driven(self.session))

    def _stand(self, driven: bool) -> None:
        if self._watched:
            return  # it is looked at again before long
        if driven:
            self.standing = Standing("read-only", "another window drives this session", "It can only be watched.")
        elif self.transcript.closed or self._spine.row.status == "closed":
            self.standing = Standing("closed")
        else:
            self.standing = PAUSED

    # ── its timeline ────────────────────────────────────────────────────────────────────────────────────────────────

    async def marks(self) -> tuple[Mark, ...]:
        """Who spoke at some places all along it, and where something was concluded."""
        spans = self._spine.spans
        places = sorted({spans.along((part + 0.5) / MARKS) for part in range(MARKS)})
        colors = {member.id: member.persona.color for member in self.transcript.members}
        speakers = await self._windows.speakers(places)
        marks = [Mark("human") if who == YOU else Mark("turn", colors.get(who, "")) for who in speakers]
        for bone in self._on_path():
            if isinstance(bone, Recorded):
                marks[min(bisect(places, bone.seq), len(marks) - 1)] = Mark("record")
        return tuple(marks)


def _told(front: Window, window: Window) -> bool:
    """Whether what stands in front of a leaf is enough to show it right."""
    drafts = any(isinstance(event, TurnStarted) and event.kind == "draft" for event in window.events)
    return not drafts and any(isinstance(event, TurnStarted) and counts(Turn(event)) for event in front.events)
