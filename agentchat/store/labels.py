"""What a person says of a session in their library: its name, tags, a star, away in the archive, in the bin."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from agentchat.store.rows import SessionRow

Place = Literal["kept", "archived", "bin", "any"]
"""Where a session is looked for. What is in the bin is in the bin alone."""

PLACES: dict[Place, str] = {
    "kept": "deleted IS NULL AND NOT coalesce(labels.archived, 0)",
    "archived": "deleted IS NULL AND coalesce(labels.archived, 0)",
    "bin": "deleted IS NOT NULL",
    "any": "1",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None and nothing leave a thing as it was."""

    name: str | None = None
    """Empty: it is called by its topic again."""
    tags: tuple[str, ...] = ()
    untagged: tuple[str, ...] = ()
    starred: bool | None = None
    archived: bool | None = None


def change(connection: sqlite3.Connection, session: str, wanted: Change) -> None:
    """Label a session."""
    connection.execute("INSERT OR IGNORE INTO labels (session) VALUES (?)", (session,))
    if wanted.name is not None:
        connection.execute("UPDATE labels SET name = ? WHERE session = ?", (" ".join(wanted.name.split()), session))
    if wanted.tags or wanted.untagged:
        found = connection.execute("SELECT tags FROM labels WHERE session = ?", (session,)).fetchone()
        kept = tagged(json.loads(found[0]), wanted.tags, wanted.untagged)
        connection.execute("UPDATE labels SET tags = ? WHERE session = ?", (json.dumps(kept), session))
    for column, value in (("starred", wanted.starred), ("archived", wanted.archived)):
        if value is not None:
            connection.execute(f"UPDATE labels SET {column} = ? WHERE session = ?", (value, session))  # noqa: S608


def tagged(tags: Iterable[str], on: Iterable[str], off: Iterable[str]) -> list[str]:
    """The tags with some more and some fewer, each once however it is written."""
    kept = {tag.casefold(): tag for tag in tags}
    for tag in on:
        kept.setdefault(tag.casefold(), tag)
    for tag in off:
        kept.pop(tag.casefold(), None)
    return list(kept.values())


def bin(connection: sqlite3.Connection, session: str, at: datetime | None) -> None:  # noqa: A001 (what it does)
    """Put a session into the bin, or, without a time, take it out."""
    connection.execute("INSERT OR IGNORE INTO labels (session) VALUES (?)", (session,))
    connection.execute("UPDATE labels SET deleted = ? WHERE session = ?", (at and at.isoformat(), session))


def of(connection: sqlite3.Connection, rows: Sequence[SessionRow]) -> list[SessionRow]:
    """The rows of a listing with their labels on them."""
    marks = ", ".join("?" * len(rows))
    asks = f"SELECT session, name, tags, starred, archived, deleted FROM labels WHERE session IN ({marks})"  # noqa: S608
    known = {found[0]: found[1:] for found in connection.execute(asks, [row.id for row in rows])} if rows else {}
    return [_labelled(row, *known[row.id]) if row.id in known else row for row in rows]


def _labelled(row: SessionRow, name: str, tags: str, starred: int, archived: int, deleted: str | None) -> SessionRow:
    return replace(
        row,
        title=name or row.title,
        name=name,
        tags=tuple(json.loads(tags)),
        starred=bool(starred),
        archived=bool(archived),
        deleted=datetime.fromisoformat(deleted) if deleted else None,
    )


def stale(connection: sqlite3.Connection, before: datetime) -> list[str]:
    """What has lain in the bin since before then."""
    found = connection.execute("SELECT session FROM labels WHERE deleted < ?", (before.isoformat(),))
    return [session for (session,) in found]
