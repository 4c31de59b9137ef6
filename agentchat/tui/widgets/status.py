"""One line that says in words what is happening now and what happens next."""

from __future__ import annotations

from typing import Literal

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.wrap import cut


class Status(Widget):
    """The status line."""

    DEFAULT_CSS = """
    Status {
        height: 1;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._text = ""
        self._tone: Literal["", "warning"] = ""

    def show(self, text: str, tone: Literal["", "warning"] = "") -> None:
        """Say this."""
        if (text, tone) != (self._text, self._tone):
            self._text, self._tone = text, tone
            self.refresh()

    @override
    def render_line(self, y: int) -> Strip:
        ink = ink_of(self)
        text = cut(ink.line(self._text, 400), max(self.size.width - 2, 1), ink.glyphs.ellipsis)
        strip = Strip([Segment(" "), Segment(text, ink.warning if self._tone else ink.quiet)])
        return strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)
