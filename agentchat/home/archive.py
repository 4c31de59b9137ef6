"""The sessions a home keeps: listed, and read whole."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from agentchat.errors import StoreError, UsageError
from agentchat.home.reader import LONG, Reader
from agentchat.home.recordings import of_id, read, recording, shipped
from agentchat.log import Log
from agentchat.store import Listing, StoreFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agentchat.store import Lease, SessionRow, Store


class Archive:
    """The kept sessions of one home. Raises what the store raises, and UsageError with the nearest ids."""

    def __init__(self, store: Callable[[], Awaitable[Store]]) -> None:
        self._store = store

    async def sessions(self, like: str = "", limit: int = 50) -> list[SessionRow]:
        """The newest sessions first; `like` filters by topic, persona and what was said."""
        return await (await self._store()).sessions(like, limit)

    async def log(self, prefix: str) -> Log:
        """The log of the session whose id begins so."""
        store = await self._store()
        session = await store.find(prefix)
        try:
            events = await store.load(session)
            return await asyncio.to_thread(Log, events) if len(events) > LONG else Log(events)
        except (KeyError, ValueError) as error:
            told = "`agentchat doctor` says what of it is damaged, `agentchat doctor --repair` saves the rest."
            raise StoreError(f"session {session} cannot be read from its beginning", hint=told) from error

    async def held(self, session: str, lease: Lease | None) -> Log:
        """The log of a session that is to be driven; where it cannot be read, the lease is given back."""
        try:
            return await self.log(session)
        except StoreError:
            if lease:
                await (await self._store()).release(lease)
            raise

    async def any(self, name: str) -> Log:
        """The log of a session by its id, of one that ships by its name or id, or of one in a file by its path."""
        if path := recording(name):
            return await asyncio.to_thread(read, path)
        try:
            return await self.log(name)
        except UsageError as error:
            if path := of_id(name):
                return await asyncio.to_thread(read, path)
            ships = f"Recordings that ship: {', '.join(shipped())}; a file ends in .jsonl."
            raise UsageError(str(error), hint=f"{error.hint} {ships}") from None

    async def long(self, name: str) -> bool:
        """Whether that is a session which takes a while to read whole."""
        if recording(name):
            return False
        store = await self._store()
        try:
            return await store.count(await store.find(name)) >= LONG
        except UsageError:
            return False

    async def reader(self, prefix: str, *, watching: bool = False) -> Reader | None:
        """A long session, to be looked at without reading all of it; None where it is short, or damaged."""
        store = await self._store()
        session = await store.find(prefix)
        if await store.count(session) < LONG:
            return None
        try:
            return await Reader.open(store, session, watching=watching)
        except StoreFault as fault:
            if fault.kind == "damaged":
                return None
            raise

    async def damage(self) -> list[str]:
        """What the database cannot give back, in words. Raises StoreError where it gives nothing."""
        store = await self._store()
        lost = {
            row.id: await store.damage(row.id) for row in await store.listing(Listing(limit=1_000_000, place="any"))
        }
        return [f"session {session}, event {one.seq}: {one.why}" for session, flaws in lost.items() for one in flaws]
