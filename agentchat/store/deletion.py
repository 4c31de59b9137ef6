"""Removing a session so that no word of it stays in the file."""

from __future__ import annotations

import sqlite3

BESIDE = ("memories", "gathered", "erased", "arrivals")
"""What is known of a session's memories."""


def delete(connection: sqlite3.Connection, session: str) -> None:
    """Remove it from every table and from the index of words."""
    connection.execute(
        "INSERT INTO words (words, rowid, text, marks) SELECT 'delete', id, text, marks FROM said WHERE session = ?",
        (session,),
    )
    # The index only marks words as deleted; merging its parts is what takes them out.
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    connection.execute("DELETE FROM gists WHERE id IN (SELECT id FROM events WHERE session = ?)", (session,))
    for table in ("partials", "seals", "questions", "answers", "labels", *BESIDE, "events", "leases"):
        connection.execute(f"DELETE FROM {table} WHERE session = ?", (session,))  # noqa: S608
    connection.execute("DELETE FROM sessions WHERE id = ?", (session,))


def forget(connection: sqlite3.Connection) -> None:
    """Empty the write-ahead log, where the removed pages still lie."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
