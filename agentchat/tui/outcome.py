"""A line over the screen: how what was decided turned out."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from agentchat.tui.widgets.keys import Keys


class OutcomeScreen(ModalScreen["str | None"]):
    """Ends with the words, empty ones to take it back, or with None."""

    CSS_PATH = "outcome.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "As it was", show=False)]

    def compose(self) -> ComposeResult:
        """The question, the line, the keys."""
        with Vertical():
            yield Static("How did it turn out?", classes="question", markup=False)
            yield Input(placeholder="it saved 3 days   (empty takes it back)", compact=True)
            yield Keys()

    def on_mount(self) -> None:
        """What the keys do."""
        self.query_one(Keys).show([("enter", "note it"), ("esc", "leave it")])

    @on(Input.Submitted)
    def give(self, event: Input.Submitted) -> None:
        """That is it."""
        event.stop()
        self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Nothing is noted."""
        self.dismiss(None)
