"""Where a mode that talks in rounds stands: read off the transcript each time, never counted beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentchat.events import HumanSpoke, Recorded, SessionReopened
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from agentchat.transcript import Transcript


@dataclass(slots=True)
class Segment:
    """What happened since the session was opened, or last reopened."""

    base: int = 0
    """The rounds there were before."""
    round: int = 0
    """The round under way or just over; `base` before the first one of the segment."""
    turns: list[Turn] = field(default_factory=list)
    """The talk of that round, asides left out."""
    beside: list[Turn] = field(default_factory=list)
    """What else was asked since that round began: nominations, a proposal, positions."""
    closing: list[Turn] = field(default_factory=list)
    """What was asked after the stop."""
    agreements: list[Recorded] = field(default_factory=list)
    """Every `agreement_recorded`."""
    dissent: Recorded | None = None
    """The `dissent_called`."""
    stopped: Recorded | None = None
    reopened: SessionReopened | None = None
    said: str = ""
    """The person's last words."""

    @property
    def agreement(self) -> Recorded | None:
        """The newest `agreement_recorded`."""
        return self.agreements[-1] if self.agreements else None

    @property
    def talking(self) -> bool:
        """Whether the round's talk is still open: nothing was put to the room yet."""
        over = any(turn.start.kind == "proposal" for turn in self.beside) or self.settled
        return self.round > self.base and not over

    @property
    def settled(self) -> bool:
        """Whether it is on record where everybody stands after this round."""
        return self.agreement is not None and self.agreement.data.get("round") == self.round


def segment(transcript: Transcript, talk: str) -> Segment:
    """The last segment of the current mode; `talk` is the stage whose turns make up a round."""
    now = Segment()
    for entry in transcript.mine:
        if isinstance(entry, Turn):
            _take(now, entry, talk)
        elif isinstance(entry, HumanSpoke):
            now.said = entry.text
        elif isinstance(entry, Recorded):
            if entry.kind == "stopped":
                now.stopped = entry
            elif entry.kind == "agreement_recorded":
                now.agreements.append(entry)
            elif entry.kind == "dissent_called":
                now.dissent = entry
        elif isinstance(entry, SessionReopened):
            now = Segment(base=now.round, round=now.round, reopened=entry)
    return now


def _take(now: Segment, turn: Turn, talk: str) -> None:
    start = turn.start
    if start.aside:
        return
    if now.stopped is not None:
        now.closing.append(turn)
    elif start.stage != talk:
        now.beside.append(turn)
    else:
        if start.round != now.round:
            now.round, now.turns, now.beside = start.round, [], []
        now.turns.append(turn)


def sealed_in(transcript: Transcript, *stages: str) -> tuple[int, ...]:
    """The turns of these stages that nobody was shown yet."""
    turns = (entry for entry in transcript.mine if isinstance(entry, Turn) and entry.start.stage in stages)
    return tuple(turn.id for turn in turns if transcript.sealed(turn))


def overlap(text: str, other: str) -> float:
    """The share of three-word runs two texts have in common (Jaccard), 0 to 1."""
    one, two = _runs(text), _runs(other)
    return len(one & two) / len(one | two) if one and two else 0.0


def _runs(text: str) -> set[tuple[str, ...]]:
    words = tuple(text.lower().split())
    return {words[at : at + 3] for at in range(max(1, len(words) - 2))} if words else set()
