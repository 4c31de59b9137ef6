"""A session read a window at a time: to show some of a hundred thousand events costs no more than some of a hundred."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from agentchat.events import Event, HeadMoved, SessionOpened, TurnEnded, TurnStarted
from agentchat.passage import Spans
from agentchat.store.faults import StoreFault
from agentchat.store.reading import some
from agentchat.store.rows import SessionRow, Tally

T = TypeVar("T")

# As the index says it, or SQLite does not use it.
_BONES = "type NOT IN ('turn_started', 'turn_ended', 'human_spoke', 'directed')"

NEAR = 4
"""How many events there may be from a place to the turn it stands for."""

# Asked for apart: both at once make SQLite look at every event.
_ENDS = """SELECT (SELECT min(seq) FROM events WHERE session = ?1), (SELECT max(seq) FROM events WHERE session = ?1)"""

_SPEAKER = """SELECT CASE type WHEN 'human_spoke' THEN 'you' ELSE json_extract(line, '$.speaker') END
FROM (SELECT seq, type, CAST(body AS TEXT) AS line FROM events WHERE session = ? AND seq BETWEEN ? AND ?)
WHERE type IN ('human_spoke', 'turn_started', 'turn_ended') AND json_valid(line) ORDER BY seq DESC LIMIT 1"""


class Read(Protocol):
    """Does some reading on the store's connection."""

    def __call__(self, work: Callable[[sqlite3.Connection], T], /) -> Awaitable[T]:
        """Raises StoreError."""


@dataclass(frozen=True, slots=True)
class Spine:
    """What is to be known of a session before any of its turns is read."""

    row: SessionRow
    opened: SessionOpened
    spans: Spans
    newest: int
    """The `seq` of its newest event, on the path or not."""
    moved: bool
    sealed: frozenset[int]
    """The turns nobody may read yet."""


@dataclass(frozen=True, slots=True)
class Window:
    """Events of a path that follow one another."""

    events: tuple[Event, ...] = ()
    ends: tuple[Event, ...] = ()
    """The ends, further down the path, of turns that began in it."""


class Windows:
    """One session's path to its head, as it was when its spine was read."""

    def __init__(self, session: str, read: Read) -> None:
        self.session = session
        self._read = read

    async def spine(self) -> Spine:
        """How it stands now. Raises StoreFault where it is damaged in a place that all hangs on."""
        return await self._read(lambda connection: _spine(connection, self.session))

    async def before(self, spans: Spans, seq: int, limit: int) -> Window:
        """The nearest events of the path in front of a `seq`."""

        def work(connection: sqlite3.Connection) -> Window:
            found: list[Event] = []
            for first, last in spans.backward(seq):
                found[:0] = _some(connection, self.session, first, last, "DESC", limit - len(found))
                if len(found) >= limit:
                    break
            return Window(tuple(found), _ends(connection, self.session, spans, found))

        return await self._read(work)

    async def after(self, spans: Spans, seq: int, limit: int) -> Window:
        """The nearest events of the path behind a `seq`."""

        def work(connection: sqlite3.Connection) -> Window:
            found: list[Event] = []
            for first, last in spans.forward(seq):
                found += _some(connection, self.session, first, last, "ASC", limit - len(found))
                if len(found) >= limit:
                    break
            return Window(tuple(found), _ends(connection, self.session, spans, found))

        return await self._read(work)

    async def place(self, seq: int) -> int:
        """Where on the page an event stands: the end of a turn where the turn began."""
        found = await self._read(lambda connection: some(connection, self.session, "seq = ?", seq))
        return found[0].turn if found and isinstance(found[0], TurnEnded) else seq

    async def bones(self, after: int, limit: int) -> list[Event]:
        """Behind a `seq`, on the path or not, what is no turn and no words of a person."""
        where = f"seq > ? AND {_BONES} ORDER BY seq LIMIT ?"
        return await self._read(lambda connection: some(connection, self.session, where, after, limit))

    async def speakers(self, seqs: Sequence[int]) -> list[str]:
        """Who spoke at, or closely before, each of these places; empty where nobody did."""

        def work(connection: sqlite3.Connection) -> list[str]:
            found = (connection.execute(_SPEAKER, (self.session, seq - NEAR, seq)).fetchone() for seq in seqs)
            return [str(row[0]) if row else "" for row in found]

        return await self._read(work)


def _spine(connection: sqlite3.Connection, session: str) -> Spine:
    tally = Tally.of(connection, session)
    first, last = connection.execute(_ENDS, (session,)).fetchone()
    moves = some(connection, session, "type = 'head_moved' ORDER BY seq")
    opened = some(connection, session, "seq = ?", first or 0)
    known = [(move.seq, move.to) for move in moves if isinstance(move, HeadMoved)]
    if tally is None or not opened or not isinstance(opened[0], SessionOpened) or len(known) != len(moves):
        raise StoreFault("damaged", f"session {session} can only be read whole", hint="`agentchat doctor` says why.")
    sealed = connection.execute("SELECT turn FROM seals WHERE session = ?", (session,)).fetchall()
    spans = Spans.of(first, last, known)
    return Spine(tally.row(), opened[0], spans, last, bool(known), frozenset(turn for (turn,) in sealed))


def _some(connection: sqlite3.Connection, session: str, first: int, last: int, order: str, limit: int) -> list[Event]:
    return some(connection, session, f"seq BETWEEN ? AND ? ORDER BY seq {order} LIMIT ?", first, last, limit)


def _ends(connection: sqlite3.Connection, session: str, spans: Spans, events: list[Event]) -> tuple[Event, ...]:
    began = {event.turn: event.speaker for event in events if isinstance(event, TurnStarted)}
    for event in events:
        if isinstance(event, TurnEnded):
            began.pop(event.turn, None)
    where = "turn = ? AND type = 'turn_ended'"
    found = [some(connection, session, where, turn, speakers=began) for turn in began]
    return tuple(end for ends in found for end in ends if end.seq in spans)
