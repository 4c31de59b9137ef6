"""Rows back into events, one by one, each with its checksum: what rotted never hides the rest."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from pydantic import ValidationError

from agentchat.events import EPOCH, SCHEMA, Event, TurnEnded, TurnStarted, Unknown, decode, encode
from agentchat.store.faults import is_rot

DAMAGED = "damaged"
"""The type of the event that stands in for one that cannot be read, and the `error_kind` of such a turn's end."""


@dataclass(frozen=True, slots=True)
class Damage:
    """An event that cannot be read."""

    seq: int
    type: str
    """Of which type it was; empty where not even that is known."""
    why: str


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int
    parent: int | None
    at: str
    type: str
    v: int
    frame: int
    turn: int | None
    body: bytes
    checksum: bytes


# A value may have rotted into another type.
_ROW = (
    "SELECT seq, parent, CAST(at AS TEXT), CAST(type AS TEXT), v, frame, turn, CAST(body AS BLOB), "
    "CAST(checksum AS BLOB) FROM events WHERE "
)


def checksum(session: str, body: bytes) -> bytes:
    """What tells that a line is the one that was written, and in this session."""
    return blake2b(body, digest_size=16, key=session.encode()[:64]).digest()


def load(connection: sqlite3.Connection, session: str, after: int = 0) -> list[Event]:
    """The session's events in order, each that cannot be read with another in its place, so that its path holds."""
    with suppress(ValueError, TypeError):
        return _sound(connection, session, after)
    return _events(session, _rows(connection, session, after), {})


def _sound(connection: sqlite3.Connection, session: str, after: int) -> list[Event]:
    """The same, straight from the rows, where all of them are as they were written. Raises ValueError and TypeError."""
    key = session.encode()[:64]
    asks = "SELECT body, checksum, v FROM events WHERE session = ? AND seq > ? ORDER BY seq"
    try:
        kept = connection.execute("SELECT events FROM sessions WHERE id = ?", (session,)).fetchone()
        with _uncollected():
            events = []
            for body, check, v in connection.execute(asks, (session, after)):
                if blake2b(body, digest_size=16, key=key).digest() != check:
                    raise ValueError("its checksum does not fit")
                events.append(decode(body, v))
    except sqlite3.DatabaseError as error:
        if not is_rot(error):
            raise
        raise ValueError("a page is broken") from error
    if not after and not (kept and kept[0] in range(len(events) + 1)):
        raise ValueError("an index may have missed some")
    return events


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which looks at all events again and again while they come, and finds nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def some(
    connection: sqlite3.Connection, session: str, where: str, *values: int, speakers: Mapping[int, str] | None = None
) -> list[Event]:
    """The session's events that a condition picks, in order, each that cannot be read with another in its place.

    `speakers` are those of turns that began elsewhere.
    """
    found = connection.execute(f"{_ROW}session = ? AND {where}", (session, *values)).fetchall()
    return _events(session, sorted((_Row(*row) for row in found), key=lambda row: row.seq), dict(speakers or {}))


def lines(connection: sqlite3.Connection, session: str) -> list[bytes]:
    """The events' lines as they were written, byte for byte; in the place of one that rotted, its stand-in."""
    rows = _rows(connection, session, 0)
    if all(checksum(session, row.body) == row.checksum for row in rows):
        return [row.body for row in rows]
    stand_ins = {event.seq: event for event in load(connection, session)}
    sound = {row.seq for row in rows if checksum(session, row.body) == row.checksum}
    return [row.body if row.seq in sound else encode(stand_ins[row.seq]) for row in rows]


def tail(connection: sqlite3.Connection, session: str, limit: int) -> list[Event]:
    """The newest `limit` events, in order."""
    first = connection.execute(
        "SELECT min(seq) FROM (SELECT seq FROM events WHERE session = ? ORDER BY seq DESC LIMIT ?)", (session, limit)
    ).fetchone()[0]
    return [] if first is None else load(connection, session, first - 1)


def damage(connection: sqlite3.Connection, session: str) -> list[Damage]:
    """What of a session cannot be read."""
    found: list[Damage] = []
    for row in _rows(connection, session, 0):
        try:
            _read(session, row)
        except ValueError as why:
            found.append(Damage(row.seq, row.type, str(why)))
    return found


def _rows(connection: sqlite3.Connection, session: str, after: int) -> list[_Row]:
    """The rows as they lie there."""
    try:
        kept = connection.execute("SELECT events FROM sessions WHERE id = ?", (session,)).fetchone()
        asks = _ROW + "session = ? AND seq > ? ORDER BY seq"
        rows = [_Row(*found) for found in connection.execute(asks, (session, after))]
    except sqlite3.DatabaseError as error:
        if not is_rot(error):
            raise
    else:
        # An index that rotted may miss some and not know it.
        if after or (kept and kept[0] in range(len(rows) + 1)):
            return rows
    return [row for row in _one_by_one(connection, session) if row.seq > after]


def _one_by_one(connection: sqlite3.Connection, session: str) -> list[_Row]:
    """Every row that can be read, wherever a page is broken; of the others, what the indexes know of them."""
    rows: dict[int, _Row] = {}
    last = connection.execute("SELECT CAST(max(seq) AS INTEGER) FROM sqlite_sequence").fetchone()[0] or 0
    for number in range(1, last + 1):
        with suppress(sqlite3.DatabaseError):
            found = connection.execute(_ROW + "id = ? AND +session = ?", (number, session)).fetchone()
            if found and isinstance(found[0], int):
                rows[found[0]] = _Row(*found)
    ends: dict[int, int] = {}
    with suppress(sqlite3.DatabaseError):
        asks = "SELECT id, turn FROM events WHERE session = ? AND type = 'turn_ended'"
        ends.update(connection.execute(asks, (session,)))
    with suppress(sqlite3.DatabaseError):
        before = None
        for number, seq in connection.execute("SELECT id, seq FROM events WHERE session = ? ORDER BY seq", (session,)):
            if not isinstance(seq, int):
                continue
            if seq not in rows:
                known = "turn_ended" if number in ends else ""
                rows[seq] = _Row(seq, before, "", known, SCHEMA, 0, ends.get(number), b"", b"")
            before = seq
    return [rows[seq] for seq in sorted(rows)]


def _events(session: str, rows: Iterable[_Row], speakers: dict[int, str]) -> list[Event]:
    events: list[Event] = []
    for row in rows:
        try:
            event = _read(session, row)
        except ValueError as why:
            event = _stand_in(row, str(why), speakers)
        if isinstance(event, TurnStarted):
            speakers[event.turn] = event.speaker
        events.append(event)
    return events


def _read(session: str, row: _Row) -> Event:
    """The event of a row. Raises ValueError, saying why, where it is not what was written."""
    if checksum(session, row.body) != row.checksum:
        raise ValueError("its checksum does not fit" if row.body else "its page of the database is broken")
    try:
        return decode(row.body, row.v)
    except ValidationError as error:
        raise ValueError(f"it is no event: {error.errors(include_input=False)[0]['msg']}") from error


def _stand_in(row: _Row, why: str, speakers: dict[int, str]) -> Event:
    place = {"seq": row.seq, "parent": row.parent, "at": _time(row.at), "frame": row.frame}
    if row.type == "turn_ended" and row.turn in speakers:
        # Else the turn would count as under way, and its one end could not be written.
        end = {"turn": row.turn, "speaker": speakers[row.turn], "outcome": "failed", "error_kind": DAMAGED}
        return TurnEnded.model_validate({**place, **end, "error": why})
    return Unknown.model_validate({**place, "type": DAMAGED, "was": row.type, "why": why})


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return EPOCH
