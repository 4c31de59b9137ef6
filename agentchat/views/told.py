"""What the room asks or tells of itself, and what a person did to the room as a whole: a card or a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agentchat.kinds import title_of
from agentchat.terms import Budget, limits
from agentchat.views.phrases import clipped
from agentchat.views.room import Card, Entry, Line

if TYPE_CHECKING:
    from agentchat.events import Directed, EscalationRaised
    from agentchat.transcript import Transcript


def raised(transcript: Transcript, entry: EscalationRaised, escape: Callable[[str], str] = str) -> tuple[Entry, ...]:
    """A question to the person, as a card; a notice of the room's own is a line. `escape` is for the question."""
    if entry.by == "room" and entry.level == "notify":
        return (Line(entry.seq, entry.question, "warning"),)
    who = "The room" if entry.by == "room" else transcript.name(entry.by)
    asks = title_of(who) if who == entry.by else who
    return (Card(entry.seq, f"{asks} asks you", escape(entry.question), entry.options),)


def directed(entry: Directed) -> tuple[Entry, ...]:
    """What a person's verb leaves to be seen: where a fork began, what the room may spend from now on."""
    match entry.verb:
        case "fork":
            turn = entry.data.get("turn")
            place = f"at turn {turn}, which cost nothing here" if turn else "before its first turn"
            return (Line(entry.seq, f"Forked from {entry.target[:8]} {place}", "round"),)
        case "task":
            return (Line(entry.seq, f"You added a task: {clipped(str(entry.data.get('title') or ''))}"),)
        case "budget":
            try:
                held = limits(Budget.model_validate(entry.data))
            except ValidationError:  # of another version
                held = ""
            return (Line(entry.seq, f"It may spend {held}" if held else "It may spend what it takes"),)
        case _:
            return ()
