"""Events into rows, and all that follows from them in the same transaction. A row is written once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from pydantic_core import PydanticSerializationError

from agentchat.events import (
    EscalationAnswered,
    EscalationRaised,
    Event,
    HeadMoved,
    HumanSpoke,
    ModeEntered,
    ModeLeft,
    Noted,
    Recorded,
    SessionClosed,
    SessionOpened,
    SessionReopened,
    TurnEnded,
    TurnStarted,
    encode,
)
from agentchat.store import questions
from agentchat.store.batch import Batch
from agentchat.store.faults import StoreFault, no_session
from agentchat.store.lease import Lease
from agentchat.store.reading import checksum

FOUND = (
    *(TurnEnded, HumanSpoke, SessionOpened, SessionClosed, SessionReopened, Recorded, ModeEntered),
    *(EscalationRaised, EscalationAnswered, Noted),
)
"""What has words that a search finds; the view `said` names the same."""


def append(batch: Batch, session: str, events: Sequence[Event], lease: Lease | None) -> list[Event]:
    """Write events and all that follows from them. Returns them as they are now on record.

    An end of a turn that has one already is left out; an event that is there already, word for word,
    is not written twice.
    """
    return enter(batch, session, [written(each) for each in events], lease)


def enter(batch: Batch, session: str, lines: Sequence[tuple[Event, bytes]], lease: Lease | None) -> list[Event]:
    """The same for events that have their lines already, of whatever version: those are what is kept."""
    batch.check(session, lease)
    sitting = batch.sitting(session)
    if sitting is None:
        if not lines or not isinstance(lines[0][0], SessionOpened):
            raise no_session(session)
        sitting = batch.begin(session)
    on_record: list[Event] = []
    for event, body in lines:
        row = _insert(batch.connection, session, event, body, sitting.seqs)
        if row > 0:
            sitting.tally.add(event)
            sitting.spoken = sitting.spoken or isinstance(event, TurnStarted | HumanSpoke)
            if isinstance(event, HeadMoved):
                sitting.tally.stand(batch.connection)
            _follow_up(batch, session, event, row)
        if isinstance(event, TurnEnded):
            sitting.ended.append(event.turn)
        if row >= 0:
            sitting.seqs.add(event.seq)
            on_record.append(event)
    return on_record


def take_in(batch: Batch, session: str, lines: Sequence[tuple[Event, bytes]]) -> list[Event]:
    """The same for a session from elsewhere, or more of one: that may still be what it copied from another."""
    known = batch.sitting(session)
    if known:
        known.tally.look_back(batch.connection)
    entered = enter(batch, session, lines, None)
    last = max((event.seq for event, _ in lines), default=0)
    arrived = (
        "UPDATE arrivals SET seq = ? WHERE session = ?"
        if known
        else "INSERT INTO arrivals (seq, session) VALUES (?, ?)"
    )
    batch.connection.execute(arrived, (last, session))
    return entered


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


LATE = -1
KNOWN = 0
"""In the place of a row: the turn had an end already; the event is there already, word for word."""


def _insert(connection: sqlite3.Connection, session: str, event: Event, body: bytes, known: set[int]) -> int:
    """The number of the new row, LATE or KNOWN. Raises StoreFault where the place is taken, or leads nowhere."""
    parent = event.parent
    if parent is not None and parent not in known and not _is_there(connection, session, parent):
        raise StoreFault("taken", f"Event {event.seq} of {session} follows {parent}, which is not on record.")
    turn = event.turn if isinstance(event, TurnStarted | TurnEnded) else None
    check = checksum(session, body)
    row = (session, event.seq, parent, event.at.isoformat(), event.type, event.v, event.frame, turn, body, check)
    try:
        inserted = connection.execute(
            """INSERT INTO events (session, seq, parent, at, type, v, frame, turn, body, checksum)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            row,
        )
    except sqlite3.IntegrityError as error:
        there = connection.execute("SELECT checksum FROM events WHERE session = ? AND seq = ?", (session, event.seq))
        found = there.fetchone()
        if found is None:
            return LATE
        if found[0] != check:
            raise StoreFault("taken", f"Event {event.seq} of {session} is on record with other words.") from error
        return KNOWN
    return inserted.lastrowid or KNOWN


def _is_there(connection: sqlite3.Connection, session: str, seq: int) -> bool:
    found = connection.execute("SELECT 1 FROM events WHERE session = ? AND seq = ?", (session, seq))
    return found.fetchone() is not None


def _follow_up(batch: Batch, session: str, event: Event, row: int) -> None:
    connection = batch.connection
    questions.ask(connection, session, event)
    match event:
        case TurnStarted(sealed=True):
            connection.execute("INSERT INTO seals VALUES (?, ?, ?)", (session, event.turn, event.frame))
        case Recorded(reveals=turns) if turns:
            _reveal(batch, session, turns)
        case ModeLeft():
            sealed = connection.execute(
                "SELECT turn FROM seals WHERE session = ? AND frame = ?", (session, event.frame)
            )
            _reveal(batch, session, [turn for (turn,) in sealed.fetchall()])
        case HeadMoved():
            questions.ask_again(connection, session, event.to)
        case _:
            pass
    if isinstance(event, Recorded) or (isinstance(event, TurnEnded) and event.outcome == "structured"):
        gist = "INSERT INTO gists SELECT id, text FROM structured WHERE id = ? AND text <> ''"
        connection.execute(gist, (row,))
    if isinstance(event, FOUND):
        batch.index(row)


def _reveal(batch: Batch, session: str, turns: Iterable[int]) -> None:
    for turn in turns:
        opened = batch.connection.execute("DELETE FROM seals WHERE session = ? AND turn = ?", (session, turn))
        if opened.rowcount:
            ends = batch.connection.execute(
                "SELECT id FROM events WHERE session = ? AND turn = ? AND type = 'turn_ended'", (session, turn)
            )
            for (row,) in ends.fetchall():
                batch.index(row)


UNSENT = 0
"""In the place of a turn: what the person is writing. No turn has that number."""


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
    rows = connection.execute("SELECT turn, text FROM partials WHERE session = ? AND turn <> ?", (session, UNSENT))
    return dict(rows.fetchall())


def keep_unsent(connection: sqlite3.Connection, session: str, text: str, at: str) -> None:
    """Keep what a person is writing in a session, and has not sent; with nothing, nothing is kept."""
    connection.execute("DELETE FROM partials WHERE session = ? AND turn = ?", (session, UNSENT))
    if text:
        connection.execute(
            "INSERT INTO partials (session, turn, text, at) SELECT id, ?, ?, ? FROM sessions WHERE id = ?",
            (UNSENT, whole(text), at, session),
        )


def unsent(connection: sqlite3.Connection, session: str) -> str:
    """What a person was writing in a session."""
    found = connection.execute("SELECT text FROM partials WHERE session = ? AND turn = ?", (session, UNSENT)).fetchone()
    return str(found[0]) if found else ""
