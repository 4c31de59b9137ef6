"""A question that waits for the person, answered where they are: by an option, or in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from agentchat.tui.rows import Column, Line, Rows
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys


class AnswerScreen(ModalScreen["str | None"]):
    """Ends with the answer; with none where the question is to wait on."""

    CSS_PATH = "answer.tcss"
    AUTO_FOCUS = "Rows, Input"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Not yet", show=False)]

    def __init__(self, question: str, more: str, options: Sequence[str]) -> None:
        """`more` says who asks, where, and until when."""
        super().__init__()
        self.question, self.more, self.options = question, more, tuple(options)

    def compose(self) -> ComposeResult:
        """The question, and what may be answered."""
        ink = ink_of(self)
        with Vertical():
            yield Static(ink.shown(self.question), classes="question", markup=False)
            yield Static(ink.shown(self.more), classes="more", markup=False)
            if self.options:
                yield Rows((Column(quiet=False),))
            else:
                yield Input(placeholder="your answer", compact=True)
            yield Keys()

    def on_mount(self) -> None:
        """Show the options."""
        for rows in self.query(Rows):
            rows.show([Line(one, (one,)) for one in self.options])
        self.query_one(Keys).show([("enter", "answer"), ("esc", "not yet")])

    @on(Rows.Chosen)
    def choose(self, event: Rows.Chosen) -> None:
        """One of the options."""
        self.dismiss(event.key)

    @on(Input.Submitted)
    def say(self, event: Input.Submitted) -> None:
        """In words."""
        if event.value.strip():
            self.dismiss(event.value.strip())
