"""What waits for a person, over all sessions: rows kept in step with the paths they are on, and answers posted to them.

A row says only where its question stands; what it asks is read from the event. An answer counts on its path alone.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import JsonValue

from agentchat.events import (
    EPOCH,
    EscalationAnswered,
    EscalationRaised,
    Event,
    ModeLeft,
    SessionClosed,
    TurnEnded,
    TurnStarted,
    decode,
)
from agentchat.persona import YOU
from agentchat.store.faults import StoreFault
from agentchat.store.schema import version

SINCE = 2
"""The version of the tables that has these: an older database that can only be read asks nothing."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something a person is asked: an escalation, or their own turn."""

    session: str
    topic: str
    seq: int
    kind: Literal["escalation", "turn"]
    by: str
    """Who asks: a participant's id, a mode's name, `room`, or `you`."""
    name: str
    """How they are called."""
    question: str
    options: tuple[str, ...] = ()
    """What may be answered; empty is anything. For a turn, what it must choose from."""
    default: str = ""
    deadline_at: datetime | None = None
    level: Literal["notify", "ask", "block"] = "ask"
    raised_at: datetime = EPOCH
    to: str = ""
    """Another person it is parked for, by name."""
    form: str = ""
    """The kind of the turn: `pick`, `say`, …"""
    reason: str = ""

    def overdue(self, now: datetime) -> bool:
        """Whether its time is over: then the default counts, as soon as the room is opened."""
        return self.deadline_at is not None and self.deadline_at <= now


@dataclass(frozen=True, slots=True)
class Posted:
    """An answer from a process that does not drive the session, for the one that does."""

    session: str
    seq: int
    answer: str
    by: str
    data: dict[str, JsonValue] | None = field(default=None, hash=False)


def ask(connection: sqlite3.Connection, session: str, event: Event) -> None:
    """Keep the rows in step with one more event of the path."""
    match event:
        case EscalationRaised(level="notify", to="", by=by) if by != YOU:
            pass
        case EscalationRaised() | TurnStarted(speaker="you"):
            connection.execute("INSERT INTO questions VALUES (?, ?, ?)", (session, event.seq, event.frame))
        case EscalationAnswered(escalation=seq) | TurnEnded(turn=seq, speaker="you"):
            for table in ("questions", "answers"):
                connection.execute(f"DELETE FROM {table} WHERE session = ? AND seq = ?", (session, seq))  # noqa: S608
        case ModeLeft(frame=frame):
            connection.execute("DELETE FROM questions WHERE session = ? AND frame = ?", (session, frame))
        case SessionClosed():
            connection.execute("DELETE FROM questions WHERE session = ?", (session,))
        case _:
            pass


def ask_again(connection: sqlite3.Connection, session: str, head: int) -> None:
    """Make a session's rows anew, from the path to where its head now is."""
    connection.execute("DELETE FROM questions WHERE session = ?", (session,))
    path = connection.execute(
        """WITH RECURSIVE path (seq) AS (
               SELECT ?2 UNION ALL
               SELECT parent FROM path JOIN events USING (seq) WHERE session = ?1 AND parent IS NOT NULL)
           SELECT body, v FROM path JOIN events USING (seq) WHERE session = ?1 AND (
               type IN ('escalation_raised', 'escalation_answered', 'mode_left', 'session_closed')
               OR type IN ('turn_started', 'turn_ended') AND instr(body, CAST('"speaker":"you"' AS BLOB)))
           ORDER BY seq""",
        (session, head),
    )
    for body, v in path.fetchall():
        try:
            event = decode(body, v)
        except ValueError:
            continue  # what rotted asks nobody
        ask(connection, session, event)


def waiting(connection: sqlite3.Connection) -> list[Question]:
    """All that waits for a person, the oldest first."""
    if version(connection) < SINCE:
        return []
    rows = connection.execute(
        """SELECT session, topic, personas, body, v FROM questions JOIN events USING (session, seq)
           JOIN sessions ON sessions.id = session ORDER BY at, session, seq"""
    )
    return [one for row in rows.fetchall() if (one := _question(*row))]


def post(connection: sqlite3.Connection, posted: Posted, at: str) -> None:
    """Leave an answer for whoever drives the session; a newer one takes its place. Raises StoreFault."""
    place = (posted.session, posted.seq)
    if not connection.execute("SELECT 1 FROM questions WHERE session = ? AND seq = ?", place).fetchone():
        raise StoreFault("missing", "Nobody asks that any more.", hint="`agentchat inbox list` shows what is open.")
    data = None if posted.data is None else json.dumps(posted.data)
    connection.execute(
        "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)", (*place, posted.answer, data, posted.by, at)
    )


def posted(connection: sqlite3.Connection, session: str) -> list[Posted]:
    """The answers left for a session. Each goes with the question it answers, or is dropped."""
    if version(connection) < SINCE:
        return []
    rows = connection.execute(
        "SELECT seq, answer, by, data FROM answers WHERE session = ? ORDER BY at, seq", (session,)
    )
    return [Posted(session, seq, answer, by, data and json.loads(data)) for seq, answer, by, data in rows.fetchall()]


def drop(connection: sqlite3.Connection, posted: Posted) -> None:
    """Take out an answer that no longer fits."""
    connection.execute("DELETE FROM answers WHERE session = ? AND seq = ?", (posted.session, posted.seq))


def _question(session: str, topic: str, personas: str, body: bytes, v: int) -> Question | None:
    try:
        event = decode(body, v)
        names = dict(json.loads(personas))
    except ValueError:
        return None
    by_when = None
    if isinstance(event, EscalationRaised | TurnStarted) and event.deadline is not None:
        by_when = event.at.astimezone(UTC) + timedelta(seconds=event.deadline)
    match event:
        case EscalationRaised():
            return Question(
                session,
                topic,
                event.seq,
                "escalation",
                event.by,
                names.get(event.by, event.by),
                event.question,
                event.options,
                event.default,
                by_when,
                event.level,
                event.at,
                event.to,
                reason=event.reason,
            )
        case TurnStarted():
            return Question(
                session,
                topic,
                event.seq,
                "turn",
                "room",
                "room",
                event.brief,
                event.choices,
                deadline_at=by_when,
                raised_at=event.at,
                form=event.kind,
                reason=event.reason,
            )
        case _:
            return None
