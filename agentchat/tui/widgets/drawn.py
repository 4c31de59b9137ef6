"""Rows of styled text with a gutter before them.

The first two cells of every row, the gutter, are the room's: no text of an entry reaches them.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from typing_extensions import override

from agentchat.tui.widgets.ink import Ink
from agentchat.tui.widgets.wrap import Row, breaks, cut

GUTTER = 2
MEASURE = 88
"""The widest a text runs, in cells."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An entry's rows at one width, in parts that follow one another."""

    parts: tuple[Sequence[Row], ...]
    gutter: Segment
    width: int
    ground: Style | None = None
    """Lies under the whole measure."""
    once: bool = False
    """The gutter's sign stands at the first row only."""
    space: int = 1
    """Empty rows after it."""
    offer: int = -1
    """The row that offers the rest of a text too long to show at once."""

    @property
    def height(self) -> int:
        """Its rows, and the space after it."""
        return sum(map(len, self.parts)) + self.space

    @property
    def weight(self) -> int:
        """The rows it holds in memory."""
        return sum(1 if isinstance(part, Plain) else len(part) for part in self.parts)

    def row(self, line: int) -> Row:
        """The row at a line, gutter first; an empty one for the space after."""
        row = self._row(line)
        if row is None:
            return []
        gutter = Segment(" " * GUTTER) if self.once and line else self.gutter
        if self.ground is None:
            return [gutter, *row]
        used = sum(cell_len(segment.text) for segment in row)
        ground = self.ground
        padded = [gutter, *row, Segment(" " * (self.width - used))]
        return [Segment(text, ground + style if style else ground) for text, style, _ in padded]

    def text(self, line: int) -> str:
        """The row's text without its gutter, as it is selected and copied."""
        return "".join(segment.text for segment in self._row(line) or ()).rstrip()

    def _row(self, line: int) -> Row | None:
        for part in self.parts:
            if line < len(part):
                return part[line]
            line -= len(part)
        return None


def heading(name: list[Segment], left: list[Segment], right: list[Segment], width: int) -> Row:
    """Name, what it is, and at the right end the time, leaving out from the least telling as room gets short."""
    for parts in ((left, right), (left, right[-1:]), ([], right[-1:]), ([], [])):
        beside = [*name, *parts[0]]
        used = sum(cell_len(segment.text) for segment in (*beside, *parts[1]))
        if used <= width:
            return [*beside, Segment(" " * (width - used)), *parts[1]]
    return [Segment(cut("".join(segment.text for segment in name), width), name[-1].style)]


class Plain(Sequence[Row]):
    """The rows of a plain text: only where they break is kept, each is made when it is looked at."""

    def __init__(self, text: str, width: int, ink: Ink) -> None:
        self._text, self._style = text, ink.text
        self._bounds = array("L")
        begin = 0
        for line in text.split("\n"):
            for start, end in breaks(line, width):
                self._bounds.extend((begin + start, begin + end))
            begin += len(line) + 1

    @override
    def __len__(self) -> int:
        return len(self._bounds) // 2

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    @override
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        return [Segment(self._text[self._bounds[index * 2] : self._bounds[index * 2 + 1]], self._style)]
