"""The course of a replay: where it is, what lies before and behind it, and how fast it goes. A click goes there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from agentchat.pacing import MarkKind, Stop
from agentchat.tui.widgets.ink import Ink, ink_of
from agentchat.tui.widgets.wrap import Row, cut

LEAST = 16
"""Cells the timeline keeps, whatever else there is to say."""

WEIGHT: Mapping[MarkKind, int] = {
    "round": 0,
    "turn": 1,
    "mode": 1,
    "record": 2,
    "human": 3,
    "question": 4,
    "vote": 5,
    "end": 6,
}
"""Of two that share a cell, the heavier one is seen."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A replay at one moment. Times are in milliseconds."""

    ms: int = 0
    length: int = 0
    speed: str = "1×"
    playing: bool = False
    stops: Sequence[Stop] = ()
    colors: Mapping[str, str] = field(default_factory=dict)
    """Of the speakers, by id."""
    facts: tuple[str, ...] = ()
    """What else is said of it, the most telling first."""


class Course(Widget):
    """One line."""

    DEFAULT_CSS = """
    Course {
        height: 1;
        margin: 1 0 0 0;
    }
    """

    class Sought(Message):
        """A time was clicked."""

        def __init__(self, ms: int) -> None:
            super().__init__()
            self.ms = ms

    def __init__(self) -> None:
        super().__init__()
        self._progress = Progress()

    def show(self, progress: Progress) -> None:
        """Show this moment."""
        if progress != self._progress:
            self._progress = progress
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Go to the time under the mouse."""
        before, width, _ = self._parts(ink_of(self))
        if 0 <= (cell := event.x - before) < width:
            self.post_message(self.Sought(round(self._progress.length * cell / max(width - 1, 1))))

    @override
    def render_line(self, y: int) -> Strip:
        ink = ink_of(self)
        _, width, facts = self._parts(ink)
        row = [Segment(self._head(ink), ink.accent), *self._line(width, ink), Segment(facts, ink.quiet)]
        return Strip(row).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _head(self, ink: Ink) -> str:
        sign = ink.glyphs.play if self._progress.playing else ink.glyphs.pause
        return f" {sign} {ink.line(self._progress.speed, 8):>3}  "

    def _parts(self, ink: Ink) -> tuple[int, int, str]:
        """Where the timeline begins, how many cells it has, and what is told behind it."""
        head, facts = cell_len(self._head(ink)), list(self._progress.facts)
        dot = f" {ink.glyphs.dot} "
        while facts and self.size.width - head - cell_len(dot.join(facts)) - 4 < max(LEAST, self.size.width // 3):
            facts.pop()
        told = f"   {cut(ink.line(dot.join(facts)), self.size.width, ink.glyphs.ellipsis)} " if facts else " "
        return head, max(self.size.width - head - cell_len(told), 1), told

    def _line(self, width: int, ink: Ink) -> Row:
        here = self._cell(self._progress.ms, width)
        stops: dict[int, Stop] = {}
        for stop in self._progress.stops:
            # A round begins in front of its first turn.
            cell = max(self._cell(stop.ms, width) - (stop.kind == "round"), 0)
            if cell not in stops or WEIGHT.get(stop.kind, 0) >= WEIGHT.get(stops[cell].kind, 0):
                stops[cell] = stop
        return [self._sign(cell, stops.get(cell), here, ink) for cell in range(width)]

    def _sign(self, cell: int, stop: Stop | None, here: int, ink: Ink) -> Segment:
        signs = ink.glyphs
        if cell == here:
            return Segment(signs.head, ink.accent + Style(bold=True))
        if stop is None:
            return Segment(signs.rule, ink.quiet if cell < here else ink.faint)
        match stop.kind:
            case "turn":
                return Segment(signs.turn, ink.persona(self._progress.colors.get(stop.speaker, "")))
            case "human":
                return Segment(signs.human, ink.text)
            case "vote":
                return Segment(signs.record, ink.accent)
            case "question":
                return Segment("?", ink.warning)
            case "round":
                return Segment(signs.quote, ink.quiet)
            case "end":
                return Segment(signs.stop, ink.quiet)
            case _:
                return Segment(signs.dot, ink.text)

    def _cell(self, ms: int, width: int) -> int:
        return min(ms * (width - 1) // max(self._progress.length, 1), width - 1)
