"""What is shown of a room that gives its personas what they held before, and of what became of a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.transcript import FORGET, MEMORY, OUTCOME, RECALL
from agentchat.views.room import Line

if TYPE_CHECKING:
    from agentchat.events import Directed

REMEMBERED = frozenset({MEMORY, RECALL, FORGET, OUTCOME})
"""Verbs shown here."""


def remembered(entry: Directed) -> tuple[Line, ...]:
    """A dim line: how much each remembers, never what; none where that is nothing."""
    match entry.verb:
        case verb if verb == RECALL:
            return (Line(entry.seq, entry.reason),) if entry.reason else ()
        case verb if verb == MEMORY:
            offered = "offered to them" if entry.data.get("on") else "no longer offered"
            return (Line(entry.seq, f"What they held before is {offered}"),)
        case verb if verb == FORGET:
            return (Line(entry.seq, "Something of that was taken away again"),)
        case verb if verb == OUTCOME:
            text = str(entry.data.get("text") or "")
            return (
                Line(entry.seq, f"It turned out: {text}" if text else "What it turned out is taken back", "record"),
            )
        case _:
            return ()
