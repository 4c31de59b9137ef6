"""Finding sessions and what was said in them. What a person types is words to look for, never a query language."""

from __future__ import annotations

import difflib
import sqlite3
from dataclasses import dataclass

from agentchat.errors import UsageError
from agentchat.store.faults import is_rot, no_session
from agentchat.store.journal import whole
from agentchat.store.rows import COLUMNS, SessionRow, Tally

MOST_WORDS = 16


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where something was said."""

    session: str
    seq: int
    speaker: str
    """A persona's id, or `you`."""
    snippet: str


def sessions(connection: sqlite3.Connection, like: str, limit: int) -> list[SessionRow]:
    """The newest first; with `like`, those in whose topic and names, or in what was said, all its words are."""
    words = whole(like).casefold().split()[:MOST_WORDS]
    asked: list[str] = []
    where = ""
    if words:
        where = "WHERE (" + " AND ".join("instr(sought, ?)" for _ in words) + ")"
        asked += words
        if query := _query(like):
            where += " OR id IN (SELECT session FROM events WHERE id IN (SELECT rowid FROM words WHERE words MATCH ?))"
            asked.append(query)
    asks = f"SELECT {COLUMNS} FROM sessions {where} ORDER BY updated DESC, id LIMIT ?"  # noqa: S608
    try:
        return [Tally.parse(row).row() for row in connection.execute(asks, (*asked, limit)).fetchall()]
    except (ValueError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.Error) and not is_rot(error):
            raise
        return _refolded(connection, words, limit)


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
    return tally.row()


def search(connection: sqlite3.Connection, words: str, limit: int) -> list[Hit]:
    """Where all the words were said, the newest first; the last may be a beginning."""
    query = _query(words)
    if not query:
        return []
    found = connection.execute(
        """SELECT events.session, events.seq, said.speaker, snippet(words, 0, '', '', '…', 24)
           FROM words JOIN events ON events.id = words.rowid JOIN said ON said.id = events.id
           WHERE words MATCH ? ORDER BY words.rowid DESC LIMIT ?""",
        (query, limit),
    )
    return [Hit(*row) for row in found.fetchall()]


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
        hint="; ".join(f"{each} {title}" for each, title in named[:5]) or "`agentchat sessions list` shows all.",
    )


def _query(words: str) -> str:
    # Each word quoted: FTS5 has a syntax, and people type quotes, stars and brackets.
    known = [word for word in whole(words).replace("\0", " ").split() if any(map(str.isalnum, word))][:MOST_WORDS]
    return " ".join('"{}"'.format(word.replace('"', '""')) for word in known) + ("*" if known else "")
