"""The tables, and how a database of an older version gets them: numbered steps, each run once, for ever as they are."""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from itertools import chain, count
from pathlib import Path

from agentchat.store import faults
from agentchat.store.faults import StoreFault

APPLICATION = 0x61676368
"""SQLite's mark of whose file it is: `agch`."""

COPIES = 3
"""How many copies of older versions are kept: the newest."""

Migration = Callable[[sqlite3.Connection], None]

FIRST = """
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    topic TEXT NOT NULL,
    title TEXT NOT NULL,
    mode TEXT NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    head INTEGER NOT NULL,
    events INTEGER NOT NULL,
    turns INTEGER NOT NULL,
    personas TEXT NOT NULL,
    status TEXT NOT NULL,
    outcome TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    cost REAL NOT NULL,
    pulse TEXT NOT NULL,
    sought TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0,
    starred INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Appended to, never updated. A row's number is never used again: the index of words goes by it.
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL REFERENCES sessions (id),
    seq INTEGER NOT NULL,
    parent INTEGER,
    at TEXT NOT NULL,
    type TEXT NOT NULL,
    v INTEGER NOT NULL,
    frame INTEGER NOT NULL,
    turn INTEGER,
    body BLOB NOT NULL,
    checksum BLOB NOT NULL,
    UNIQUE (session, seq)
);
CREATE UNIQUE INDEX one_end_a_turn ON events (session, turn) WHERE type = 'turn_ended';

-- Turns whose words nobody may find yet.
CREATE TABLE seals (
    session TEXT NOT NULL REFERENCES sessions (id),
    turn INTEGER NOT NULL,
    frame INTEGER NOT NULL,
    PRIMARY KEY (session, turn)
) WITHOUT ROWID;

-- What may be found, said once: the index is fed from here and reads its texts from here.
CREATE VIEW said AS
SELECT id, session, seq, type, turn, coalesce(json_extract(line, '$.speaker'), 'you') AS speaker,
       json_extract(line, '$.text') AS text
FROM (SELECT *, CAST(body AS TEXT) AS line FROM events WHERE type IN ('human_spoke', 'turn_ended')) AS spoken
WHERE json_valid(line)
  AND json_extract(line, '$.text') <> ''
  AND NOT (json_extract(line, '$.outcome') IS 'interrupted'
           AND json_extract(line, '$.by') IN ('crash', 'outage', 'quit'))
  AND NOT EXISTS (SELECT 1 FROM seals WHERE seals.session = spoken.session AND seals.turn = spoken.turn);
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = 'said', content_rowid = 'id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);

-- The text so far of turns under way.
CREATE TABLE partials (
    session TEXT NOT NULL REFERENCES sessions (id),
    turn INTEGER NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (session, turn)
) WITHOUT ROWID;

-- Who drives a session. A row stays when a lease ends: its epoch only ever grows.
CREATE TABLE leases (
    session TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    boot TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    heartbeat REAL NOT NULL
) WITHOUT ROWID;
"""


SECOND = """
-- What waits for a person, on the path of its session's head: escalations and their own turns.
CREATE TABLE questions (
    session TEXT NOT NULL REFERENCES sessions (id),
    seq INTEGER NOT NULL,
    frame INTEGER NOT NULL,
    PRIMARY KEY (session, seq)
) WITHOUT ROWID;

-- Answers to them, left by processes that do not drive the session. One goes in the transaction that makes it count.
CREATE TABLE answers (
    session TEXT NOT NULL REFERENCES sessions (id),
    seq INTEGER NOT NULL,
    answer TEXT NOT NULL,
    data TEXT,
    by TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (session, seq)
) WITHOUT ROWID;
"""


THIRD = """
-- What a person says of a session in their library. Beside the log, and not a fold of it.
CREATE TABLE labels (
    session TEXT PRIMARY KEY REFERENCES sessions (id),
    name TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    starred INTEGER NOT NULL DEFAULT 0,
    archived INTEGER NOT NULL DEFAULT 0,
    deleted TEXT
) WITHOUT ROWID;
ALTER TABLE sessions DROP COLUMN archived;
ALTER TABLE sessions DROP COLUMN starred;

-- What holds a long session together, found without reading the turns between: members, modes, conclusions, the end.
CREATE INDEX skeleton ON events (session, seq)
    WHERE type NOT IN ('turn_started', 'turn_ended', 'human_spoke', 'directed');
-- Where paths part.
CREATE INDEX moves ON events (session, seq) WHERE type = 'head_moved';
"""

FOURTH = """
DROP TABLE words;
DROP VIEW said;

-- The words in a structured answer or a record, without its form. In a table: the index reads no virtual one.
CREATE TABLE gists (id INTEGER PRIMARY KEY REFERENCES events (id), text TEXT NOT NULL);
CREATE VIEW structured AS
SELECT id, session, seq, (
    SELECT group_concat(atom, ' · ') FROM (
        SELECT DISTINCT atom FROM json_tree(line, '$.data') AS held WHERE held.type = 'text')) AS text
FROM (SELECT *, CAST(body AS TEXT) AS line FROM events WHERE type IN ('turn_ended', 'recorded'))
WHERE json_valid(line) AND (type = 'recorded' OR json_extract(line, '$.outcome') = 'structured');
INSERT INTO gists SELECT id, text FROM structured WHERE text <> '';

-- What may be found, said once: the index is fed from here and reads its texts from here. `marks` are words for what a
-- search filters by: session, speaker, kind, month, and what it is; in hex, so that each is one word and no other's.
CREATE VIEW said AS
SELECT id, session, seq, type, turn, speaker, kind, text,
       'every s' || hex(session) || ' p' || hex(speaker) || ' k' || hex(kind) || ' m' || substr(at, 1, 4) ||
       substr(at, 6, 2) || CASE
           WHEN kind IN ('decision_reached', 'agreement_recorded', 'draft_accepted') THEN ' idecision'
           WHEN kind IN ('agreed', 'decided') AND type = 'noted' THEN ' idecision'
           WHEN type = 'escalation_raised' OR kind = 'question' AND type = 'noted' THEN ' iquestion'
           WHEN json_extract(line, '$.intent') IN ('ask', 'escalate') THEN ' iquestion'
           ELSE '' END AS marks
FROM (
    SELECT id, session, seq, type, turn, at, line,
        CASE type
            WHEN 'turn_ended' THEN json_extract(line, '$.speaker')
            WHEN 'recorded' THEN ''
            WHEN 'session_closed' THEN ''
            WHEN 'mode_entered' THEN ''
            ELSE coalesce(json_extract(line, '$.by'), 'you')
        END AS speaker,
        CASE type
            WHEN 'human_spoke' THEN 'say'
            WHEN 'session_opened' THEN 'topic'
            WHEN 'session_reopened' THEN 'topic'
            WHEN 'mode_entered' THEN 'topic'
            WHEN 'session_closed' THEN 'outcome'
            WHEN 'escalation_raised' THEN 'question'
            WHEN 'escalation_answered' THEN 'answer'
            ELSE coalesce(json_extract(line, '$.kind'), 'say')
        END AS kind,
        CASE type
            WHEN 'turn_ended' THEN CASE
                WHEN json_extract(line, '$.outcome') <> 'structured' THEN json_extract(line, '$.text')
                ELSE coalesce((SELECT gists.text FROM gists WHERE gists.id = spoken.id), json_extract(line, '$.text'))
                END
            WHEN 'human_spoke' THEN json_extract(line, '$.text')
            WHEN 'session_opened' THEN json_extract(line, '$.topic')
            WHEN 'session_closed' THEN coalesce(nullif(json_extract(line, '$.summary'), ''),
                                                replace(json_extract(line, '$.outcome'), '_', ' '))
            WHEN 'escalation_answered' THEN json_extract(line, '$.answer')
            WHEN 'recorded' THEN trim(coalesce(json_extract(line, '$.reason'), '') || ' · ' ||
                                      coalesce((SELECT gists.text FROM gists WHERE gists.id = spoken.id), ''), ' ·')
            WHEN 'noted' THEN trim(coalesce(json_extract(line, '$.description'), '') || ' · ' ||
                                   coalesce(json_extract(line, '$.value'), ''), ' ·')
            ELSE json_extract(line, '$.question')
        END AS text
    FROM (SELECT *, CAST(body AS TEXT) AS line FROM events WHERE type IN (
        'human_spoke', 'turn_ended', 'session_opened', 'session_closed', 'session_reopened', 'recorded', 'mode_entered',
        'escalation_raised', 'escalation_answered', 'noted')) AS spoken
    WHERE json_valid(line)
      AND NOT (type = 'turn_ended' AND json_extract(line, '$.outcome') IS 'interrupted'
               AND json_extract(line, '$.by') IN ('crash', 'outage', 'quit'))
      AND NOT (type = 'recorded' AND json_extract(line, '$.kind') IN (
          'poll_revealed', 'thoughts_revealed', 'votes_counted', 'draft_scored', 'draft_compared', 'speaker_chosen'))
      AND NOT (type = 'noted' AND coalesce(json_extract(line, '$.by'), 'you') <> 'you')
      AND NOT EXISTS (SELECT 1 FROM seals WHERE seals.session = spoken.session AND seals.turn = spoken.turn)
) WHERE text <> '';
CREATE VIRTUAL TABLE words USING fts5 (
    text, marks, content = 'said', content_rowid = 'id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, col);
INSERT INTO words (words) VALUES ('rebuild');
"""

FIFTH = """
-- What each persona held, projected from its session (`agentchat.memory`); the stems of its words are kept, as taking
-- them anew costs more than all else of a look.
CREATE TABLE memories (
    session TEXT NOT NULL REFERENCES sessions (id),
    id TEXT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    question TEXT NOT NULL,
    text TEXT NOT NULL,
    turned_out TEXT NOT NULL,
    asked TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (session, id)
) WITHOUT ROWID;
CREATE INDEX held ON memories (who);

-- How far a session had come when that was done, and by which version of it.
CREATE TABLE gathered (
    session TEXT PRIMARY KEY REFERENCES sessions (id),
    events INTEGER NOT NULL,
    form INTEGER NOT NULL
) WITHOUT ROWID;

-- What a person erased of it: only the ids, so that it does not come back.
CREATE TABLE erased (
    session TEXT NOT NULL REFERENCES sessions (id),
    id TEXT NOT NULL,
    PRIMARY KEY (session, id)
) WITHOUT ROWID;

-- Sessions that came from elsewhere, up to which event. Before this, one that was never driven here had.
CREATE TABLE arrivals (
    session TEXT PRIMARY KEY REFERENCES sessions (id),
    seq INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO arrivals SELECT session, max(seq) FROM events
WHERE session IN (SELECT id FROM sessions) AND session NOT IN (SELECT session FROM leases) GROUP BY session;
"""


def _first(connection: sqlite3.Connection) -> None:
    _each(connection, FIRST)


def _second(connection: sqlite3.Connection) -> None:
    # No question of before is missing: nothing that wrote version 1 asked a person anything.
    _each(connection, SECOND)


def _third(connection: sqlite3.Connection) -> None:
    _each(connection, THIRD)


def _fourth(connection: sqlite3.Connection) -> None:
    _each(connection, FOURTH)


def _fifth(connection: sqlite3.Connection) -> None:
    _each(connection, FIFTH)


LABELLED = 3
"""The version that brought labels."""

LABELS = (
    THIRD.partition("ALTER")[0].replace("CREATE TABLE", "CREATE TEMP TABLE").replace(" REFERENCES sessions (id)", "")
)
"""What stands in for them where an older database can only be read."""

SEARCHED = 4
"""The version that brought the index that is searched now."""

REMEMBERED = 5
"""The version that brought what personas held before."""

MIGRATIONS: tuple[Migration, ...] = (_first, _second, _third, _fourth, _fifth)
"""From version n to n + 1, for the place n it stands at."""


def migrate(connection: sqlite3.Connection, path: Path, steps: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring the tables up to date, after keeping a copy of the older file beside it.

    Looks first without a lock: of twenty that start at once, nineteen have nothing to do.
    """
    if version(connection) >= len(steps):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        have = version(connection)
        if 0 < have < len(steps):
            _copy(path, have)
        for step in steps[have:]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {max(have, len(steps))}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version(connection: sqlite3.Connection) -> int:
    """How many migrations the database has had."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _each(connection: sqlite3.Connection, script: str) -> None:
    # `executescript` commits what is open; a migration is all or nothing.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _copy(path: Path, have: int) -> None:
    """Keep the older file, whole or not at all, and never in the place of a copy that an earlier start kept.

    Raises StoreFault, and then the older file is as it was.
    """
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with faults.in_words(aside):
            os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(aside)) as target:
                source.backup(target)
            names = chain((f"{path.name}.v{have}.bak",), (f"{path.name}.v{have}.{n}.bak" for n in count(2)))
            free = next(each for name in names if not (each := path.with_name(name)).exists())
            aside.rename(free)
    except StoreFault as fault:
        raise StoreFault(
            fault.kind,
            f"{path} is of an older version, and was left so: no copy of it could be kept first. {fault}",
            hint=fault.hint,
        ) from fault
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                aside.with_name(aside.name + end).unlink(missing_ok=True)
    _keep_the_newest(path, free)


def _keep_the_newest(path: Path, made: Path) -> None:
    # Only what has the name of one made here: a person's own copies are theirs.
    ours = re.compile(rf"{re.escape(path.name)}\.v\d+(\.\d+)?\.bak")
    copies = [each for each in path.parent.iterdir() if ours.fullmatch(each.name) and each != made]
    for old in sorted(copies, key=lambda each: each.stat().st_mtime_ns, reverse=True)[COPIES - 1 :]:
        with suppress(OSError):
            old.unlink()
