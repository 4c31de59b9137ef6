"""Finding sessions. What a person types is words to look for, never a query language."""

from __future__ import annotations

import difflib
import sqlite3
from dataclasses import dataclass
from typing import Literal

from agentchat.errors import UsageError
from agentchat.seeking import MOST, plain
from agentchat.store import labels, search
from agentchat.store.faults import is_rot, no_session
from agentchat.store.journal import whole
from agentchat.store.labels import PLACES, Place
from agentchat.store.rows import COLUMNS, SessionRow, Tally
from agentchat.text import some

Sort = Literal["newest", "oldest", "longest", "turns", "tokens", "cost", "name"]
SORTS: dict[Sort, str] = {
    "newest": "updated DESC",
    "oldest": "updated",
    "longest": "events DESC",
    "turns": "turns DESC",
    "tokens": "tokens DESC",
    "cost": "cost DESC",
    "name": "lower(coalesce(nullif(name, ''), title))",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """Which sessions are listed, and how."""

    like: str = ""
    """Words that all are in its topic, name, tags and personas, or in what was said."""
    limit: int = 50
    sort: Sort = "newest"
    place: Place = "kept"
    tags: tuple[str, ...] = ()
    mode: str = ""
    starred: bool = False


def sessions(connection: sqlite3.Connection, wanted: Listing) -> list[SessionRow]:
    """The sessions of a listing."""
    words = whole(wanted.like).casefold().split()[:MOST]
    tests, asked = [PLACES[wanted.place]], []
    if words:
        sought = "sought || char(10) || lower(coalesce(name, '')) || char(10) || lower(coalesce(tags, ''))"
        either = " AND ".join(f"instr({sought}, ?)" for _ in words)
        asked += words
        if query := search.words(plain(whole(wanted.like))):
            either += " OR id IN (SELECT session FROM events WHERE id IN (SELECT rowid FROM words WHERE words MATCH ?))"
            asked.append(query)
        tests.append(f"({either})")
    for tag in wanted.tags:
        tests.append("EXISTS (SELECT 1 FROM json_each(coalesce(tags, '[]')) WHERE lower(value) = ?)")
        asked.append(tag.lower())
    if wanted.mode:
        tests.append("mode = ?")
        asked.append(wanted.mode.lower())
    if wanted.starred:
        tests.append("coalesce(labels.starred, 0)")
    asks = f"""SELECT {COLUMNS} FROM sessions LEFT JOIN labels ON session = id WHERE {" AND ".join(tests)}
               ORDER BY {SORTS[wanted.sort]}, id LIMIT ?"""  # noqa: S608
    try:
        found = connection.execute(asks, (*asked, wanted.limit)).fetchall()
        return labels.of(connection, [Tally.parse(row).row() for row in found])
    except (ValueError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.Error) and not is_rot(error):
            raise
        return _refolded(connection, words, wanted.limit)


def _refolded(connection: sqlite3.Connection, words: list[str], limit: int) -> list[SessionRow]:
    # The listing or the index of words rotted. All it held is in the events, only slower to come by.
    every = connection.execute("SELECT DISTINCT session FROM events").fetchall()
    tallies = [Tally.folded(connection, each) for (each,) in every]
    kept = [tally.row() for tally in tallies if all(word in tally.sought for word in words)]
    return sorted(kept, key=lambda row: row.updated, reverse=True)[:limit]


def session(connection: sqlite3.Connection, session: str) -> SessionRow:
    """One session's line of a listing."""
    tally = Tally.of(connection, session)
    if tally is None:
        raise no_session(session)
    return labels.of(connection, [tally.row()])[0]


def find(connection: sqlite3.Connection, prefix: str) -> str:
    """The one id that begins so. Raises UsageError with the nearest where there is none, or more than one."""
    prefix = whole(prefix).strip()
    found = connection.execute(
        """SELECT id, title FROM sessions WHERE substr(id, 1, length(?1)) = ?1
           ORDER BY id = ?1 DESC, updated DESC LIMIT 6""",
        (prefix,),
    ).fetchall()
    if len(found) == 1 or (found and found[0][0] == prefix):
        return str(found[0][0])
    if found:
        raise UsageError(
            f"More than one session begins with {prefix!r}." if prefix else "Which session?",
            hint="; ".join(f"{each} {title}" for each, title in found[:5]) + ("; …" if len(found) > 5 else ""),
        )
    known = connection.execute("SELECT id, title FROM sessions ORDER BY updated DESC LIMIT 1000").fetchall()
    near = difflib.get_close_matches(prefix, [each for each, _ in known], 3, 0.4)
    named = [(each, title) for each, title in known if each in near or prefix.casefold() in title.casefold()]
    raise UsageError(
        f"No session begins with {prefix!r}.",
        hint=some([f"{each} {title}" for each, title in named], 5, "; ") or "`agentchat sessions list` shows all.",
    )
