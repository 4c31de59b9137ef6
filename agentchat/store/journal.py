"""Events into rows and back. A row is written once, with a checksum; one that rotted never hides the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from agentchat.events import (
    EPOCH,
    Event,
    HumanSpoke,
    ModeLeft,
    Recorded,
    SessionOpened,
    TurnEnded,
    TurnStarted,
    Unknown,
    decode,
    encode,
)
from agentchat.store.faults import StoreFault, no_session
from agentchat.store.rows import Tally

DAMAGED = "damaged"
"""The type of the event that stands in for one that cannot be read, and the `error_kind` of such a turn's end."""


@dataclass(frozen=True, slots=True)
class Damage:
    """An event that cannot be read."""

    seq: int
    type: str
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


_ROW = "seq, parent, at, type, v, frame, turn, CAST(body AS BLOB), CAST(checksum AS BLOB)"


def append(connection: sqlite3.Connection, session: str, events: Sequence[Event]) -> list[Event]:
    """Write events and all that follows from them. Returns them as they are now on record.

    An end of a turn that has one already is left out; an event that is there already, word for word,
    is not written twice.
    """
    tally = Tally.of(connection, session)
    if tally is None:
        if not events or not isinstance(events[0], SessionOpened):
            raise no_session(session)
        tally = Tally(session)
        tally.keep(connection)
    on_record: list[Event] = []
    for each in events:
        event, body = written(each)
        place = _insert(connection, session, event, body)
        if place == "new":
            tally.add(event)
            _follow_up(connection, session, event)
        if place != "late":
            on_record.append(event)
    tally.keep(connection)
    return on_record


def written(event: Event) -> tuple[Event, bytes]:
    """The event and its line. Halves of surrogate pairs, which no file can hold, are joined or replaced."""
    try:
        return event, encode(event)
    except PydanticSerializationError:
        whole = type(event).model_validate(_whole(event.model_dump()))
        return whole, encode(whole)


def whole(text: str) -> str:
    """The text with halves of surrogate pairs joined, and replaced where they stand alone."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole(value: object) -> object:
    match value:
        case str():
            return whole(value)
        case dict():
            return {_whole(key): _whole(each) for key, each in value.items()}
        case list() | tuple():
            return [_whole(each) for each in value]
        case _:
            return value


def _checksum(session: str, body: bytes) -> bytes:
    return blake2b(body, digest_size=16, key=session.encode()[:64]).digest()


def _insert(connection: sqlite3.Connection, session: str, event: Event, body: bytes) -> Literal["new", "known", "late"]:
    if event.parent is not None and not _is_there(connection, session, event.parent):
        raise StoreFault("taken", f"Event {event.seq} of {session} follows {event.parent}, which is not on record.")
    turn = event.turn if isinstance(event, TurnStarted | TurnEnded) else None
    checksum = _checksum(session, body)
    row = (session, event.seq, event.parent, event.at.isoformat(), event.type, event.v, event.frame, turn)
    try:
        connection.execute(
            """INSERT INTO events (session, seq, parent, at, type, v, frame, turn, body, checksum)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (*row, body, checksum),
        )
    except sqlite3.IntegrityError as error:
        there = connection.execute("SELECT checksum FROM events WHERE session = ? AND seq = ?", (session, event.seq))
        found = there.fetchone()
        if found is None:
            return "late"
        if found[0] != checksum:
            raise StoreFault("taken", f"Event {event.seq} of {session} is on record with other words.") from error
        return "known"
    return "new"


def _is_there(connection: sqlite3.Connection, session: str, seq: int) -> bool:
    found = connection.execute("SELECT 1 FROM events WHERE session = ? AND seq = ?", (session, seq))
    return found.fetchone() is not None


def _follow_up(connection: sqlite3.Connection, session: str, event: Event) -> None:
    match event:
        case TurnStarted(sealed=True):
            connection.execute("INSERT INTO seals VALUES (?, ?, ?)", (session, event.turn, event.frame))
        case TurnEnded():
            connection.execute("DELETE FROM partials WHERE session = ? AND turn = ?", (session, event.turn))
            _index(connection, session, [event.seq])
        case HumanSpoke():
            _index(connection, session, [event.seq])
        case Recorded(reveals=turns) if turns:
            _reveal(connection, session, turns)
        case ModeLeft():
            sealed = connection.execute(
                "SELECT turn FROM seals WHERE session = ? AND frame = ?", (session, event.frame)
            )
            _reveal(connection, session, [turn for (turn,) in sealed.fetchall()])
        case _:
            pass


def _reveal(connection: sqlite3.Connection, session: str, turns: Iterable[int]) -> None:
    for turn in turns:
        opened = connection.execute("DELETE FROM seals WHERE session = ? AND turn = ?", (session, turn))
        if opened.rowcount:
            ends = connection.execute(
                "SELECT seq FROM events WHERE session = ? AND turn = ? AND type = 'turn_ended'", (session, turn)
            )
            _index(connection, session, [seq for (seq,) in ends.fetchall()])


def _index(connection: sqlite3.Connection, session: str, seqs: Iterable[int]) -> None:
    connection.executemany(
        "INSERT INTO words (rowid, text) SELECT id, text FROM said WHERE session = ? AND seq = ?",
        [(session, seq) for seq in seqs],
    )


def load(connection: sqlite3.Connection, session: str, after: int = 0) -> list[Event]:
    """The session's events in order, each that cannot be read with another in its place, so that its path holds."""
    speakers: dict[int, str] = {}
    events: list[Event] = []
    for row in rows(connection, session, after):
        try:
            event = read(session, row)
        except ValueError as why:
            event = _stand_in(row, str(why), speakers)
        if isinstance(event, TurnStarted):
            speakers[event.turn] = event.speaker
        events.append(event)
    return events


def damage(connection: sqlite3.Connection, session: str) -> list[Damage]:
    """What of a session cannot be read."""
    found: list[Damage] = []
    for row in rows(connection, session):
        try:
            read(session, row)
        except ValueError as why:
            found.append(Damage(row.seq, row.type, str(why)))
    return found


def rows(connection: sqlite3.Connection, session: str, after: int = 0) -> Iterator[_Row]:
    """The rows as they lie there."""
    found = connection.execute(
        f"SELECT {_ROW} FROM events WHERE session = ? AND seq > ? ORDER BY seq",  # noqa: S608
        (session, after),
    )
    for each in found:
        yield _Row(*each)


def tail(connection: sqlite3.Connection, session: str, limit: int) -> list[Event]:
    """The newest `limit` events, in order."""
    first = connection.execute(
        "SELECT min(seq) FROM (SELECT seq FROM events WHERE session = ? ORDER BY seq DESC LIMIT ?)", (session, limit)
    ).fetchone()[0]
    return [] if first is None else load(connection, session, first - 1)


def read(session: str, row: _Row) -> Event:
    """The event of a row. Raises ValueError, saying why, where it is not what was written."""
    if _checksum(session, row.body) != row.checksum:
        raise ValueError("its checksum does not fit")
    try:
        event = decode(row.body, row.v)
    except ValidationError as error:
        raise ValueError(f"it is no event: {error.errors(include_input=False)[0]['msg']}") from error
    if (event.seq, event.parent) != (row.seq, row.parent):
        raise ValueError("it is in the wrong place")
    return event


def _stand_in(row: _Row, why: str, speakers: dict[int, str]) -> Event:
    place = {"seq": row.seq, "parent": row.parent, "at": _time(row.at), "frame": row.frame}
    if row.type == "turn_ended" and row.turn is not None and row.turn in speakers:
        # Else the turn would count as under way, and its one end could not be written.
        end = {"turn": row.turn, "speaker": speakers[row.turn], "outcome": "failed", "error_kind": DAMAGED}
        return TurnEnded.model_validate({**place, **end, "error": why})
    return Unknown.model_validate({**place, "type": DAMAGED, "was": row.type, "why": why})


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return EPOCH


def checkpoint(connection: sqlite3.Connection, session: str, turn: int, text: str, at: str) -> None:
    """Keep the text so far of a turn that has no end yet."""
    connection.execute(
        """INSERT OR REPLACE INTO partials (session, turn, text, at)
           SELECT session, turn, ?, ? FROM events AS start
           WHERE session = ? AND seq = ? AND NOT EXISTS (SELECT 1 FROM events WHERE type = 'turn_ended'
                 AND events.session = start.session AND events.turn = start.turn)""",
        (whole(text), at, session, turn),
    )


def partials(connection: sqlite3.Connection, session: str) -> dict[int, str]:
    """The last text kept of each turn that has no end."""
    return dict(connection.execute("SELECT turn, text FROM partials WHERE session = ?", (session,)).fetchall())
