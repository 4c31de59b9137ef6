"""A stage for widgets, and what its screen says."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widget import Widget

from agentchat.tui.theme import BREAKPOINTS, THEMES


class Stage(App[None]):
    """Shows widgets under one another, in a theme of ours, and keeps the messages they post."""

    CSS = "Screen { background: $background; color: $foreground; }"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS

    def __init__(self, *widgets: Widget, theme: str = "agentchat-dark") -> None:
        super().__init__()
        self.widgets = widgets
        for one in THEMES:
            self.register_theme(one)
        self.theme = theme

    def compose(self) -> ComposeResult:
        yield from self.widgets

    def rows(self) -> list[str]:
        """The screen's text, row by row."""
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def dump(self) -> str:
        """The screen's text without the spaces at the ends of its rows."""
        return "\n".join(row.rstrip() for row in self.rows()).rstrip("\n")

    def style_of(self, text: str) -> str:
        """The style of the first run that holds `text`."""
        for strip in self.screen._compositor.render_strips():
            for segment in strip:
                if text in segment.text:
                    return str(segment.style)
        return ""
