"""Where a session's paths fork: what each turn is an alternative to, where each path stood last, the tree of it all.

Read off the log in one pass each time, never kept beside it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.events import (
    Directed,
    HeadMoved,
    HumanSpoke,
    Noted,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    Recorded,
    SessionClosed,
    SettingsChanged,
    TurnEnded,
    TurnStarted,
)
from agentchat.kinds import kind_of
from agentchat.transcript import HIDDEN_BY, Turn

if TYPE_CHECKING:
    from agentchat.events import Event
    from agentchat.log import Log

_CARRIED = (Directed, ParticipantChanged, ParticipantJoined, ParticipantLeft, SettingsChanged, Noted)


class Forks:
    """The forks of a log as it is now."""

    def __init__(self, log: Log) -> None:
        self._events = {event.seq: event for event in log.events if not isinstance(event, HeadMoved)}
        self._ends = {event.turn: event for event in log.events if isinstance(event, TurnEnded)}
        self._path = [event.seq for event in log.path()]
        self._places: dict[int, int] = {}
        self._batches: dict[int, list[int]] = {}
        self._siblings: defaultdict[int, list[int]] = defaultdict(list)
        self._tips: dict[int, int] = {}
        self._find_places(log)
        self._find_tips(log)

    def place(self, seq: int) -> int:
        """The event that a turn, with all asked together with it, or a person's words follow.

        What was only carried along when the head moved there does not count.
        """
        return self._places[seq]

    def batch(self, turn: int) -> tuple[int, ...]:
        """The turns asked together with a turn, itself included."""
        return tuple(self._batches[turn])

    def tip(self, seq: int) -> int:
        """Where the head stood last, at an event or beneath it."""
        return self._tips[seq]

    def alternatives(self, seq: int) -> tuple[int, ...]:
        """What was said in the place of a turn or of a person's words, itself included, oldest first.

        A turn copied for the sake of another one stands for the one it was copied from.
        """
        on_path = set(self._path)
        found: dict[int, int] = {}
        for other in self._siblings[self._places[seq]]:
            if self._alike(seq, other):
                origin = self._origin(other)
                if other == seq or (found.get(origin) != seq and found.get(origin) not in on_path):
                    found[origin] = other
        return tuple(sorted(found.values()))

    def _alike(self, seq: int, other: int) -> bool:
        one, two = self._events[seq], self._events[other]
        if isinstance(one, TurnStarted) and isinstance(two, TurnStarted):
            end = self._ends.get(other)
            if end is not None and end.outcome == "interrupted" and end.by in HIDDEN_BY and other != seq:
                return False
            alone = len(self._batches[seq]) == len(self._batches[other]) == 1
            return alone or (one.speaker, one.kind) == (two.speaker, two.kind)
        return type(one) is type(two)

    def _origin(self, turn: int) -> int:
        while (end := self._ends.get(turn)) is not None and end.copied_from is not None:
            turn = end.copied_from
        return turn

    def _find_places(self, log: Log) -> None:
        carried: dict[int, int] = {}
        moved = False
        for event in log.events:
            if isinstance(event, HeadMoved) or event.parent is None:
                moved = isinstance(event, HeadMoved)
                continue
            place = event.parent if moved else carried.get(event.parent)
            if place is not None and _is_carried(event):
                carried[event.seq] = place
            moved = False
            if isinstance(event, TurnStarted) and event.parent in self._batches and place is None:
                place = self._places[event.parent]
                self._batches[event.seq] = self._batches[event.parent]
            elif isinstance(event, TurnStarted):
                self._batches[event.seq] = []
            if isinstance(event, TurnStarted | HumanSpoke):
                self._places[event.seq] = event.parent if place is None else place
                self._siblings[self._places[event.seq]].append(event.seq)
            if isinstance(event, TurnStarted):
                self._batches[event.seq].append(event.seq)

    def _find_tips(self, log: Log) -> None:
        heads = [event.to if isinstance(event, HeadMoved) else event.seq for event in log.events]
        latest = {head: when for when, head in enumerate(heads)}
        for event in reversed(self._events.values()):
            if event.parent is not None:
                latest[event.parent] = max(latest[event.parent], latest[event.seq])
        self._tips = {seq: heads[when] for seq, when in latest.items()}


def _is_carried(event: Event) -> bool:
    return isinstance(event, _CARRIED) or (isinstance(event, HumanSpoke) and len(event.to) == 1)


Landmark = Turn | HumanSpoke | Recorded | SessionClosed
"""What a person knows a path by: what was said, what was concluded, and its end."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A stretch of a path up to where it forks."""

    steps: tuple[Landmark, ...]
    here: int
    """How many of its steps, from the first, are on the path to the head."""
    tip: int
    """Where the head stood last on it or beneath it: the turn or words to choose lead there."""
    branches: tuple[Branch, ...]
    """Where it goes on, oldest first; none at the end of a path."""


def branches(log: Log) -> Branch:
    """The whole tree of a session, from its beginning."""
    forks = Forks(log)
    ends = {event.turn: event for event in log.events if isinstance(event, TurnEnded)}
    root = log.events[0].seq
    known: dict[int, Landmark] = {}
    above: dict[int, int] = {root: root}
    after: defaultdict[int, list[int]] = defaultdict(list)
    for event in log.events[1:]:
        if isinstance(event, HeadMoved) or event.parent is None:
            continue
        above[event.seq] = above[event.parent]
        if landmark := _landmark(event, ends):
            known[event.seq] = landmark
            after[above[event.parent]].append(event.seq)
            above[event.seq] = event.seq
    path = {event.seq for event in log.path()}
    begin = [root, *sorted(seq for several in after.values() if len(several) > 1 for seq in several)]
    made: dict[int, Branch] = {}
    for first in reversed(begin):
        steps = [first]
        while len(after[steps[-1]]) == 1:
            steps += after[steps[-1]]
        shown = [seq for seq in steps if seq != root]
        made[first] = Branch(
            tuple(known[seq] for seq in shown),
            sum(seq in path for seq in shown),
            forks.tip(first),
            tuple(made[seq] for seq in after[steps[-1]]),
        )
    return made[root]


def _landmark(event: Event, ends: dict[int, TurnEnded]) -> Landmark | None:
    match event:
        case TurnStarted():
            end = ends.get(event.turn)
            lost = end is not None and end.outcome == "interrupted" and end.by in HIDDEN_BY
            return None if lost or kind_of(event.kind).look == "hidden" else Turn(event, end)
        case HumanSpoke() | Recorded() | SessionClosed():
            return event
        case _:
            return None
