"""One writer a session: whoever holds its lease. A lease's epoch grows with each holder, and appends check it."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agentchat.store.faults import LeaseHeld, StoreFault

STALE = 30.0
"""Seconds without a sign of life after which a lease may be taken over. Renew it every ten."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write to a session, until it is released or lost."""

    session: str
    epoch: int
    owner: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has, or had, a lease."""

    owner: str
    pid: int
    host: str
    boot: str
    epoch: int
    heartbeat: float

    @property
    def alive(self) -> bool:
        """Whether it still has it."""
        if not self.owner or time.time() - self.heartbeat > STALE:
            return False
        if self.host != socket.gethostname():
            return True
        return self.boot == boot() and _runs(self.pid)


def take(connection: sqlite3.Connection, session: str, owner: str) -> Lease:
    """A lease of a new epoch. Raises LeaseHeld where one is held by someone alive."""
    holder = _holder(connection, session)
    if holder and holder.alive:
        raise LeaseHeld(session, holder.pid, holder.host)
    epoch = holder.epoch + 1 if holder else 1
    connection.execute(
        """INSERT OR REPLACE INTO leases (session, owner, pid, host, boot, epoch, heartbeat)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (session, owner, os.getpid(), socket.gethostname(), boot(), epoch, time.time()),
    )
    return Lease(session, epoch, owner)


def check(connection: sqlite3.Connection, session: str, lease: Lease | None) -> None:
    """Raises StoreFault where the lease was lost; without one, LeaseHeld where someone alive has it."""
    holder = _holder(connection, session)
    if lease is None:
        if holder and holder.alive:
            raise LeaseHeld(session, holder.pid, holder.host)
    elif holder is None or (session, holder.epoch, holder.owner) != (lease.session, lease.epoch, lease.owner):
        raise StoreFault(
            "lost",
            f"Session {session} was taken over by another window.",
            hint="Nothing more is written from here; open it again to watch it.",
        )


def driver(connection: sqlite3.Connection, session: str) -> Holder | None:
    """Who alive has it."""
    holder = _holder(connection, session)
    return holder if holder and holder.alive else None


def renew(connection: sqlite3.Connection, lease: Lease) -> None:
    """Show a sign of life. Raises StoreFault where the lease was lost."""
    check(connection, lease.session, lease)
    connection.execute("UPDATE leases SET heartbeat = ? WHERE session = ?", (time.time(), lease.session))


def release(connection: sqlite3.Connection, lease: Lease) -> None:
    """Let another have it. A lease that was lost already is let be."""
    connection.execute(
        "UPDATE leases SET owner = '' WHERE session = ? AND epoch = ? AND owner = ?",
        (lease.session, lease.epoch, lease.owner),
    )


@cache
def boot() -> str:
    """What tells this start of the machine from the one before it: a process id means nothing across them."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _holder(connection: sqlite3.Connection, session: str) -> Holder | None:
    row = connection.execute(
        "SELECT owner, pid, host, boot, epoch, heartbeat FROM leases WHERE session = ?", (session,)
    ).fetchone()
    return row and Holder(*row)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
