"""The one way into a session's log: stamp, store, fold, then tell. Nobody hears of what is not on disk."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Union

from agentchat.events import Event, HeadMoved, TurnEnded, TurnStarted, stamp
from agentchat.room.feed import Partial, Retrying, Standing, Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentchat.log import Log
    from agentchat.store import Lease, Store


Events = Union["Sequence[Event]", "Callable[[Log], Sequence[Event]]"]
"""Events, or what decides on them when it sees the log."""


class Writer:
    """Appends to one session, one transaction at a time, and publishes what it committed."""

    def __init__(self, store: Store, log: Log, lease: Lease | None) -> None:
        self.store = store
        self.log = log
        self.lease = lease
        self._watchers: list[Watcher] = []
        self._turnstile = asyncio.Lock()

    def watch(self) -> Watcher:
        """A new watcher. It hears what comes from now on."""
        watcher = Watcher(self._watchers.remove)
        self._watchers.append(watcher)
        return watcher

    def tell(self, item: Event | Partial | Retrying | Standing) -> None:
        """Publish one item to every watcher."""
        for watcher in self._watchers:
            watcher.put(item)

    def end(self) -> None:
        """End every watcher's feed."""
        for watcher in self._watchers:
            watcher.end()

    def hear(self, event: Event) -> None:
        """Take in, and publish, what another process committed."""
        self.log.append(event)
        self.tell(event)

    async def commit(self, events: Events, after: int | None = None) -> list[Event]:
        """Commit events in one transaction, and return those that were new. Raises StoreError.

        Where they are a function of the log, nothing comes between its look and the commit; what it raises, this
        raises. None are new where `after` is given and the head is no longer there: what asked for them must look
        again. A cancelled caller neither loses nor doubles an event.
        """
        return await asyncio.shield(asyncio.ensure_future(self._commit(events, after)))

    async def _commit(self, events: Events, after: int | None) -> list[Event]:
        async with self._turnstile:
            if after not in (None, self.log.head):
                return []
            events = events(self.log) if callable(events) else events
            running = {turn.id for turn in self.log.transcript.open}
            running |= {seq for seq, event in enumerate(events, self.log.next_seq) if isinstance(event, TurnStarted)}
            events = [event for event in events if not isinstance(event, TurnEnded) or event.turn in running]
            now = datetime.now(UTC)
            stamped: list[Event] = []
            head = self.log.head
            for seq, event in enumerate(events, self.log.next_seq):
                stamped.append(stamp(event, seq, head, now))
                head = event.to if isinstance(event, HeadMoved) else seq
            if not stamped:
                return []
            kept = await self.store.append(self.log.transcript.opened.session, stamped, lease=self.lease)
            for event in kept:
                self.log.append(event)
            for event in kept:
                self.tell(event)
            return kept
