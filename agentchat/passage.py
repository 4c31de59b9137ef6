"""A stretch of a session's path, without what lies before and after it.

It shows what is on it as the whole does: who is in the room, in which mode, and what is sealed. No mode and no prompt
may ever read one; a room has a whole log or none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentchat.folding import fold
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentchat.events import Event, SessionOpened
    from agentchat.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Spans:
    """The `seq`s of a path as ranges, in order, both ends included. There may be gaps in them."""

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, first: int, last: int, moves: Sequence[tuple[int, int]]) -> Spans:
        """The path to the head of a log from `first` to `last`, whose head moved at some `seq`s to others.

        Between two moves each event follows the one before it.
        """
        back: list[tuple[int, int]] = []
        left, end = list(moves), last
        while left:
            at, to = left.pop()
            if at < end:
                back.append((at + 1, end))
            if at <= end:
                end = to
        return cls(tuple(reversed([*back, (first, end)])))

    def __contains__(self, seq: int) -> bool:
        return any(first <= seq <= last for first, last in self.ranges)

    @property
    def first(self) -> int:
        """The first event's."""
        return self.ranges[0][0]

    @property
    def last(self) -> int:
        """The head's."""
        return self.ranges[-1][1]

    def backward(self, before: int) -> Iterator[tuple[int, int]]:
        """The ranges of what stands before a `seq`, the nearest first."""
        for first, last in reversed(self.ranges):
            if first < before:
                yield first, min(last, before - 1)

    def forward(self, after: int) -> Iterator[tuple[int, int]]:
        """The ranges of what stands after a `seq`, the nearest first."""
        for first, last in self.ranges:
            if last > after:
                yield max(first, after + 1), last

    def along(self, part: float) -> int:
        """The `seq` so far along the path, from 0 to 1."""
        left = int(sum(last - first + 1 for first, last in self.ranges) * part)
        for first, last in self.ranges:
            if first + left <= last:
                return first + left
            left -= last - first + 1
        return self.last

    def grown(self, seq: int) -> Spans:
        """With one more event at the end."""
        (first, _) = self.ranges[-1]
        return Spans((*self.ranges[:-1], (first, seq)))


def passage(
    opened: SessionOpened, bones: Iterable[Event], window: Iterable[Event], sealed: frozenset[int]
) -> Transcript:
    """What events of a path add up to: those of the window, and of the rest those that hold it together, the `bones`.

    `sealed` are the turns of the whole session that are sealed now.
    """
    events = {event.seq: event for event in (*bones, *window)}
    events.pop(opened.seq, None)
    found = fold((opened, *(events[seq] for seq in sorted(events))))
    turns = (entry for entry in found.entries if isinstance(entry, Turn))
    shown = {turn.id for turn in turns if turn.start.sealed and turn.id not in sealed}
    return replace(found, revealed=found.revealed | shown)
