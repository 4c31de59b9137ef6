"""What one sitting of a mode holds: all since the session was opened, or last reopened, asides left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentchat.events import EscalationAnswered, EscalationRaised, Recorded, SessionReopened
from agentchat.persona import YOU
from agentchat.steps import Ask, Together
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from agentchat.transcript import Entry, Transcript

MOST_ASKED = 2
"""Times a voter is asked whose answer never came."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """Read off the transcript each time, never counted beside it."""

    entries: tuple[Entry, ...]
    earlier: tuple[Entry, ...] = ()
    """What the sittings before it hold."""
    reopened: SessionReopened | None = None

    def turns(self, *stages: str) -> tuple[Turn, ...]:
        """The turns of these stages."""
        return _turns(self.entries, stages)

    def turns_before(self, *stages: str) -> tuple[Turn, ...]:
        """The same of the sittings before."""
        return _turns(self.earlier, stages)

    def record(self, *kinds: str, stage: str = "") -> Recorded | None:
        """The newest conclusion of these kinds, and of that stage where one is named."""
        return _record(self.entries, kinds, stage)

    def record_before(self, *kinds: str) -> Recorded | None:
        """The same of the sittings before."""
        return _record(self.earlier, kinds, "")

    def raised(self, key: str) -> bool:
        """Whether the mode put that question to the person."""
        return any(isinstance(one, EscalationRaised) and one.key == key for one in self.entries)

    def answer(self, key: str) -> EscalationAnswered | None:
        """The newest answer to it."""
        answers = (one for one in reversed(self.entries) if isinstance(one, EscalationAnswered))
        return next((one for one in answers if one.key == key), None)


def sitting(transcript: Transcript) -> Sitting:
    """The sitting under way in the current mode."""
    return last_sitting(tuple(one for one in transcript.mine if not (isinstance(one, Turn) and one.start.aside)))


def last_sitting(entries: tuple[Entry, ...]) -> Sitting:
    """The last sitting among these entries."""
    for at in range(len(entries) - 1, -1, -1):
        entry = entries[at]
        if isinstance(entry, SessionReopened):
            return Sitting(entries[at + 1 :], entries[:at], entry)
    return Sitting(entries)


def unseen(turns: Sequence[Turn], who: Sequence[str], ask: Callable[[str], Ask]) -> Together | None:
    """A sealed turn for each at once, read to the same place; None once all are in."""
    reads_to = turns[0].start.reads_to if turns else None
    asks = tuple(ask(one) for one in who)
    return Together(tuple(replace(one, sealed=True, reads_to=reads_to) for one in asks)) if asks else None


def unheard(turns: Sequence[Turn], who: Sequence[str], lost: Callable[[Turn], bool]) -> tuple[str, ...]:
    """Who is to be asked: those who were not, and once more those whose answer was lost."""
    last = {turn.start.speaker: turn for turn in turns}
    times = {one: sum(turn.start.speaker == one for turn in turns) for one in who}
    if fresh := tuple(one for one in who if one not in last):
        return fresh
    return tuple(one for one in who if times[one] < MOST_ASKED and lost(last[one]) and not _cut_off(last[one]))


def came_to_nothing(turn: Turn) -> bool:
    """Whether a turn failed to bring what it was asked for, and not by its speaker's own choice."""
    return not turn.spoken and (turn.end is None or turn.end.outcome != "passed")


def broke_off(turn: Turn) -> bool:
    """Whether what came of it is no whole: it was cut off, or ended before its end."""
    return turn.end is not None and turn.end.outcome in ("interrupted", "truncated")


def _cut_off(turn: Turn) -> bool:
    return turn.end is not None and turn.end.outcome == "interrupted" and turn.end.by == YOU


def _turns(entries: tuple[Entry, ...], stages: tuple[str, ...]) -> tuple[Turn, ...]:
    return tuple(one for one in entries if isinstance(one, Turn) and one.start.stage in stages)


def _record(entries: tuple[Entry, ...], kinds: tuple[str, ...], stage: str) -> Recorded | None:
    found = (one for one in reversed(entries) if isinstance(one, Recorded) and one.kind in kinds)
    return next((one for one in found if not stage or one.data.get("stage") == stage), None)
