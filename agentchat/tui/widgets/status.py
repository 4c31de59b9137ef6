"""Says in words what is happening now and what happens next; what keeps a room from going on is told whole."""

from __future__ import annotations

from typing import Literal

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.wrap import breaks, cut

MOST = 3
"""The part of the screen's height it takes at most: one in so many."""


class Status(Widget):
    """The status line. What is to be told whole takes as many rows as it needs; all else is cut, so nothing jumps."""

    DEFAULT_CSS = """
    Status {
        height: auto;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._text = ""
        self._tone: Literal["", "warning"] = ""
        self._whole = False

    def show(self, text: str, tone: Literal["", "warning"] = "", *, whole: bool = False) -> None:
        """Say this."""
        if (text, tone, whole) != (self._text, self._tone, self._whole):
            tall = self._whole or whole
            self._text, self._tone, self._whole = text, tone, whole
            self.refresh(layout=tall)

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return min(len(self._rows(width)), max(viewport.height // MOST, 1))

    @override
    def render_line(self, y: int) -> Strip:
        ink = ink_of(self)
        rows = self._rows(self.size.width)
        shown = rows[y] if y < len(rows) else ""
        if y == self.size.height - 1 and y < len(rows) - 1:
            shown = cut(" ".join(rows[y:]), self.size.width - 2, ink.glyphs.ellipsis)
        strip = Strip([Segment(" "), Segment(shown, ink.warning if self._tone else ink.quiet)])
        return strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _rows(self, width: int) -> list[str]:
        ink, width = ink_of(self), max(width - 2, 1)
        text = ink.line(self._text, 2000)
        if not self._whole:
            return [cut(text, width, ink.glyphs.ellipsis)]
        return [text[start:end] for start, end in breaks(text, width)]
