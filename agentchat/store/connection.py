"""aiosqlite's thread, given one whole piece of work at a time; and the one queue all writing goes through."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

import aiosqlite

from agentchat.store import faults
from agentchat.store.batch import Batch
from agentchat.store.faults import StoreFault

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
Task = Callable[[Batch], T]
"""A work that is one of several in a transaction."""


class Connection(aiosqlite.Connection):
    """One connection on one thread. A hop there costs 0.1 ms, so a work is a function, not a statement."""

    def __init__(self, path: Path, how: Callable[[Path], sqlite3.Connection]) -> None:
        super().__init__(lambda: how(path), 64)
        self.path = path
        self._closed = False
        # A thread that is no daemon would hold up the end of a program that forgot to close (FACTS).
        self._thread.daemon = True

    @classmethod
    async def opened(cls, path: Path, how: Callable[[Path], sqlite3.Connection]) -> Connection:
        """A connection that stands. Raises what `how` raises."""
        connection = cls(path, how)
        try:
            with faults.in_words(path):
                _ = await connection
        except Exception:
            # It has one call left, to a loop that may end before it: the thread would die with a traceback.
            connection._thread.join()
            raise
        return connection

    def begin(self, work: Work[T]) -> asyncio.Future[T]:
        """Carry out `work`, whoever waits for it or not. SQLite's errors come as they are."""
        if self._closed:
            raise StoreFault("closed", f"{self.path} was closed.")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((future, partial(work, self._conn)))
        return future

    async def run(self, work: Work[T]) -> T:
        """What `work` returns. Raises StoreFault."""
        with faults.in_words(self.path):
            return await self.begin(work)

    async def close(self) -> None:
        """Close once all that was begun is done."""
        self._closed = True
        await super().close()


class _Job(Generic[T]):
    """One caller's part of a transaction: all of it happens, or nothing."""

    __slots__ = ("answer", "error", "returned", "synced", "task")

    def __init__(self, task: Task[T], answer: asyncio.Future[T], *, synced: bool) -> None:
        self.task, self.answer, self.synced = task, answer, synced
        self.returned: T | None = None
        self.error: Exception | None = None

    def carry_out(self, batch: Batch) -> None:
        self.returned = self.task(batch)

    def settle(self, path: Path) -> None:
        if self.answer.done():
            return  # its caller was cancelled
        if self.error is None:
            self.answer.set_result(self.returned)  # type: ignore[arg-type]  # it was carried out
            return
        try:
            with faults.in_words(path):
                raise self.error
        except Exception as error:  # noqa: BLE001 (its caller raises it)
            self.answer.set_exception(error)


class Writer:
    """Group commit: what waits when a transaction begins goes into it.

    A commit is on the connection's queue as soon as there is something to write, so that no task runs
    between calls, and a caller's cancellation reaches nothing.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._file = _identity(connection.path)
        self._lock = Lock()
        self._waiting: list[_Job[object]] = []
        self._synchronous = ""

    def write(self, task: Task[T], *, synced: bool = True) -> asyncio.Future[T]:
        """What `task` returns, once it is kept. Raises StoreError, and then nothing of it is.

        All outlives the process; what is `synced` outlives a power cut too, and so does all before it.
        """
        job: _Job[T] = _Job(task, asyncio.get_running_loop().create_future(), synced=synced)
        with self._lock:
            if not self._waiting:
                self._connection.begin(self._commit).add_done_callback(self._settle)
            self._waiting.append(job)  # type: ignore[arg-type]
        return job.answer

    def _settle(self, commit: asyncio.Future[list[_Job[object]]]) -> None:
        for job in commit.result():
            job.settle(self._connection.path)

    def _commit(self, connection: sqlite3.Connection) -> list[_Job[object]]:
        with self._lock:
            jobs, self._waiting = self._waiting, []
        if not self._carried_out(connection, jobs):
            # No savepoint for each: at every one FTS5 writes its index out, and a burst takes three times as long.
            for job in jobs:
                self._carried_out(connection, [job])
        return jobs

    def _carried_out(self, connection: sqlite3.Connection, jobs: list[_Job[object]]) -> bool:
        """The same as `_together`, with the index of words made anew where it rotted: what was said cannot be."""
        done = self._together(connection, jobs)
        error = jobs[0].error
        if not (isinstance(error, StoreFault) and error.kind == "index"):
            return done
        # Here, before anything else is written: what waits may follow on what is written up with the index.
        anew: _Job[object] = _Job(Batch.reindex, jobs[0].answer, synced=False)
        self._together(connection, [anew])
        return self._together(connection, jobs) if anew.error is None else done

    def _together(self, connection: sqlite3.Connection, jobs: list[_Job[object]]) -> bool:
        """Carry jobs out in one transaction. False where one of several was refused: then nothing happened."""
        refused = False
        error: Exception | None = None
        try:
            self._be_as_safe_as(connection, jobs)
            connection.execute("BEGIN IMMEDIATE")
            batch = Batch(connection)
            refused = True
            for job in jobs:
                job.carry_out(batch)
            batch.settle()
            refused = False
            connection.execute("COMMIT")
            self._be_there()
        except Exception as raised:  # noqa: BLE001 (it crosses a thread: each caller raises it)
            error = raised
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        for job in jobs:
            job.error = error
        return not refused or len(jobs) == 1

    def _be_as_safe_as(self, connection: sqlite3.Connection, jobs: list[_Job[object]]) -> None:
        wanted = "FULL" if any(job.synced for job in jobs) else "NORMAL"
        if wanted != self._synchronous:
            connection.execute(f"PRAGMA synchronous = {wanted}")
            self._synchronous = wanted

    def _be_there(self) -> None:
        # SQLite goes on writing into a file that was deleted, and says nothing.
        if _identity(self._connection.path) != self._file:
            raise faults.gone(self._connection.path)


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_dev, found.st_ino)
