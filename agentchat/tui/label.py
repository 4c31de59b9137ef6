"""A line below the sessions, in which a name or tags are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from agentchat.tui.widgets.ink import ink_of


class LabelLine(Horizontal):
    """Out of sight until something is asked; then enter gives it, and esc leaves all as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "As it was", show=False)]

    def __init__(self) -> None:
        super().__init__(id="labelling")
        self._then: Callable[[str], object] | None = None
        self._from: Widget | None = None

    def compose(self) -> ComposeResult:
        """What is asked, and the words."""
        yield Static("", id="which", markup=False)
        yield Input(id="label", compact=True, select_on_focus=False)

    def ask(self, what: str, now: str, hint: str, then: Callable[[str], object], came: Widget) -> None:
        """Ask for it; the focus goes back to where one came from."""
        self._then, self._from = then, came
        self.query_one("#which", Static).update(what)
        words = self.query_one(Input)
        words.placeholder = ink_of(self).line(hint)
        words.value = ink_of(self).line(now)
        words.cursor_position = len(words.value)
        self.screen.add_class("labelling")
        words.focus()

    @on(Input.Submitted, "#label")
    def give(self, event: Input.Submitted) -> None:
        """That is it."""
        event.stop()
        then = self._then
        self.action_leave()
        if then:
            then(event.value)

    def action_leave(self) -> None:
        """Leave all as it was."""
        self._then = None
        self.screen.remove_class("labelling")
        if self._from:
            self._from.focus()
