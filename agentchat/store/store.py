"""A home's sessions on disk. An event is durable before `append` returns; all writing goes through one queue."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from agentchat import seeking
from agentchat.events import Event
from agentchat.store import (
    deletion,
    faults,
    finding,
    journal,
    labels,
    lease as leases,
    opening,
    questions,
    reading,
    search,
)
from agentchat.store.batch import Batch
from agentchat.store.connection import Connection, Work, Writer
from agentchat.store.faults import StoreFault
from agentchat.store.finding import Listing
from agentchat.store.journal import whole
from agentchat.store.labels import Change
from agentchat.store.lease import Holder, Lease
from agentchat.store.memories import Memories
from agentchat.store.questions import Posted, Question
from agentchat.store.reading import Damage
from agentchat.store.rows import SessionRow, Tally
from agentchat.store.search import Hit
from agentchat.store.windows import Windows

T = TypeVar("T")

POLL = 0.2
"""Seconds between a follower's looks at whether another connection has written."""


class Store:
    """One database. All methods raise StoreError; those that write do so too where it is `read_only`.

    A write whose caller is cancelled happens all the same, once: ask the store what is on record.
    """

    def __init__(self, reading: Connection, writing: Connection | None, refusal: StoreFault | None) -> None:
        self.path = reading.path
        self._refusal = refusal
        self._reading, self._writing = reading, writing
        self._writer = Writer(writing) if writing else None
        self._owner = secrets.token_hex(8)
        self._held: set[Lease] = set()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path, *, read_only: bool = False) -> Store:
        """Open the database, created where there is none. One that can only be read is opened so, and says why."""
        path = path.absolute()  # noqa: ASYNC240 (reads no disk)
        writing: Connection | None = None
        refusal = faults.read_only(f"{path} was opened for reading.") if read_only else None
        if not read_only:
            try:
                writing = await Connection.opened(path, opening.writer)
            except StoreFault as fault:
                if fault.kind not in ("read_only", "newer", "full") or not path.exists():
                    raise
                refusal = fault
        try:
            reader = partial(opening.reader, beside_writer=writing is not None)
            return cls(await Connection.opened(path, reader), writing, refusal)
        except BaseException:
            if writing:
                await writing.close()
            raise

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written here."""
        return self._writer is None

    @property
    def why_read_only(self) -> str:
        """In words; empty where it can be written."""
        return str(self._refusal or "")

    @property
    def way_out(self) -> str:
        """What to do about that; empty where it can be written."""
        return self._refusal.hint if self._refusal else ""

    async def append(self, session: str, events: Sequence[Event], *, lease: Lease | None) -> list[Event]:
        """Commit stamped events as one, and return them as they are on record.

        The first of a session is its `session_opened`. An end of a turn that has one already is left
        out of what is returned; an event that is on record already, word for word, is not doubled.
        Without a lease nobody else may hold one.
        """
        add = partial(journal.append, session=session, events=events, lease=lease)
        # A turn that only began may be lost in a power cut, and all of it with it: it is asked anew. To sync
        # costs 3 ms and 0.4 ms of CPU, as much as everything else.
        synced = not all(event.type == "turn_started" for event in events)
        return await self._writes.write(add, synced=synced)

    async def take_in(self, session: str, lines: Sequence[tuple[Event, bytes]]) -> list[Event]:
        """Commit a session, or more of one, from elsewhere, each line kept as it is. Nobody else may hold a lease."""
        return await self._writes.write(partial(journal.take_in, session=session, lines=lines))

    async def lines(self, session: str) -> list[bytes]:
        """All events as their lines were written, byte for byte."""
        return await self._of(session, lambda connection: reading.lines(connection, session))

    async def load(self, session: str, after: int = 0) -> list[Event]:
        """All events in the order of their commits, or those after a `seq`.

        In the place of one that cannot be read stands one of type `damaged`, or the turn's failed end.
        """
        return await self._of(session, lambda connection: reading.load(connection, session, after))

    async def tail(self, session: str, limit: int) -> list[Event]:
        """The newest events, in order."""
        return await self._of(session, lambda connection: reading.tail(connection, session, limit))

    def windows(self, session: str) -> Windows:
        """A session to be read a window at a time."""

        def read(work: Work[T]) -> Awaitable[T]:
            return self._of(session, work)

        return Windows(session, read)

    @cached_property
    def memories(self) -> Memories:
        """What personas held in its sessions."""

        async def forget() -> None:
            if self._writing:
                await self._writing.run(deletion.forget)

        return Memories(self._reading.run, self._write, forget)

    async def damage(self, session: str) -> list[Damage]:
        """What of a session cannot be read."""
        return await self._of(session, lambda connection: reading.damage(connection, session))

    async def session(self, session: str) -> SessionRow:
        """What a listing shows of one session."""
        return await self._of(session, lambda connection: finding.session(connection, session))

    async def count(self, session: str) -> int:
        """How many events a session has."""
        return (await self.session(session)).events

    async def sessions(self, like: str = "", limit: int = 50) -> list[SessionRow]:
        """The newest first; `like` filters by topic, personas and what was said."""
        return await self.listing(Listing(like, limit))

    async def listing(self, wanted: Listing) -> list[SessionRow]:
        """The sessions that are wanted, in the order wanted."""
        return await self._reading.run(lambda connection: finding.sessions(connection, wanted))

    async def label(self, session: str, change: Change) -> None:
        """Name a session, tag it, star it, archive it."""
        await self._to(session, lambda connection: labels.change(connection, session, change))

    async def throw_away(self, session: str, at: datetime | None) -> None:
        """Put a session into the bin, or, without a time, take it out. Raises LeaseHeld while it is open somewhere."""

        def work(connection: sqlite3.Connection) -> None:
            leases.check(connection, session, None)
            labels.bin(connection, session, at)

        await self._to(session, work)

    async def stale(self, before: datetime) -> list[str]:
        """The sessions that have been in the bin since before then."""
        return await self._reading.run(lambda connection: labels.stale(connection, before))

    async def find(self, prefix: str) -> str:
        """The id that begins so. Raises UsageError with the nearest where that is not one."""
        return await self._reading.run(lambda connection: finding.find(connection, prefix))

    async def search(self, typed: str, limit: int = 50, *, best: bool = False) -> list[Hit]:
        """Where what was typed is (`agentchat.seeking`), the newest first. What is sealed is not found before it is
        revealed, what is in the bin not at all. Raises UsageError for a filter that is none.
        """
        query = seeking.read(whole(typed), datetime.now().astimezone())
        return await self._reading.run(lambda connection: search.search(connection, query, limit, best=best))

    async def left_out(self, typed: str) -> int:
        """How many more of it are in archived sessions, up to a hundred."""
        query = seeking.read(whole(typed), datetime.now().astimezone())
        return await self._reading.run(lambda connection: search.left_out(connection, query))

    async def checkpoint(self, session: str, turn: int, text: str) -> None:
        """Keep the text so far of a turn under way; its end removes it."""
        at = datetime.now(UTC).isoformat()
        await self._write(lambda connection: journal.checkpoint(connection, session, turn, text, at), synced=False)

    async def partials(self, session: str) -> dict[int, str]:
        """The last text kept of each turn that has no end."""
        return await self._reading.run(lambda connection: journal.partials(connection, session))

    async def keep_unsent(self, session: str, text: str) -> None:
        """Keep what a person is writing in a session, and has not sent; with nothing, nothing is kept."""
        at = datetime.now(UTC).isoformat()
        await self._write(lambda connection: journal.keep_unsent(connection, session, text, at), synced=False)

    async def unsent(self, session: str) -> str:
        """What a person was writing in a session when they last left it, however they did."""
        return await self._reading.run(lambda connection: journal.unsent(connection, session))

    async def take_lease(self, session: str) -> Lease:
        """The right to write to a session, which need not exist yet. Raises LeaseHeld."""
        lease = await self._write(lambda connection: leases.take(connection, session, self._owner), synced=False)
        self._held.add(lease)
        return lease

    async def driven(self, session: str) -> bool:
        """Whether someone alive holds the session's lease."""
        return await self.driver(session) is not None

    async def driver(self, session: str) -> Holder | None:
        """Who alive holds the session's lease."""
        return await self._reading.run(lambda connection: leases.driver(connection, session))

    async def renew(self, lease: Lease) -> None:
        """Show a sign of life, every ten seconds or so. Raises StoreError where the lease was lost."""
        await self._write(lambda connection: leases.renew(connection, lease), synced=False)

    async def release(self, lease: Lease) -> None:
        """Let others write to the session."""
        await self._write(lambda connection: leases.release(connection, lease), synced=False)
        self._held.discard(lease)

    async def inbox(self) -> list[Question]:
        """All that waits for a person, in every session, the oldest first."""
        return await self._reading.run(questions.waiting)

    async def post(self, posted: Posted) -> None:
        """Leave an answer for the process that drives the session. Raises StoreFault where nobody asks that."""
        at = datetime.now(UTC).isoformat()
        await self._write(lambda connection: questions.post(connection, posted, at))

    async def posted(self, session: str) -> list[Posted]:
        """The answers left for a session. One goes with the event that makes it count, or is dropped."""
        return await self._reading.run(lambda connection: questions.posted(connection, session))

    async def drop(self, posted: Posted) -> None:
        """Take out an answer that no longer fits."""
        await self._write(lambda connection: questions.drop(connection, posted), synced=False)

    async def follow(self, session: str, after: int = 0) -> AsyncIterator[Event]:
        """The events after a `seq` and all that come, from any process, until the session is deleted."""
        seen = -1
        while True:
            version = await self._reading.run(_data_version)
            if version != seen:
                seen = version
                try:
                    events = await self.load(session, after)
                except StoreFault as fault:
                    if fault.kind == "missing":
                        return
                    raise
                for event in events:
                    after = event.seq
                    yield event
            await asyncio.sleep(POLL)

    async def delete(self, session: str) -> None:
        """Remove a session and every word of it. Raises LeaseHeld while it is open somewhere."""

        def work(connection: sqlite3.Connection) -> None:
            leases.check(connection, session, None)
            deletion.delete(connection, session)

        await self._to(session, work)
        if self._writing:
            await self._writing.run(deletion.forget)

    async def aclose(self) -> None:
        """Release what is held and close, also where the caller is cancelled meanwhile."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _close(self) -> None:
        for lease in tuple(self._held):
            with suppress(StoreFault):  # a lease left behind ends with its process
                await self.release(lease)
        try:
            await self._reading.close()
        finally:
            # Last, so that it folds the write-ahead log into the database.
            if self._writing:
                await self._writing.close()

    async def _write(self, work: Work[T], *, synced: bool = True) -> T:
        def settled(batch: Batch) -> T:
            batch.settle()
            return work(batch.connection)

        return await self._writes.write(settled, synced=synced)

    @property
    def _writes(self) -> Writer:
        if self._writer is None:
            raise StoreFault("read_only", self.why_read_only, hint=self.way_out)
        return self._writer

    async def _to(self, session: str, work: Work[T]) -> T:
        def to(connection: sqlite3.Connection) -> T:
            _must_exist(connection, session)
            return work(connection)

        return await self._write(to)

    async def _of(self, session: str, work: Work[T]) -> T:
        def of(connection: sqlite3.Connection) -> T:
            _must_exist(connection, session)
            return work(connection)

        return await self._reading.run(of)


def _must_exist(connection: sqlite3.Connection, session: str) -> None:
    if Tally.of(connection, session) is None:
        raise faults.no_session(session)


def _data_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
