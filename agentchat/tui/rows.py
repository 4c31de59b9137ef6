"""A list of one-line rows in columns: sessions, modes, personas.

On the Line API: a row is drawn when it is seen, so a long list opens as fast as a short one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from agentchat.tui.widgets.ink import Ink, ink_of
from agentchat.tui.widgets.wrap import cut

MARK = 2
"""Cells before the first column, for the sign of the row the cursor is on."""
GAP = 2
"""Cells between columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """How wide a column is, and when it goes."""

    width: int = 0
    """In cells; 0 takes what the others leave."""
    quiet: bool = True
    right: bool = False
    least: int = 0
    """Cells the list must have for the column to be shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its key, a text for each column, and the colour of its first text, as a persona has it."""

    key: str
    cells: tuple[str, ...]
    color: str = ""
    chosen: bool = False
    """Marked as taken, beside the cursor."""
    aside: str = ""
    """Said quietly behind the first text, where there is room."""
    pieces: tuple[tuple[str, bool], ...] = ()
    """Of a row that stands under another: its words, and which of them are marked."""


class Rows(ScrollView, can_focus=True):
    """Rows with a cursor. Enter or a click on the cursor's row chooses it."""

    DEFAULT_CSS = "Rows { height: auto; background: transparent; scrollbar-size-vertical: 1; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Row above", show=False),
        Binding("down", "move(1)", "Row below", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "go(0)", "First row", show=False),
        Binding("end", "go(-1)", "Last row", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, rows: Rows, key: str) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> Rows:
            """The list it happened in."""
            return self.rows

    class Chosen(Moved):
        """A row was chosen."""

    class Left(Message):
        """The cursor was moved up from the first row, or down from the last."""

        def __init__(self, rows: Rows, step: int) -> None:
            super().__init__()
            self.rows = rows
            self.step = step

        @property
        def control(self) -> Rows:
            """The list it happened in."""
            return self.rows

    def __init__(self, columns: Sequence[Column], *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.columns = tuple(columns)
        self.lines: tuple[Line, ...] = ()
        self.cursor = 0

    @property
    def key(self) -> str:
        """The key of the row the cursor is on; empty in an empty list."""
        return self.lines[self.cursor].key if self.lines else ""

    def show(self, lines: Sequence[Line]) -> None:
        """Show these rows; the cursor stays on its row, or where that was."""
        key = self.key
        self.lines = tuple(lines)
        keys = [line.key for line in self.lines]
        before = self.cursor
        self.cursor = keys.index(key) if key in keys else max(0, min(self.cursor, len(keys) - 1))
        self.virtual_size = Size(0, len(self.lines))
        self.refresh(layout=True)
        if self.cursor != before:
            self.call_after_refresh(self.scroll_to_region, Region(0, self.cursor, 1, 1), animate=False)

    def put(self, key: str) -> None:
        """Put the cursor on the row of that key, if there is one."""
        for at, line in enumerate(self.lines):
            if line.key == key:
                self._move(at)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One cell a row."""
        return max(len(self.lines), 1)

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        at = y + self.scroll_offset.y
        width = self.size.width
        if at >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        ink = ink_of(self)
        here = at == self.cursor and self.has_focus
        strip = Strip(self._segments(self.lines[at], ink, width, at == self.cursor))
        return strip.adjust_cell_length(width).apply_style(self.rich_style + (ink.yours if here else Style()))

    def _segments(self, line: Line, ink: Ink, width: int, here: bool) -> list[Segment]:
        sign = "▸" if ink.glyphs.unicode else ">"
        tick = "✓" if ink.glyphs.unicode else "+"
        mark = tick if line.chosen else sign if here and self.has_focus else " "
        segments = [Segment(mark.ljust(MARK), ink.accent)]
        shown = [
            (column, text) for column, text in zip(self.columns, line.cells, strict=False) if width >= column.least
        ]
        taken = sum(column.width + GAP for column, _ in shown if column.width) + MARK
        rest = max(width - taken - GAP * sum(not column.width for column, _ in shown), 0)
        for place, (column, text) in enumerate(shown):
            size = column.width or rest
            text = cut(ink.line(text), size, ink.glyphs.ellipsis)
            space = " " * (size - cell_len(text))
            aside = "  " + ink.line(line.aside) if line.aside and not place else ""
            style = ink.persona(line.color) if line.color and not place else ink.quiet if column.quiet else ink.text
            if not place and (here if self.has_focus else line.chosen):
                style += Style(bold=True)
            if aside and cell_len(aside) <= len(space):
                segments += [Segment(text, style), Segment(aside, ink.quiet)]
                text, space = "", " " * (len(space) - cell_len(aside))
            segments.append(Segment((space + text if column.right else text + space) + " " * GAP, style))
        return segments

    def _move(self, to: int) -> None:
        if not self.lines:
            return
        self.cursor = max(0, min(to, len(self.lines) - 1))
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False)
        self.refresh()
        self.post_message(self.Moved(self, self.key))

    def action_move(self, step: int) -> None:
        """Move the cursor; past an end, say so."""
        if 0 <= self.cursor + step < len(self.lines):
            self._move(self.cursor + step)
        else:
            self.post_message(self.Left(self, step))

    def action_page(self, step: int) -> None:
        """Move the cursor by what is seen at once."""
        self._move(self.cursor + step * max(self.size.height - 1, 1))

    def action_go(self, to: int) -> None:
        """Move the cursor to an end."""
        self._move(to % max(len(self.lines), 1))

    def action_choose(self) -> None:
        """Choose the cursor's row."""
        if self.lines:
            self.post_message(self.Chosen(self, self.key))

    def on_click(self, event: Click) -> None:
        """Move to the row, or choose it if the cursor was there."""
        at = event.y + self.scroll_offset.y
        if at >= len(self.lines):
            return
        if at == self.cursor and event.chain == 2:
            self.action_choose()
        else:
            self._move(at)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()
