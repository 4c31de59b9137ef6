"""Events into rows, and all that follows from them in the same transaction. A row is written once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic_core import PydanticSerializationError

from agentchat.events import (
    Event,
    HeadMoved,
    HumanSpoke,
    ModeLeft,
    Recorded,
    SessionOpened,
    TurnEnded,
    TurnStarted,
    encode,
)
from agentchat.store import questions
from agentchat.store.faults import StoreFault, is_rot, no_session
from agentchat.store.reading import checksum
from agentchat.store.rows import Tally


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
            if isinstance(event, HeadMoved):
                tally.stand(connection)
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
        mended = type(event).model_validate(_whole(event.model_dump()))
        return mended, encode(mended)


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


def _insert(connection: sqlite3.Connection, session: str, event: Event, body: bytes) -> Literal["new", "known", "late"]:
    if event.parent is not None and not _is_there(connection, session, event.parent):
        raise StoreFault("taken", f"Event {event.seq} of {session} follows {event.parent}, which is not on record.")
    turn = event.turn if isinstance(event, TurnStarted | TurnEnded) else None
    check = checksum(session, body)
    row = (session, event.seq, event.parent, event.at.isoformat(), event.type, event.v, event.frame, turn)
    try:
        connection.execute(
            """INSERT INTO events (session, seq, parent, at, type, v, frame, turn, body, checksum)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (*row, body, check),
        )
    except sqlite3.IntegrityError as error:
        there = connection.execute("SELECT checksum FROM events WHERE session = ? AND seq = ?", (session, event.seq))
        found = there.fetchone()
        if found is None:
            return "late"
        if found[0] != check:
            raise StoreFault("taken", f"Event {event.seq} of {session} is on record with other words.") from error
        return "known"
    return "new"


def _is_there(connection: sqlite3.Connection, session: str, seq: int) -> bool:
    found = connection.execute("SELECT 1 FROM events WHERE session = ? AND seq = ?", (session, seq))
    return found.fetchone() is not None


def _follow_up(connection: sqlite3.Connection, session: str, event: Event) -> None:
    questions.ask(connection, session, event)
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
        case HeadMoved():
            questions.ask_again(connection, session, event.to)
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
    insert = "INSERT INTO words (rowid, text) SELECT id, text FROM said WHERE session = ? AND seq = ?"
    try:
        connection.executemany(insert, [(session, seq) for seq in seqs])
    except sqlite3.DatabaseError as error:
        # FTS5 says so where what it finds in its tables makes no sense.
        if not is_rot(error) and not isinstance(error, sqlite3.IntegrityError):
            raise
        raise StoreFault("index", "The index of words rotted.") from error


def reindex(connection: sqlite3.Connection) -> None:
    """Make the index of words anew."""
    connection.execute("INSERT INTO words (words) VALUES ('rebuild')")


def checkpoint(connection: sqlite3.Connection, session: str, turn: int, text: str, at: str) -> None:
    """Keep the text so far of a turn that has no end yet."""
    connection.execute(
        """INSERT OR REPLACE INTO partials (session, turn, text, at)
           SELECT session, seq, ?, ? FROM events AS start
           WHERE session = ? AND seq = ? AND type = 'turn_started' AND NOT EXISTS (
               SELECT 1 FROM events WHERE type = 'turn_ended' AND session = start.session AND turn = start.seq)""",
        (whole(text), at, session, turn),
    )


def partials(connection: sqlite3.Connection, session: str) -> dict[int, str]:
    """The last text kept of each turn that has no end."""
    return dict(connection.execute("SELECT turn, text FROM partials WHERE session = ?", (session,)).fetchall())
