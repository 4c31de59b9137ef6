"""What personas held, kept beside the sessions it was projected from.

A table, and not computed when asked for: a hundred sessions take a second to read and a few milliseconds to look up so.
Nothing in it is a fact of its own: a session that grew is projected anew, one that is deleted takes its rows along, one
in the bin does not count. Only what was erased is kept as such, by id alone, so that no projection brings it back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from agentchat.capability import stems
from agentchat.memory import FORM, Fact, Kept
from agentchat.store.schema import REMEMBERED, version

T = TypeVar("T")

COLUMNS = "session, id, who, what, seq, at, question, text, turned_out, asked, words"


class Running(Protocol):
    """Something that carries out a piece of work on a connection."""

    def __call__(self, work: Callable[[sqlite3.Connection], T]) -> Awaitable[T]:
        """What the work returns."""
        ...


@dataclass(frozen=True, slots=True)
class Behind:
    """A session that was not projected yet, or has grown since."""

    session: str
    events: int
    arrived: int = 0
    """The last event of it that came from elsewhere."""


class Memories:
    """The memories of one database. All methods raise StoreError."""

    def __init__(self, read: Running, write: Running, forget: Callable[[], Awaitable[None]]) -> None:
        self._read, self._write, self._forget = read, write, forget

    async def of(self, people: Sequence[str] = ()) -> Mapping[str, list[Kept]]:
        """What these personas hold, or all; what is erased or in the bin not."""
        return await self._read(lambda connection: of(connection, people))

    async def behind(self) -> list[Behind]:
        """The sessions to be projected, the newest first."""
        return await self._read(behind)

    async def keep(self, session: Behind, facts: Iterable[Fact]) -> None:
        """Take in what was projected from a session as it stood then."""
        await self._write(lambda connection: keep(connection, session, tuple(facts)))

    async def erase(self, erased: Iterable[tuple[str, str]]) -> None:
        """Erase facts for good, each by its session and id."""
        await self._write(lambda connection: erase(connection, tuple(erased)))
        await self._forget()


def of(connection: sqlite3.Connection, people: Sequence[str]) -> dict[str, list[Kept]]:
    """What is kept, by persona, oldest first."""
    found: dict[str, list[Kept]] = {}
    if version(connection) < REMEMBERED:
        return found
    among = f"AND who IN ({', '.join('?' * len(people))})" if people else ""
    asks = f"""SELECT {COLUMNS} FROM memories WHERE NOT EXISTS (
                   SELECT 1 FROM labels WHERE labels.session = memories.session AND deleted IS NOT NULL)
               {among} ORDER BY at, session, seq"""  # noqa: S608
    for row in connection.execute(asks, tuple(people)):
        session, id_, who, what, seq, at, question, text, turned_out, asked, words = row
        fact = Fact(id_, who, what, seq, datetime.fromisoformat(at), question, text, turned_out)
        kept = Kept(session, fact, frozenset(asked.split()), frozenset(words.split()))
        found.setdefault(who, []).append(kept)
    return found


def behind(connection: sqlite3.Connection) -> list[Behind]:
    """The sessions that are not in the bin and were projected at another length, or by another version."""
    if version(connection) < REMEMBERED:
        return []
    asks = """SELECT id, sessions.events, coalesce(arrivals.seq, 0) FROM sessions
              LEFT JOIN gathered ON gathered.session = id LEFT JOIN arrivals ON arrivals.session = id
              LEFT JOIN labels ON labels.session = id
              WHERE deleted IS NULL AND (gathered.events IS NOT sessions.events OR gathered.form IS NOT ?)
              ORDER BY updated DESC"""
    return [Behind(*row) for row in connection.execute(asks, (FORM,))]


def keep(connection: sqlite3.Connection, session: Behind, facts: Sequence[Fact]) -> None:
    """In the place of what was kept of a session before."""
    if connection.execute("SELECT 1 FROM sessions WHERE id = ?", (session.session,)).fetchone() is None:
        return  # deleted meanwhile
    connection.execute("DELETE FROM memories WHERE session = ?", (session.session,))
    gone = {one for (one,) in connection.execute("SELECT id FROM erased WHERE session = ?", (session.session,))}
    connection.executemany(
        f"INSERT OR REPLACE INTO memories ({COLUMNS}) VALUES ({', '.join('?' * 11)})",  # noqa: S608
        [_row(session.session, fact) for fact in facts if fact.id not in gone],
    )
    connection.execute("INSERT OR REPLACE INTO gathered VALUES (?, ?, ?)", (session.session, session.events, FORM))


def _row(session: str, fact: Fact) -> tuple[str | int, ...]:
    told = (fact.id, fact.who, fact.what, fact.seq, fact.at.isoformat(), fact.question, fact.text, fact.turned_out)
    return (session, *told, " ".join(stems(fact.question)), " ".join(stems(f"{fact.text} {fact.turned_out}")))


def erase(connection: sqlite3.Connection, erased: Sequence[tuple[str, str]]) -> None:
    """Take these out, and let them never come back."""
    connection.executemany("INSERT OR IGNORE INTO erased SELECT id, ? FROM sessions WHERE id = ?",
                           [(fact, session) for session, fact in erased])  # fmt: skip
    connection.executemany("DELETE FROM memories WHERE session = ? AND id = ?", erased)
