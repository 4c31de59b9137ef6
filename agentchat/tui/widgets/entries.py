"""One entry of the transcript as rows of styled text.

The first two cells of every row, the gutter, are the room's: no text of an entry reaches them. A person's own turn has
a gutter sign and a ground of its own, which no persona's text can draw.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never, overload

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from typing_extensions import override

from agentchat.tui.widgets.ink import Ink
from agentchat.tui.widgets.markdown import MAX_CHARACTERS, MAX_LINES, heavy, markdown_rows
from agentchat.tui.widgets.wrap import Row, breaks, cut, flow
from agentchat.views.room import Card, Entry, Line, Said

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


def draw(entry: Entry, width: int, ink: Ink, *, whole: bool = False) -> Drawn:
    """`entry` for a text column of `width` cells. `whole` shows even the longest text to its end."""
    width = max(width, 1)
    match entry:
        case Said():
            return _said(entry, width, ink, whole=whole)
        case Card():
            return _card(entry, width, ink, whole=whole)
        case Line():
            return _line(entry, width, ink)
        case _:
            assert_never(entry)


def guess(entry: Entry, width: int) -> int:
    """About how high `entry` will be, without drawing it."""
    match entry:
        case Said():
            text = min(len(entry.text), MAX_CHARACTERS)
            return 2 + entry.text.count("\n") + text // max(width - 4, 1) + (entry.text != "") + (entry.note != "")
        case Card():
            text = min(len(entry.text), MAX_CHARACTERS)
            return 3 + entry.text.count("\n") + text // max(width - 4, 1) + len(entry.lines)
        case Line():
            return (1 if entry.tone == "quiet" else 2) + len(entry.text) // width
        case _:
            assert_never(entry)


def source(entry: Entry, ink: Ink) -> str:
    """The whole entry as it is copied: who, and the text as it was written."""
    match entry:
        case Said():
            return "\n".join(filter(None, (ink.line(entry.name), ink.shown(entry.text), ink.shown(entry.note)))) + "\n"
        case Card():
            lines = (ink.shown(line) for line in entry.lines)
            return "\n".join(filter(None, (ink.line(entry.title), ink.shown(entry.text), *lines))) + "\n"
        case Line():
            return ink.shown(entry.text)
        case _:
            assert_never(entry)


def heading(name: list[Segment], left: list[Segment], right: list[Segment], width: int) -> Row:
    """Name, what it is, and at the right end the time, leaving out from the least telling as room gets short."""
    for parts in ((left, right), (left, right[-1:]), ([], right[-1:]), ([], [])):
        beside = [*name, *parts[0]]
        used = sum(cell_len(segment.text) for segment in (*beside, *parts[1]))
        if used <= width:
            return [*beside, Segment(" " * (width - used)), *parts[1]]
    return [Segment(cut("".join(segment.text for segment in name), width), name[-1].style)]


def _said(said: Said, width: int, ink: Ink, *, whole: bool) -> Drawn:
    color = ink.text if said.human else ink.persona(said.color)
    avatar = ink.line(said.avatar, 4) if ink.glyphs.unicode else ""
    name = [Segment(f"{avatar} ")] if avatar else []
    name.append(Segment(ink.line(said.name, 60), color + Style(bold=True)))
    left = [Segment(f"  {ink.line(part, 60)}", ink.quiet) for part in (said.title, said.to) if part]
    right = [Segment(f"  {ink.line(part, 20)}", ink.quiet) for part in (said.badge, said.when) if part]
    body, offer = _body(said.text, width, ink, markdown=said.markdown, whole=whole)
    return Drawn(
        parts=([heading(name, left, right, width)], body, offer, _note(said.note, width, ink)),
        gutter=Segment(f"{ink.glyphs.yours if said.human else ink.glyphs.bar} ", color),
        width=width,
        ground=ink.yours if said.human else None,
        offer=1 + len(body) if offer else -1,
    )


def _card(card: Card, width: int, ink: Ink, *, whole: bool) -> Drawn:
    name = [Segment(ink.line(card.title), ink.strong)]
    left = [Segment(f"  {ink.line(card.name, 60)}", ink.persona(card.color))] if card.name else []
    right = [Segment(f"  {ink.line(card.when, 20)}", ink.quiet)] if card.when else []
    body, offer = _body(card.text, width, ink, markdown=True, whole=whole)
    gap: list[Row] = [[]] if body and card.lines else []
    lines = [row for line in card.lines for row in flow([Segment(ink.shown(line), ink.text)], width)]
    return Drawn(
        parts=([heading(name, left, right, width)], body, offer, gap, lines, _note(card.note, width, ink)),
        gutter=Segment(f"{ink.glyphs.card} ", ink.text),
        width=width,
        offer=1 + len(body) if offer else -1,
    )


def _note(note: str, width: int, ink: Ink) -> list[Row]:
    return flow([Segment(ink.shown(note), ink.quiet + Style(italic=True))], width) if note else []


def _line(line: Line, width: int, ink: Ink) -> Drawn:
    def rows(style: Style) -> tuple[list[Row]]:
        return (flow([Segment(ink.shown(line.text), style)], width),)

    sign = ink.glyphs
    match line.tone:
        case "round":
            text = cut(ink.line(line.text), max(width - 4, 1))
            rest = Segment(sign.rule * max(width - cell_len(text) - 2, 0), ink.faint)
            return Drawn(([[Segment(f" {text} ", ink.quiet), rest]],), Segment(sign.rule * GUTTER, ink.faint), width)
        case "quiet":
            return Drawn(rows(ink.quiet), Segment(" " * GUTTER), width, space=0)
        case "record":
            return Drawn(rows(ink.text), Segment(f"{sign.record} ", ink.good), width, once=True)
        case "stop":
            return Drawn(rows(ink.text), Segment(f"{sign.stop} ", ink.quiet), width, once=True)
        case "warning":
            return Drawn(rows(ink.warning), Segment("! ", ink.warning), width, once=True)
        case _:
            assert_never(line.tone)


def _body(text: str, width: int, ink: Ink, *, markdown: bool, whole: bool) -> tuple[Sequence[Row], Sequence[Row]]:
    """The rows of a text, and the row that offers its rest if it is too long to show at once."""
    text = ink.shown(text).rstrip()
    if not text:
        return (), ()
    if not heavy(text):
        return (markdown_rows(text, width, ink) if markdown else Plain(text, width, ink)), ()
    shown = text if whole else "\n".join(text[:MAX_CHARACTERS].split("\n", MAX_LINES)[:MAX_LINES])
    left = len(text) - len(shown)
    if not left:
        return Plain(text, width, ink), ()
    offer = f"{ink.glyphs.ellipsis} {left:,} more characters {ink.glyphs.dot} a shows all"
    return Plain(shown, width, ink), [[Segment(cut(offer, width), ink.accent)]]


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
