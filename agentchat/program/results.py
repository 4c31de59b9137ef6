"""What a program hears of a room: what it is asked, and what came of it, as values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from agentchat.events import TurnEnded
from agentchat.kinds import kind_of
from agentchat.transcript import SILENT, Turn

LOST = frozenset({"failed", "refused", "empty"})
"""Outcomes of a turn that count as a failure."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Something the room needs its person for."""

    question: str
    options: tuple[str, ...] = ()
    default: str = ""
    by: str = ""
    """Who asks: a persona's id, a mode's name, or `room`."""
    kind: str = "question"
    """`question`, or the kind of the turn that the person is to take: `say`, `pick`, …"""


Answering = Callable[[Asked], "str | Awaitable[str | None] | None"]
"""Answers what the room asks; None takes the default, or passes."""


@dataclass(frozen=True, slots=True)
class PersonaResult:
    """What one persona did."""

    name: str
    turns: int = 0
    """In which it said something for others to read."""
    words: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    """US dollars, where prices are known."""
    text: str = ""
    """What it said last."""
    failures: tuple[str, ...] = ()
    """Why turns of it gave nothing."""

    @property
    def tokens(self) -> int:
        """In and out."""
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a room."""

    session: str
    outcome: str = ""
    """Empty while it has not ended."""
    summary: str = ""
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    """What the mode recorded last, and what it finished with: of a vote the winner, the rule, the margin."""
    personas: Mapping[str, PersonaResult] = field(default_factory=dict)
    """By id."""
    tokens: int = 0
    cost: float = 0.0
    timed_out: bool = False
    """The time was over first: the room is paused, and goes on with the next `run`, or with `agentchat resume`."""
    seconds: float = 0.0
    """How long this `run` took."""


def of_persona(name: str, turns: Sequence[Turn]) -> PersonaResult:
    """What came of these turns of one persona."""
    ends = [turn.end for turn in turns if isinstance(turn.end, TurnEnded)]
    # A ballot or a position is a form filled in: no words of a talk.
    seen = [end for end in ends if kind_of(end.kind).look != "hidden"]
    said = [end for end in seen if end.text and end.outcome not in SILENT]
    return PersonaResult(
        name=name,
        turns=len(said),
        words=sum(len(end.text.split()) for end in said),
        tokens_in=sum(end.tokens_in for end in ends),
        tokens_out=sum(end.tokens_out for end in ends),
        cost=sum(end.cost or 0.0 for end in ends),
        text=said[-1].text if said else "",
        failures=tuple(end.error or end.outcome for end in ends if end.outcome in LOST),
    )
