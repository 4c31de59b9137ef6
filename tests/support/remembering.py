"""Sessions in which something was held, decided and left open, for what is remembered of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from agentchat.events import Event, ForkedFrom, Recorded, SessionClosed, SessionOpened, TurnEnded, TurnStarted, stamp
from agentchat.log import Log
from agentchat.testing import people

WHEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DATABASE = "Which database for billing?"


def begun(topic: str = DATABASE, session: str = "3f9a77aa", forked: ForkedFrom | None = None) -> Log:
    """A session with Ada and Ben."""
    first = SessionOpened(
        session=session, topic=topic, mode="committee", personas=people("Ada", "Ben"), forked_from=forked
    )
    return Log([stamp(first, 1, None, WHEN)])


def add(log: Log, *events: Event) -> int:
    """Append, a minute each; the number of the first."""
    first = log.next_seq
    for event in events:
        at = WHEN + timedelta(minutes=log.next_seq)
        log.append(stamp(event, log.next_seq, log.head, at))
    return first


def turn(
    log: Log, who: str, kind: str, text: str = "x", data: dict[str, JsonValue] | None = None, *, sealed: bool = False
) -> int:
    """A turn, and its end."""
    seq = add(log, TurnStarted(speaker=who, kind=kind, sealed=sealed, reads_to=log.head))
    said = {"outcome": "structured" if data else "said", "text": text, "data": data}
    add(log, TurnEnded.model_validate({"turn": seq, "speaker": who, "kind": kind, **said}))
    return seq


def vote(log: Log, who: str, what: str, why: str, *, sealed: bool = False) -> int:
    """A ballot."""
    return turn(log, who, "pick", f"VOTE: {what}", {"vote": what, "why": why}, sealed=sealed)


def decided(log: Log, what: str = "SQLite", *reveals: int) -> int:
    """What the room decided."""
    data: dict[str, JsonValue] = {"winner": what, "text": what, "rule": "plurality", "by": "rule", "question": ""}
    return add(log, Recorded(kind="decision_reached", data=data, reveals=reveals))


def voted() -> Log:
    """A whole one: two ballots, a decision, the end."""
    log = begun()
    ballots = vote(log, "ada", "SQLite", "one file", sealed=True), vote(log, "ben", "Postgres", "known", sealed=True)
    decided(log, "SQLite", *ballots)
    add(log, SessionClosed(outcome="decided", summary="SQLite"))
    return log
