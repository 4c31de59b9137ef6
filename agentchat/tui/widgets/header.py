"""The head of a room: its topic, where it stands, what it has cost; and under it the timeline and the model."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from agentchat.tui.widgets.ink import Ink, ink_of
from agentchat.tui.widgets.wrap import Row, cut
from agentchat.views.room import Mark, RoomView

NARROW, LOW, HIGH = 60, 16, 30
"""Fewer columns, or fewer rows on the screen, fold it to one line; from the last on there is room for an empty one."""


class Header(Widget):
    """Two lines, one on a small screen, a third and empty one on a tall screen."""

    DEFAULT_CSS = """
    Header {
        height: auto;
    }
    """

    def __init__(self, *, timeline: bool = True, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        """`timeline`: whether it has one; a replay's is elsewhere."""
        super().__init__(id=id, classes=classes)
        self._timeline = timeline
        self._view = RoomView("")

    def show(self, view: RoomView) -> None:
        """Show this room's head."""
        if view != self._view:
            self._view = view
            self.refresh()

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        if width < NARROW or viewport.height < LOW:
            return 1
        return 2 if viewport.height < HIGH else 3

    @override
    def render_line(self, y: int) -> Strip:
        ink, width = ink_of(self), max(self.size.width, 1)
        row = self._title(width, ink) if y == 0 else self._second(width, ink) if y == 1 else []
        return Strip([Segment(" "), *row]).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _title(self, width: int, ink: Ink) -> Row:
        view, dot = self._view, f" {ink.glyphs.dot} "
        facts = [ink.line(part, 60) for part in (view.subtitle, *view.counts) if part]
        title = ink.line(view.title)
        warning = ink.line(view.warning, 60)
        room = width - 2
        least = min(cell_len(title), room // 2)
        while facts and least + cell_len(dot.join(facts)) + 3 > room:
            facts.pop()
        right = dot.join(facts)
        shown = cut(title, max(room - (cell_len(right) + 3 if right else 0), 1), ink.glyphs.ellipsis)
        space = room - cell_len(shown) - cell_len(right)
        if warning and cell_len(warning) + 5 <= space:
            return [
                Segment(shown, ink.strong),
                Segment(f"   {warning}", ink.warning),
                Segment(" " * (space - cell_len(warning) - 3)),
                Segment(right, ink.quiet),
            ]
        return [Segment(shown, ink.strong), Segment(" " * max(space, 0)), Segment(right, ink.quiet)]

    def _second(self, width: int, ink: Ink) -> Row:
        most = width // 2 if self._timeline else width - 2
        model = cut(ink.line(self._view.model, 120), max(most, 1), ink.glyphs.ellipsis)
        if not self._timeline:
            return [Segment(model, ink.quiet)]
        left = max(width - 2 - (cell_len(model) + 3 if model else 0), 0)
        return [*timeline(self._view.marks, left, ink), Segment(f"   {model}", ink.quiet)]


def timeline(marks: Sequence[Mark], width: int, ink: Ink) -> Row:
    """What has happened so far, from the left, in `width` cells: a sign for every turn, closer as they get many."""
    step = 3 if len(marks) * 3 <= width else width / max(len(marks), 1)
    strongest = {"turn": 0, "human": 1, "record": 2, "head": 3}
    signs = {"turn": ink.glyphs.turn, "human": ink.glyphs.human, "record": ink.glyphs.record, "head": ink.glyphs.head}
    cells: dict[int, Mark] = {}
    for index, mark in enumerate(marks):
        at = min(int((index + 0.7) * step), width - 1)
        if at not in cells or strongest[mark.kind] >= strongest[cells[at].kind]:
            cells[at] = mark
    row: Row = []
    at = 0
    for place, mark in sorted(cells.items()):
        style = ink.persona(mark.color) if mark.kind == "turn" else ink.text
        row += [Segment(ink.glyphs.rule * (place - at), ink.faint), Segment(signs[mark.kind], style)]
        at = place + 1
    return [*row, Segment(ink.glyphs.rule * (width - at), ink.faint)]
