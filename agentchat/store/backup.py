"""A copy of a whole database while rooms go on: its owner's alone, looked through, and in place whole or not at all."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from agentchat.store import faults, finding, opening, reading
from agentchat.store.faults import StoreFault
from agentchat.store.finding import Listing


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made."""

    path: Path
    size: int
    """In bytes."""
    sessions: int
    flaws: tuple[str, ...]
    """What could not be read in the database, and so cannot in the copy, in words."""


def back_up(database: Path, to: Path, *, over: bool = False) -> Backup:
    """Copy the database as it stands at one moment. Raises StoreFault; `over` lets it take another file's place."""
    if to.exists() and not over:
        raise _taken(to)
    if to.exists() and to.samefile(database):
        raise StoreFault("other", "A database is no copy of itself.", hint="Name another file.")
    with faults.in_words(database):
        source = opening.reader(database)
    with closing(source), faults.in_words(to):
        aside = to.with_name(f".{to.name}.{secrets.token_hex(4)}")
        try:
            os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(aside, isolation_level=None)) as target:
                # All pages in one step: that is one moment of the database, and whoever writes to it need not wait.
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
            with closing(opening.reader(aside)) as copy:
                sessions, flaws = _looked_through(copy)
            _keep(aside, to, over=over)
        finally:
            for name in (aside.name, f"{aside.name}-journal", f"{aside.name}-wal", f"{aside.name}-shm"):
                with suppress(OSError):
                    aside.with_name(name).unlink(missing_ok=True)
        return Backup(to, to.stat().st_size, sessions, flaws)


def _looked_through(copy: sqlite3.Connection) -> tuple[int, tuple[str, ...]]:
    every = [row.id for row in finding.sessions(copy, Listing(limit=1_000_000, place="any"))]
    lost = [f"session {each}, event {one.seq}: {one.why}" for each in every for one in reading.damage(copy, each)]
    try:
        found = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(10)")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    return len(every), (*lost, *(line for line in found if line != "ok"))


def _keep(aside: Path, to: Path, *, over: bool) -> None:
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    if over:
        aside.replace(to)
    else:
        try:
            os.link(aside, to)
        except FileExistsError:
            raise _taken(to) from None
        except OSError:  # a file system without links
            if to.exists():
                raise _taken(to) from None
            aside.rename(to)
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _taken(to: Path) -> StoreFault:
    return StoreFault("other", f"{to} is there already; it was left as it is.", hint="Name another file, or --force.")
