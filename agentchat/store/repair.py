"""A damaged database made anew from all that can be read of it. The damaged one is put aside, never deleted."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from agentchat.events import Event
from agentchat.store import faults, journal, lease as leases, opening, schema
from agentchat.store.batch import Batch
from agentchat.store.faults import StoreFault
from agentchat.store.mending import Known, Saved, begins, mended
from agentchat.store.salvage import Found, Image
from agentchat.store.schema import APPLICATION, MIGRATIONS

SHARED = (0x40000002, 510)
"""The bytes that every connection to a database in WAL mode holds a lock on, as long as it is open."""

BESIDE = ("-wal", "-shm", "-journal")

Lines = list[tuple[Event, bytes]]


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came of it."""

    aside: Path | None
    """Where the damaged file is now; None where nothing was damaged, and nothing done."""
    sessions: tuple[Saved, ...] = ()


def repair(path: Path) -> Repaired:
    """Save what can be read. Raises StoreFault where it is open somewhere, is not ours, or gives nothing."""
    path = path.resolve()  # its log is beside the file itself, not beside a link to it
    if not path.is_file():
        opening.inspect(path)
    with faults.in_words(path), _alone(path) as source:
        image_path = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        anew = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            return _repair(path, source, image_path, anew)
        finally:
            for each in (image_path, anew):
                for end in ("", *BESIDE):
                    with suppress(OSError):
                        each.with_name(each.name + end).unlink(missing_ok=True)


def _repair(path: Path, source: int, image_path: Path, anew: Path) -> Repaired:
    head = os.pread(source, 100, 0)
    image = Image(source, path.with_name(f"{path.name}-wal"), image_path)
    found = image.found()
    ours = head.startswith(b"SQLite format 3\0") and int.from_bytes(head[68:72], "big") == APPLICATION
    if not found.sound and not ours:
        raise faults.foreign(path)
    have = int.from_bytes(head[60:64], "big")
    if len(MIGRATIONS) < have < len(MIGRATIONS) + 10:  # any more is no version, but rot
        raise StoreFault("newer", f"{path} was written by a newer agentchat.", hint="Repair it with that one.")
    beside = _Beside(image)
    if beside.driven:
        raise StoreFault("held", f"Session {beside.driven} is open in another window.", hint="End it there first.")
    sessions = {*found.sound, *(one.session for one in found.broken if begins(one))}
    whole = [
        mended(session, found.sound.get(session, set()), found.broken, beside.known.get(session, Known()))
        for session in sorted(sessions)
    ]
    if ours and not image.mended and _sound(image_path, found):
        return Repaired(None)
    if not whole:
        raise faults.damaged(path, "no event in it can be read")
    opening.create(anew)
    _fill(anew, whole, beside)
    aside = _put_in_place(path, anew)
    gone = [Saved(session, one.topic, 0, ("all of it",)) for session, one in beside.known.items()]
    told = (one for one in gone if one.session not in sessions and sessions <= beside.known.keys())
    return Repaired(aside, (*(saved for saved, _ in whole), *told))


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """The file, that nobody else has open, and nobody can open meanwhile. Raises StoreFault where somebody has."""
    source = os.open(path, os.O_RDWR)
    try:
        try:
            fcntl.lockf(source, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED[1], SHARED[0])
        except BlockingIOError as error:
            words = f"{path} is open in another process; it was left as it is."
            raise StoreFault("held", words, hint="End every agentchat, then try again.") from error
        yield source
    finally:
        os.close(source)


class _Beside:
    """What stands in the tables beside the events, as far as SQLite can still read them."""

    def __init__(self, image: Image) -> None:
        self.known: dict[str, Known] = {}
        self.driven = ""
        """A session that somebody alive drives."""
        self.tables: dict[str, list[tuple[object, ...]]] = {}
        with closing(_opened(image.path)) as connection:
            for session, topic, mode, events in _rows(connection, "SELECT id, topic, mode, events FROM sessions"):
                if isinstance(events, int) and isinstance(topic, str) and isinstance(mode, str):
                    self.known[str(session)] = Known(topic, mode, events)
            for (session,) in _rows(connection, "SELECT session FROM leases"):
                with suppress(sqlite3.DatabaseError, TypeError, OverflowError):
                    self.driven = self.driven or (str(session) if leases.driver(connection, str(session)) else "")
            asks = "SELECT session, name, tags, starred, archived, deleted FROM labels"
            labels = {row[0]: row for row in _rows(connection, asks) if _is_label(row)}
            for row in image.labels():
                if row[0] not in labels and _is_label(row):
                    labels[row[0]] = tuple(row)
            self.tables["labels"] = list(labels.values())
            self.tables["partials"] = list(_rows(connection, "SELECT session, turn, text, at FROM partials"))
            asks = "SELECT session, seq, answer, data, by, at FROM answers"
            self.tables["answers"] = list(_rows(connection, asks))
            self.tables["erased"] = list(_rows(connection, "SELECT session, id FROM erased"))
            self.tables["arrivals"] = list(_rows(connection, "SELECT session, seq FROM arrivals"))


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


def _rows(connection: sqlite3.Connection, asks: str) -> Iterator[tuple[object, ...]]:
    """As many rows as come before one that cannot be read."""
    with suppress(sqlite3.Error, UnicodeDecodeError):
        yield from connection.execute(asks)


def _is_label(row: Iterable[object]) -> bool:
    match list(row):
        case [str(), str(), str(tags), 0 | 1, 0 | 1, deleted]:
            try:
                _ = deleted is None or datetime.fromisoformat(str(deleted))
                return isinstance(json.loads(tags), list)
            except ValueError:
                return False
        case _:
            return False


def _sound(image: Path, found: Found) -> bool:
    """Whether SQLite reads all of it, finds nothing wrong, and its tables say what the events do."""
    try:
        with closing(_opened(image)) as connection:
            version = schema.version(connection)
            tables = _names(connection)
            checked = connection.execute("PRAGMA integrity_check(1)").fetchone()
            connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
            counts = dict(connection.execute("SELECT id, events FROM sessions"))
            rows = connection.execute("SELECT session, seq, parent, type, frame, turn, body FROM events").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        return False
    return (
        checked == ("ok",)
        and 0 < version <= len(MIGRATIONS)
        and tables == _tables_of(version)
        and counts == {session: len(lines) for session, lines in found.sound.items()}
        and len(rows) == sum(counts.values())
        and not any(one.session in counts for one in found.broken)
        and all(row[-1] in found.sound.get(row[0], ()) and _fits(*row[1:]) for row in rows)
    )


def _fits(seq: int, parent: int | None, kind: str, frame: int, turn: int | None, body: bytes) -> bool:
    """Whether a row's columns say what its line does."""
    line = json.loads(body)
    own = line.get("turn") if kind in ("turn_started", "turn_ended") else None
    return (line["seq"], line.get("parent"), line["type"], line.get("frame", 0), own) == (
        seq,
        parent,
        kind,
        frame,
        turn,
    )


def _names(connection: sqlite3.Connection) -> set[str]:
    return {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def _tables_of(version: int) -> set[str]:
    """The tables, views and indexes of a sound database."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        for step in MIGRATIONS[:version]:
            step(fresh)
        return _names(fresh)


def _fill(anew: Path, whole: Iterable[tuple[Saved, Lines]], beside: _Beside) -> None:
    """Write it all, and see that it is there."""
    there = {}
    with closing(opening.writer(anew)) as connection:
        for saved, lines in whole:
            connection.execute("BEGIN IMMEDIATE")
            batch = Batch(connection)
            there[saved.session] = len(journal.enter(batch, saved.session, lines, None))
            batch.settle()
            connection.execute("COMMIT")
        for table, rows in beside.tables.items():
            for row in rows:
                if row[0] in there:
                    with suppress(sqlite3.IntegrityError):  # half of it rotted
                        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = dict(connection.execute("SELECT session, count(*) FROM events GROUP BY session"))
        checked = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if kept != there or checked != ("ok",):
        raise StoreFault("other", f"What was saved could not be written: {checked[0]}.", hint="Check the disk.")


def _put_in_place(path: Path, anew: Path) -> Path:
    """The new one, in the place of the damaged one, which is put aside with all that belongs to it."""
    _sync(anew)
    name = f"{path.name}.damaged-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}"
    names = chain((name,), (f"{name}-{n}" for n in count(2)))
    aside = next(each for each in map(path.with_name, names) if not each.exists())
    try:
        os.link(path, aside)
    except OSError:  # a file system without links
        path.rename(aside)
    # First: a log beside the new one would be taken for its own.
    for end in BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
    anew.replace(path)
    _sync(path.parent)
    return aside


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
