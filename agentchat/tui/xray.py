"""The ballot X-ray: every ballot of a vote, what other rules would have made of them, and who could have turned it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from agentchat.tui.sheets import SheetScreen
from agentchat.views.ballots import XRay
from agentchat.views.room import Card


class XRayScreen(SheetScreen[None]):
    """One vote at a time; the arrows go to the votes before and after it."""

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

    def draw(self) -> None:
        """Show the vote one is at."""
        vote = self.votes[self.at]
        number = f" · vote {self.at + 1} of {len(self.votes)}" if len(self.votes) > 1 else ""
        turn = [("←→", "other votes")] if len(self.votes) > 1 else []
        self.lay(
            (vote.result.question or "The vote") + number,
            vote.result,
            vote.sections,
            [*turn, ("esc", "back to the room")],
            last=[Card(-100, "How it was counted", lines=vote.trace)] if vote.trace else [],
        )

    def action_turn(self, by: int) -> None:
        """Another vote."""
        self.at = max(0, min(self.at + by, len(self.votes) - 1))
        self.draw()
