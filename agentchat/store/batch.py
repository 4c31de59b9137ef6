"""What the appends of one transaction share: a session is looked up once, and written up once at the end."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field

from agentchat.store import lease as leases
from agentchat.store.faults import StoreFault, is_rot
from agentchat.store.lease import Lease
from agentchat.store.rows import Tally


@dataclass(slots=True)
class Sitting:
    """A session that is being appended to."""

    tally: Tally
    seqs: set[int] = field(default_factory=set)
    """Events known to be on record."""
    ended: list[int] = field(default_factory=list)
    """Turns that need no checkpoint any more."""
    spoken: bool = False
    """Somebody speaks in it again."""


class Batch:
    """One transaction. Appended events lie in their table at once; what is folded from them, after `settle`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._sittings: dict[str, Sitting] = {}
        self._checked: set[tuple[str, Lease | None]] = set()
        self._words: dict[int, None] = {}

    def check(self, session: str, lease: Lease | None) -> None:
        """Raises StoreFault where nothing may be written with this lease, and LeaseHeld."""
        if (session, lease) not in self._checked:
            leases.check(self.connection, session, lease)
            self._checked.add((session, lease))

    def sitting(self, session: str) -> Sitting | None:
        """The session, as the appends so far have it; None where there is none."""
        if (known := self._sittings.get(session)) is None:
            if (tally := Tally.of(self.connection, session)) is None:
                return None
            known = self._sittings[session] = Sitting(tally)
        return known

    def begin(self, session: str) -> Sitting:
        """A session that is new."""
        sitting = self._sittings[session] = Sitting(Tally(session))
        sitting.tally.keep(self.connection)
        return sitting

    def index(self, row: int) -> None:
        """Let what was said in this row of `events` be found, as far as it may be."""
        self._words[row] = None

    def reindex(self) -> None:
        """Make the index of words anew."""
        self.connection.execute("INSERT INTO words (words) VALUES ('rebuild')")

    def settle(self) -> None:
        """Write up what was appended. Raises StoreFault where the index of words rotted."""
        for session, sitting in self._sittings.items():
            sitting.tally.keep(self.connection)
            ended = [(session, turn) for turn in sitting.ended]
            self.connection.executemany("DELETE FROM partials WHERE session = ? AND turn = ?", ended)
            if sitting.spoken:  # else what is said there would be swept out with the bin
                self.connection.execute("UPDATE labels SET deleted = NULL WHERE session = ?", (session,))
        if self._words:
            _index(self.connection, list(self._words))
        self._sittings.clear()
        self._checked.clear()
        self._words.clear()


def _index(connection: sqlite3.Connection, rows: list[int]) -> None:
    # In one statement: FTS5 writes its index out before each, which takes eight times as long as all else of a row.
    insert = """INSERT INTO words (rowid, text, marks)
                SELECT id, text, marks FROM said WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"""
    try:
        connection.execute(insert, (json.dumps(rows),))
    except sqlite3.DatabaseError as error:
        # FTS5 says so where what it finds in its tables makes no sense.
        if not is_rot(error) and not isinstance(error, sqlite3.IntegrityError):
            raise
        raise StoreFault("index", "The index of words rotted.") from error
