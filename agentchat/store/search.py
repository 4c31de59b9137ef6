"""Where something was said, in every session. Words and most filters are answered by the index of words alone.

The newest first is the order of the index itself: however common a word is, only what is shown is read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from agentchat.errors import UsageError
from agentchat.modes import names
from agentchat.persona import YOU
from agentchat.seeking import Filter, Query, Term, nearest
from agentchat.store.faults import StoreFault
from agentchat.store.journal import whole
from agentchat.store.schema import SEARCHED, version

SHOWN = 24
"""Words of a snippet."""
RANKED = 2000
"""The best are looked for among so many of the newest: to rank them all takes seconds where a word is everywhere."""
NAMED = 200
"""Sessions that the index is asked for by name; where more may be meant, each hit is looked at."""
MONTHS = 60
LEFT_OUT = 100
"""Hits in archived sessions are counted up to here."""

_ON, _OFF = "\x02", "\x03"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where something was said."""

    session: str
    seq: int
    speaker: str
    """A persona's id, or `you`; empty where it is a record of the room."""
    name: str
    kind: str
    at: datetime
    title: str
    """The session's."""
    pieces: tuple[Piece, ...]

    @property
    def snippet(self) -> str:
        """The words around, unmarked."""
        return "".join(piece.text for piece in self.pieces)


def search(connection: sqlite3.Connection, query: Query, limit: int, *, best: bool = False) -> list[Hit]:
    """Where all of it is, the newest first, or the best. Raises UsageError for a name that nothing has."""
    if not query:
        return []
    if version(connection) < SEARCHED:
        raise StoreFault(
            "read_only",
            "These sessions were kept by an older agentchat and cannot be searched where they can only be read.",
            hint="Copy the home to a folder you may write, and set AGENTCHAT_HOME to it.",
        )
    among, given = _sessions(connection, query)
    named = None
    if _narrows(query):
        asks = f"SELECT id FROM sessions LEFT JOIN labels ON session = id WHERE {among} LIMIT {NAMED + 1}"  # noqa: S608
        named = [each for (each,) in connection.execute(asks, given)]
        if not named:
            return []
    match = _match(connection, query, named if named and len(named) <= NAMED else None)
    # No name of what a person typed stands in these: they are bound.
    where, bound = f"events.session IN (SELECT id FROM sessions LEFT JOIN labels ON session = id WHERE {among})", given  # noqa: S608
    if not _narrows(query):  # the few that are not meant are sooner named than the many that are
        where, bound = "events.session NOT IN (SELECT session FROM labels WHERE archived OR deleted IS NOT NULL)", ()
    for sign, moment in ((">=", query.after), ("<", query.before)):
        if moment:
            where += f" AND events.at {sign} ?"
            bound = (*bound, moment.astimezone(UTC).replace(tzinfo=None).isoformat())
    if best:
        # A bound, not a list: for each rowid of a list the index would be asked, and all of it counted, anew.
        where += f""" AND words.rowid >= (SELECT min(rowid) FROM (
            SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT {RANKED}))"""  # noqa: S608
        bound = (*bound, match)
    found = connection.execute(
        f"""SELECT events.session, events.seq, said.speaker, said.kind, events.at, sessions.personas,
                   coalesce(nullif(labels.name, ''), sessions.title), snippet(words, 0, ?, ?, '…', {SHOWN})
            FROM words CROSS JOIN events ON events.id = words.rowid CROSS JOIN said ON said.id = events.id
            JOIN sessions ON sessions.id = events.session LEFT JOIN labels ON labels.session = events.session
            WHERE words MATCH ? AND {where}
            ORDER BY {"bm25(words, 1.0, 0.0)" if best else "words.rowid DESC"} LIMIT ?""",  # noqa: S608
        (_ON, _OFF, match, *bound, limit),
    )
    hits = [_hit(row) for row in found]
    return (_named(connection, query, among, given) + hits)[:limit]


def _named(connection: sqlite3.Connection, query: Query, among: str, given: tuple[str, ...]) -> list[Hit]:
    """Sessions in whose own name or tags all the words are."""
    sought = [term.text.casefold() for term in query.terms if not term.off]
    by_session = {"mode", "session", "tag"}
    if not sought or query.after or query.before or any(one.name not in by_session for one in query.filters):
        return []
    told = " AND ".join("instr(lower(name || ' ' || tags), ?)" for _ in sought)
    found = connection.execute(
        f"""SELECT id, created, name, tags FROM sessions JOIN labels ON session = id
            WHERE {among} AND {told} ORDER BY updated DESC""",  # noqa: S608
        (*given, *sought),
    )
    return [
        Hit(session, 1, YOU, YOU, "name", datetime.fromisoformat(created), name, (Piece(told, hit=True),))
        for session, created, name, tags in found
        for told in [" · ".join(filter(None, (name, *json.loads(tags))))]
    ]


def left_out(connection: sqlite3.Connection, query: Query) -> int:
    """How many more are in archived sessions, up to LEFT_OUT, where the query does not ask for those."""
    if not query or query.states("archived") is not None:
        return 0
    if not connection.execute("SELECT 1 FROM labels WHERE archived AND deleted IS NULL LIMIT 1").fetchone():
        return 0
    wider = replace(query, filters=(*query.filters, Filter("is", "archived")))
    return len(search(connection, wider, LEFT_OUT))


def _narrows(query: Query) -> bool:
    """Whether it asks for some sessions and not for others."""
    states = any(query.states(state) is not None for state in ("starred", "archived"))
    return states or any(one.name in ("mode", "session", "tag") for one in query.filters)


def _sessions(connection: sqlite3.Connection, query: Query) -> tuple[str, tuple[str, ...]]:
    """What a session must be, as a condition over `sessions` and `labels`, and what is bound in it."""
    tests = [
        "labels.deleted IS NULL",
        "coalesce(archived, 0)" if query.states("archived") else "NOT coalesce(archived, 0)",
    ]
    given: list[str] = []
    if (starred := query.states("starred")) is not None:
        tests.append("coalesce(starred, 0)" if starred else "NOT coalesce(starred, 0)")
    tagged = "EXISTS (SELECT 1 FROM json_each(coalesce(tags, '[]')) WHERE lower(value) = ?)"
    begins = "substr(id, 1, length(?)) = ?"
    for off in (False, True):
        no = "NOT " if off else ""
        for tag in query.values("tag", off=off):
            tests.append(no + tagged)
            given.append(_known_tag(connection, tag))
        if modes := query.values("mode", off=off):
            tests.append(f"{no}mode IN ({', '.join('?' for _ in modes)})")
            given += [_known_mode(connection, mode) for mode in modes]
        if ids := query.values("session", off=off):
            tests.append(f"{no}({' OR '.join(begins for _ in ids)})")
            given += [_known_id(connection, one) for one in ids for _ in range(2)]
    return " AND ".join(tests), tuple(given)


def _match(connection: sqlite3.Connection, query: Query, sessions: Sequence[str] | None) -> str:
    """The query of the index."""
    wanted: list[str] = ["marks : every"]
    unwanted: list[str] = []
    for off, group in ((False, wanted), (True, unwanted)):
        group += [f"text : {phrase}" for term in query.terms if term.off is off and (phrase := _phrase(term))]
        either = [
            [_mark("p", who) for name in query.values("persona", off=off) for who in _known_persona(connection, name)],
            [_known_kind(connection, kind) for kind in query.values("kind", off=off)],
        ]
        states = {"decision": ["idecision"], "question": ["iquestion"], "mine": [_mark("p", YOU)]}
        states["draft"] = [_mark("k", "draft"), _mark("k", "draft_accepted")]
        either += [marks for state, marks in states.items() if state in query.values("is", off=off)]
        group += [f"marks : ({' OR '.join(marks)})" for marks in either if marks]
    if sessions is not None:
        wanted.append(f"marks : ({' OR '.join(_mark('s', one) for one in sessions)})")
    if query.after and (months := list(_months(query.after, datetime.now(UTC)))):
        wanted.append(f"marks : ({' OR '.join(months)})")
    if query.before and (months := list(_months(query.before, datetime.now(UTC)))[1:]):
        unwanted.append(f"marks : ({' OR '.join(months)})")
    if len(wanted) > 1:
        wanted = wanted[1:]
    return f"({' AND '.join(wanted)})" + "".join(f" NOT ({each})" for each in unwanted)


def _phrase(term: Term) -> str:
    # Quoted: FTS5 has a syntax, and people type quotes, stars and brackets.
    text = whole(term.text).replace("\0", " ").replace('"', '""').strip()
    return f'"{text}"' + ("*" if term.begun else "") if any(map(str.isalnum, text)) else ""


def words(query: Query) -> str:
    """The words alone as a query of the index; empty where there are none."""
    phrases = " AND ".join(filter(None, map(_phrase, query.terms)))
    return f"text : ({phrases})" if phrases else ""


def _mark(kind: str, value: str) -> str:
    return kind + whole(value).encode().hex()


def _months(since: datetime, until: datetime) -> Iterator[str]:
    """The marks of months, none where they are too many to name."""
    first, last = ((moment.astimezone(UTC).year * 12 + moment.astimezone(UTC).month - 1) for moment in (since, until))
    if last + 1 - first <= MONTHS:
        yield from (f"m{month // 12:04}{month % 12 + 1:02}" for month in range(first, last + 2))


def _known_persona(connection: sqlite3.Connection, name: str) -> list[str]:
    asks = "SELECT DISTINCT key, value FROM sessions, json_each(sessions.personas) WHERE json_valid(personas)"
    known = connection.execute(asks).fetchall()
    if ids := sorted({one for one, named in known if name.casefold() in (one.casefold(), named.casefold())}):
        return ids
    if name.casefold() == YOU or _is_marked(connection, _mark("p", name.lower())):
        return [name.lower()]
    raise UsageError(f"no persona {name!r} has spoken here", hint=nearest(name, sorted({one for one, _ in known})))


def _known_kind(connection: sqlite3.Connection, kind: str) -> str:
    if _is_marked(connection, mark := _mark("k", kind.lower())):
        return mark
    rows = connection.execute("SELECT DISTINCT term FROM vocabulary WHERE term >= 'k' AND term < 'l' AND col = 'marks'")
    kinds = sorted(bytes.fromhex(term[1:]).decode() for (term,) in rows)
    raise UsageError(f"nothing of the kind {kind!r} was said here", hint=nearest(kind, kinds))


def _known_mode(connection: sqlite3.Connection, mode: str) -> str:
    modes = sorted(one for (one,) in connection.execute("SELECT DISTINCT mode FROM sessions"))
    if mode.lower() in {*modes, *names()}:
        return mode.lower()
    raise UsageError(f"no session here has the mode {mode!r}", hint=nearest(mode, modes))


def _known_tag(connection: sqlite3.Connection, tag: str) -> str:
    asks = "SELECT DISTINCT lower(value) FROM labels, json_each(labels.tags)"
    tags = sorted(one for (one,) in connection.execute(asks))
    if tag.lower() in tags:
        return tag.lower()
    raise UsageError(f"no session has the tag {tag!r}", hint=nearest(tag, tags))


def _known_id(connection: sqlite3.Connection, prefix: str) -> str:
    asks = "SELECT 1 FROM sessions WHERE substr(id, 1, length(?1)) = ?1"
    if connection.execute(asks, (prefix,)).fetchone():
        return prefix
    raise UsageError(f"No session begins with {prefix!r}.", hint="`agentchat sessions list` shows all.")


def _is_marked(connection: sqlite3.Connection, mark: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", (f"marks : {mark}",)).fetchone())


def _hit(row: tuple[str, int, str, str, str, str, str, str]) -> Hit:
    session, seq, speaker, kind, at, personas, title, snippet = row
    try:
        name = str(json.loads(personas).get(speaker, speaker))
    except ValueError:
        name = speaker
    return Hit(session, seq, speaker, name, kind, datetime.fromisoformat(at), title, tuple(_pieces(snippet)))


def _pieces(snippet: str) -> Iterator[Piece]:
    for place, part in enumerate(snippet.split(_ON)):
        inside, end, after = part.partition(_OFF) if place else ("", "", part)
        if not end:
            inside, after = "", inside + after
        yield from (Piece(text, hit) for text, hit in ((inside, True), (after, False)) if text)
