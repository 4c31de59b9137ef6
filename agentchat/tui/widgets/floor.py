"""Beside the transcript: who has the floor, and what the room has found so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from typing_extensions import override

from agentchat.tui.widgets.ink import Ink, ink_of
from agentchat.tui.widgets.wrap import Row, cut, flow
from agentchat.views.room import Seat, Section

_WORDS = {"last": "spoke last", "next": "next"}
MEASURE = 48
"""The widest a row runs, in cells."""
NAME = 14
"""The widest a name gets, in cells."""


class Floor(ScrollView, can_focus=False):
    """The side panel. Under 100 columns it hides; the class `-shown` brings it over the transcript."""

    SCOPED_CSS: ClassVar[bool] = False
    DEFAULT_CSS = """
    Floor {
        display: none;
        width: 34;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        background: $background;
    }
    .-wide Floor, .-broad Floor {
        display: block;
    }
    .-broad Floor {
        width: 1fr;
        min-width: 34;
    }
    Floor.-shown {
        display: block;
    }
    .-small Floor.-shown, .-medium Floor.-shown {
        overlay: screen;
        position: absolute;
        constrain: inside inside;
        height: 100%;
        max-width: 100%;
    }
    .-wide Floor.-hidden, .-broad Floor.-hidden {
        display: none;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._seats: tuple[Seat, ...] = ()
        self._sections: tuple[Section, ...] = ()
        self._lines: list[Row] = []

    def show(self, seats: Sequence[Seat], sections: Sequence[Section] = ()) -> None:
        """Show who is there and what was found."""
        if (tuple(seats), tuple(sections)) != (self._seats, self._sections):
            self._seats, self._sections = tuple(seats), tuple(sections)
            self._draw()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._draw()

    @override
    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self._lines:
            self._draw()

    @override
    def render_line(self, y: int) -> Strip:
        ink, at = ink_of(self), self.scroll_offset.y + y
        row = self._lines[at] if at < len(self._lines) else []
        strip = Strip([Segment(f"{ink.glyphs.quote} ", ink.faint), *row])
        return strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _draw(self) -> None:
        width = min(self.size.width - 3, MEASURE)
        if width < 1:
            return
        ink = ink_of(self)
        lines = [[Segment("Floor", ink.quiet)], *self._rows_of_seats(width, ink)] if self._seats else []
        for section in self._sections:
            if section.rows:
                lines += [[], [Segment(cut(ink.line(section.title), width), ink.quiet)]]
                for row in section.rows:
                    lines += self._row(
                        ink.line(row.mark, 4), ink.line(row.text, 400), ink.line(row.note, 40), width, ink
                    )
        self._lines = lines
        size = Size(self.size.width, len(lines))
        if self.virtual_size != size:
            self.virtual_size = size
        self.refresh()

    def _rows_of_seats(self, width: int, ink: Ink) -> list[Row]:
        widest = min(max(cell_len(ink.line(seat.name, 60)) for seat in self._seats), NAME, max(width // 2, 1))
        lines: list[Row] = []
        for seat in self._seats:
            name = cut(ink.line(seat.name, 60), widest, ink.glyphs.ellipsis)
            away = seat.state in {"gone", "muted", "failed"}
            color = ink.quiet if away else ink.persona(seat.color)
            word = ink.line(seat.note, 80) or _WORDS.get(seat.state, seat.state)
            style = (
                ink.text if seat.state in {"speaking", "next"} else ink.error if seat.state == "failed" else ink.quiet
            )
            alive = f" {ink.glyphs.pulse[2]}" if seat.state in {"speaking", "thinking"} else ""
            left = width - widest - 2
            lines.append(
                [
                    Segment(name, color + Style(bold=not away)),
                    Segment(" " * (widest - cell_len(name) + 2)),
                    Segment(cut(word, max(left - len(alive), 0), ink.glyphs.ellipsis), style),
                    Segment(alive if left > len(alive) else "", color),
                ]
            )
        return lines

    def _row(self, mark: str, text: str, note: str, width: int, ink: Ink) -> list[Row]:
        mark = mark or ink.glyphs.dot
        tint = {"✓": ink.good, "+": ink.good, "✗": ink.error, "x": ink.error, "?": ink.warning}.get(mark, ink.quiet)
        indent = cell_len(mark) + 1
        rows = flow([Segment(text, ink.text), Segment(f"  {note}" if note else "", ink.quiet)], max(width - indent, 1))
        first = [Segment(f"{mark} ", tint), *rows[0]]
        return [first, *([Segment(" " * indent), *row] for row in rows[1:])]
