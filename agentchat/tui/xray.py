"""The ballot X-ray: every ballot of a vote, what other rules would have made of them, and who could have turned it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from agentchat.tui.theme import BREAKPOINTS
from agentchat.tui.widgets.floor import Floor
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys
from agentchat.tui.widgets.transcript import Transcript
from agentchat.views.ballots import XRay
from agentchat.views.room import Card, Entry, Section

BESIDE = 100
"""Columns from which what was found stands beside the ballots, not beneath."""


class XRayScreen(Screen[None]):
    """One vote at a time; the arrows go to the votes before and after it."""

    CSS_PATH = "xray.tcss"
    AUTO_FOCUS = "Transcript"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,x,q", "app.pop_screen", "Back to the room", show=False),
        Binding("left", "turn(-1)", "The vote before", show=False),
        Binding("right", "turn(1)", "The vote after", show=False),
        Binding("question_mark,f1", "app.help", "Keys and commands", show=False),
    ]

    def __init__(self, votes: Sequence[XRay]) -> None:
        """`votes`, oldest first; the newest is shown first."""
        super().__init__()
        self.votes = votes
        self.at = len(votes) - 1

    def compose(self) -> ComposeResult:
        """What was asked, the ballots, what they say, the keys."""
        yield Static("", id="question", markup=False)
        with Horizontal():
            yield Transcript()
            yield Floor()
        yield Keys()

    def on_resize(self) -> None:
        """Lay out the vote one is at, in the width there is."""
        self.draw()

    def draw(self) -> None:
        """Show the vote one is at."""
        vote, beside = self.votes[self.at], self.size.width >= BESIDE
        number = f" · vote {self.at + 1} of {len(self.votes)}" if len(self.votes) > 1 else ""
        self.query_one("#question", Static).update(ink_of(self).line((vote.result.question or "The vote") + number))
        entries: list[Entry] = [vote.result]
        if not beside:
            entries += [_card(-place, section) for place, section in enumerate(vote.sections, 1)]
        if vote.trace:
            entries.append(Card(-100, "How it was counted", lines=vote.trace))
        reading = self.query_one(Transcript)
        reading.show(entries)
        self.call_after_refresh(reading.action_top)
        self.query_one(Floor).show((), vote.sections if beside else ())
        turn = [("←→", "other votes")] if len(self.votes) > 1 else []
        self.query_one(Keys).show([*turn, ("esc", "back to the room")])

    def action_turn(self, by: int) -> None:
        """Another vote."""
        self.at = max(0, min(self.at + by, len(self.votes) - 1))
        self.draw()


def _card(key: int, section: Section) -> Card:
    rows = (f"{row.mark} {row.text}" + (f"  ({row.note})" if row.note else "") for row in section.rows)
    return Card(key, section.title, lines=tuple(rows))
