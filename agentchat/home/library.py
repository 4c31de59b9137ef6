"""A home's sessions as a library: found by what was said, labelled, thrown away and taken back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agentchat.seeking import read
from agentchat.store import SORTS, Change, Hit, Listing, Place, SessionRow, Sort, StoreFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agentchat.store import Store

__all__ = [
    "KEPT_IN_BIN",
    "SORTS",
    "Change",
    "Found",
    "Hit",
    "Library",
    "Listing",
    "Match",
    "Matches",
    "Place",
    "SessionRow",
    "Sort",
]

KEPT_IN_BIN = timedelta(days=30)
"""How long what was thrown away can be taken back."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    hits: tuple[Hit, ...] = ()
    archived: int = 0
    """How many more are in archived sessions, up to a hundred."""


@dataclass(frozen=True, slots=True)
class Match:
    """A session that a search found, and where in it."""

    row: SessionRow
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """What a search found, session by session."""

    sessions: tuple[Match, ...] = ()
    archived: int = 0
    """As `Found` has it."""


class Library:
    """The sessions of one home. Raises what the store raises, and UsageError with the nearest ids."""

    def __init__(self, store: Callable[[], Awaitable[Store]]) -> None:
        self._store = store

    async def search(self, typed: str, limit: int = 50, *, best: bool = False) -> Found:
        """Where it was said, the newest first or the best. Raises UsageError for a filter that is none."""
        store = await self._store()
        return Found(tuple(await store.search(typed, limit, best=best)), await store.left_out(typed))

    async def matches(self, typed: str, limit: int = 200) -> Matches:
        """The same by session, then the sessions whose topic, name, tags or people match.

        Raises UsageError for a filter that is none.
        """
        store = await self._store()
        found = await self.search(typed, limit)
        by_session: dict[str, list[Hit]] = {}
        for hit in found.hits:
            places = by_session.setdefault(hit.session, [])
            if hit.snippet != hit.title and hit.kind != "name":  # those the session's own line has
                places.append(hit)
        rows = {one: await store.session(one) for one in by_session}
        query = read(typed, datetime.now(UTC))
        narrowed = query.filters or query.after or query.before or any(term.off for term in query.terms)
        if query.terms and not narrowed:
            wanted = Listing(" ".join(term.text for term in query.terms), limit)
            rows |= {row.id: row for row in await store.listing(wanted) if row.id not in rows}
        return Matches(tuple(Match(row, tuple(by_session.get(one, ()))) for one, row in rows.items()), found.archived)

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
