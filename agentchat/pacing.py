"""When each event of a path happens as it is watched again: the pace it had, without the waiting.

A turn takes the time it took, and its words come as they came. Between turns nobody waits longer than a breath: not for
the person, not for a night between two sittings.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agentchat.events import (
    EscalationRaised,
    HumanSpoke,
    ModeEntered,
    Recorded,
    SessionClosed,
    TurnEnded,
    TurnStarted,
)
from agentchat.kinds import counted, kind_of
from agentchat.persona import YOU

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentchat.events import Event

BREATH = 1_500
"""Milliseconds at most between two events while nobody speaks, and for a person's own turn."""

CHARACTER = 25
"""Milliseconds a character takes where no pace was recorded: a little faster than one reads."""

LONGEST = 30_000
"""Milliseconds at most for a turn without a recorded pace."""

BALLOTS = frozenset({"votes_counted", "decision_reached", "no_decision"})

MarkKind = Literal["turn", "human", "round", "vote", "question", "record", "mode", "end"]


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on the timeline that somebody may want to go to."""

    kind: MarkKind
    ms: int
    seq: int
    speaker: str = ""


class Schedule:
    """The moments of one path, in milliseconds from its beginning. Nothing in it runs."""

    def __init__(self, path: Sequence[Event]) -> None:
        self.path = tuple(path)
        self._ends = {event.turn: event for event in self.path if isinstance(event, TurnEnded)}
        self._starts: dict[int, int] = {}
        self.at: tuple[int, ...] = tuple(self._times())
        """When each event of the path happens."""
        self.stops = tuple(self._find_stops())
        """In order."""
        self.turns = tuple(stop for stop in self.stops if stop.kind == "turn")
        """Where each turn begins that a person would count."""

    @property
    def length(self) -> int:
        """Milliseconds in all."""
        return self.at[-1] if self.at else 0

    def happened(self, ms: int) -> int:
        """How many events have happened by then; the first one always has."""
        return max(bisect_right(self.at, ms), 1)

    def text(self, turn: int, ms: int) -> str:
        """What of a turn's words has come by then; of one that nobody watched, nothing."""
        end = self._ends.get(turn)
        if end is None or not kind_of(end.kind).streamed:
            return ""
        gone = ms - self._starts[turn]
        if end.pace:
            known = bisect_right(end.pace, gone, key=lambda point: point[0])
            return end.text[: end.pace[known - 1][1]] if known else ""
        whole = _takes(end)
        return end.text if gone >= whole else end.text[: len(end.text) * max(gone, 0) // whole]

    def place(self, seq: int) -> int:
        """The milliseconds at which an event, or the nearest one before it on the path, stands there whole."""
        index = max(bisect_right(self.path, seq, key=lambda event: event.seq) - 1, 0)
        event = self.path[index]
        if isinstance(event, TurnStarted) and (end := self._ends.get(event.turn)):
            index = bisect_right(self.path, end.seq, key=lambda one: one.seq) - 1
        return self.at[index]

    def _times(self) -> Iterator[int]:
        now, before = 0, None
        open_until: dict[int, int] = {}
        for event in self.path:
            gap = max(int((event.at - before.at).total_seconds() * 1000), 0) if before else 0
            rest = max(open_until.values(), default=now) - now
            if isinstance(event, TurnEnded) and event.turn in self._starts:
                now = max(now, self._starts[event.turn] + _takes(event))
                open_until.pop(event.turn, None)
            else:
                now += min(gap, max(rest, BREATH))
            if isinstance(event, TurnStarted) and event.turn in self._ends:
                self._starts[event.turn] = now
                open_until[event.turn] = now + _takes(self._ends[event.turn])
            before = event
            yield now

    def _find_stops(self) -> Iterator[Stop]:
        at = 0
        for event, ms in zip(self.path, self.at, strict=True):
            match event:
                case TurnStarted() if (end := self._ends.get(event.turn)) and counted(end):
                    if event.round > at:
                        at = event.round
                        yield Stop("round", ms, event.seq)
                    yield Stop("turn", ms, event.seq, event.speaker)
                case HumanSpoke():
                    yield Stop("human", ms, event.seq, YOU)
                case Recorded(kind=kind) if kind in BALLOTS:
                    yield Stop("vote", ms, event.seq)
                case Recorded():
                    yield Stop("record", ms, event.seq)
                case EscalationRaised():
                    yield Stop("question", ms, event.seq)
                case ModeEntered():
                    yield Stop("mode", ms, event.seq)
                case SessionClosed():
                    yield Stop("end", ms, event.seq)
                case _:
                    pass


def _takes(end: TurnEnded) -> int:
    """The milliseconds a turn took."""
    if end.speaker == YOU:
        return BREATH
    if end.pace:
        last = end.pace[-1][0]
        return max(last, min(int(end.latency * 1000), last + BREATH) if end.latency else last)
    if end.latency is not None:
        return int(end.latency * 1000)
    return min(len(end.text) * CHARACTER, LONGEST)
