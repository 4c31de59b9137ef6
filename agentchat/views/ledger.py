"""The side pane of any room: what is decided, agreed, contested and open, and who moved since they were first asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentchat.board import board, search
from agentchat.conformity import moved, polls, share
from agentchat.events import Recorded
from agentchat.ledger import numbers, standing
from agentchat.views.entries import clipped
from agentchat.views.floor import listed
from agentchat.views.moves import SILENT, told
from agentchat.views.room import Row, Section

if TYPE_CHECKING:
    from agentchat.board import Value
    from agentchat.ledger import Row as Fact, Rows
    from agentchat.transcript import Entry, Transcript

ROWS = 6
"""Rows a section shows, the newest."""


def sections(transcript: Transcript, ledger: Rows, records: Sequence[Entry]) -> tuple[Section, ...]:
    """The sections that have anything in them. `records` are the entries of the transcript that may be polls."""
    made = (
        Section("Decided", _rows(transcript, standing(ledger, "decided"), "✓")),
        Section("Agreed", _rows(transcript, standing(ledger, "agreed"), "✓")),
        Section("Contested", _rows(transcript, standing(ledger, "contested", "objection"), "?")),
        Section("Open", _rows(transcript, standing(ledger, "question"), "·")),
        Section("Board", on_board(transcript).rows[:ROWS][::-1]),
        Section("Positions", _moved(transcript, records)),
    )
    return tuple(Section(one.title, one.rows[-ROWS:]) for one in made if one.rows)


def on_board(transcript: Transcript, words: str = "") -> Section:
    """The values of the shared board that have these words in them, or all; a value's history in its note."""
    values = search(board(transcript.notes), words)
    return Section("Board", tuple(Row(f"{one.key} = {one.value}", "", _history(transcript, one)) for one in values))


def _history(transcript: Transcript, value: Value) -> str:
    before = f"before: {clipped(value.older[0].value)} by {transcript.name(value.older[0].by)}" if value.older else ""
    return " · ".join(filter(None, (value.description, f"{transcript.name(value.by)} #{value.seq}", before)))


def _rows(transcript: Transcript, facts: Sequence[Fact], mark: str) -> tuple[Row, ...]:
    """What is said twice stands once, with all who said it."""
    by: dict[str, list[Fact]] = {}
    for fact in facts:
        by.setdefault(clipped(fact.text), []).append(fact)
    return tuple(Row(text, mark, _note(transcript, same)) for text, same in by.items())


def _note(transcript: Transcript, same: Sequence[Fact]) -> str:
    """Where it comes from; of what is contested or asked, whose it is."""
    if same[0].kind in ("agreed", "decided"):
        return numbers(same[0].turns)
    names = dict.fromkeys(transcript.name(who) for fact in same for who in fact.by)
    to = next((f" to {transcript.name(fact.to)}" for fact in same if fact.to), "")
    return (listed(list(names)) + to) if names else same[0].note or numbers(same[0].turns)


def _moved(transcript: Transcript, records: Sequence[Entry]) -> tuple[Row, ...]:
    known = polls(records)
    rows = [Row(told(transcript, move), "→") for move in moved(transcript, known)]
    if (came := share(known)) is not None:
        rows.append(Row(f"{came:.0%} of those against the greatest part came round to it", "·"))
    if known and known[0].unanimous:
        called = (one for one in records if isinstance(one, Recorded) and one.kind == "dissent_called")
        who = next((str(one.data.get("who")) for one in called if one.seq > known[0].seq), "")
        rows.append(Row(SILENT, "!", f"then {transcript.name(who)} made the case against" if who else ""))
    return tuple(rows)
