"""A session's whole log: a tree of events with a head in it.

The transcript is the fold of the path from the root to the head; money and tokens are folded over
everything, so that undo refunds nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agentchat.events import Event, HeadMoved
from agentchat.folding import fold, grown
from agentchat.transcript import Spent, Transcript

if TYPE_CHECKING:
    from collections.abc import Iterable


class Log:
    """All events of a session, in the order of their commits, and the transcript of its head."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Raises ValueError where the events are no session's log."""
        self.events: list[Event] = []
        self._by_seq: dict[int, Event] = {}
        self.head = 0
        self.moved = False
        """Whether the head ever went elsewhere: else nothing in it has an alternative."""
        spent = Spent()
        for event in events:
            self._keep(event)
            spent = spent.plus(event)
        self.transcript: Transcript = replace(fold(self.path()), spent=spent)

    @property
    def next_seq(self) -> int:
        """The `seq` the next event gets. Gaps are legal, reuse is not."""
        return self.events[-1].seq + 1

    def append(self, event: Event) -> None:
        """Take in one more committed event."""
        spent = self.transcript.spent.plus(event)
        on_head = event.parent == self.head
        self._keep(event)
        if isinstance(event, HeadMoved) or not on_head:
            self.transcript = replace(fold(self.path()), spent=spent)
        else:
            self.transcript = grown(self.transcript, event)

    def path(self, to: int | None = None) -> list[Event]:
        """The events from the root to `to`, or to the head. Raises KeyError where there is no such event."""
        at: int | None = self.head if to is None else to
        back: list[Event] = []
        while at is not None:
            event = self._by_seq[at]
            back.append(event)
            at = event.parent
        return back[::-1]

    def at(self, seq: int) -> Event:
        """The event of that `seq`. Raises KeyError where there is none."""
        return self._by_seq[seq]

    def children(self, seq: int) -> list[Event]:
        """The alternatives that follow an event, oldest first."""
        return [event for event in self.events if event.parent == seq and not isinstance(event, HeadMoved)]

    def _keep(self, event: Event) -> None:
        self.events.append(event)
        self._by_seq[event.seq] = event
        self.moved = self.moved or isinstance(event, HeadMoved)
        self.head = event.to if isinstance(event, HeadMoved) else event.seq
