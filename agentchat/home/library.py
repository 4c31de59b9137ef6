"""A home's sessions as a library: found by what was said, labelled, thrown away and taken back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agentchat.store import SORTS, Change, Hit, Listing, Place, SessionRow, Sort, StoreFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agentchat.store import Store

__all__ = ["KEPT_IN_BIN", "SORTS", "Change", "Found", "Hit", "Library", "Listing", "Place", "SessionRow", "Sort"]

KEPT_IN_BIN = timedelta(days=30)
"""How long what was thrown away can be taken back."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    hits: tuple[Hit, ...] = ()
    archived: int = 0
    """How many more are in archived sessions, up to a hundred."""


class Library:
    """The sessions of one home. Raises what the store raises, and UsageError with the nearest ids."""

    def __init__(self, store: Callable[[], Awaitable[Store]]) -> None:
        self._store = store

    async def search(self, typed: str, limit: int = 50, *, best: bool = False) -> Found:
        """Where it was said, the newest first or the best. Raises UsageError for a filter that is none."""
        store = await self._store()
        return Found(tuple(await store.search(typed, limit, best=best)), await store.left_out(typed))

    async def sessions(self, wanted: Listing) -> list[SessionRow]:
        """The sessions that are wanted, in the order wanted."""
        return await (await self._store()).listing(wanted)

    async def label(self, prefix: str, change: Change) -> SessionRow:
        """Name, tag, star or archive a session; it, as it is then."""
        store = await self._store()
        session = await store.find(prefix)
        await store.label(session, change)
        return await store.session(session)

    async def take_back(self, prefix: str) -> SessionRow:
        """Take a session out of the bin."""
        store = await self._store()
        session = await store.find(prefix)
        await store.throw_away(session, None)
        return await store.session(session)

    async def row(self, prefix: str) -> SessionRow:
        """What is known of one session."""
        store = await self._store()
        return await store.session(await store.find(prefix))


async def sweep(store: Store) -> None:
    """Remove for good what has been in the bin for too long."""
    if not store.read_only:
        for session in await store.stale(datetime.now(UTC) - KEPT_IN_BIN):
            with suppress(StoreFault):  # one that is open somewhere, or a full disk: the next time
                await store.delete(session)
