"""A text that may be longer than its place: there it scrolls, and Tab leads to it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from agentchat.tui.widgets.ink import ink_of


class Reading(VerticalScroll):
    """Text from outside, in as many rows as it needs and its place has."""

    DEFAULT_CSS = """
    Reading { height: auto; scrollbar-size-vertical: 1; }
    Reading:focus { background: $surface; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._text = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """The text."""
        yield self._text

    def update(self, text: str) -> None:
        """Show this one."""
        self._text.update(ink_of(self).shown(text))

    def allow_focus(self) -> bool:
        """What is seen whole is not on the way of whoever goes from field to field."""
        return self.max_scroll_y > 0
