"""What a search found, as rows: each session, and under it where it was said, the words that were sought marked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment

from agentchat.tui.parts import COLUMNS
from agentchat.tui.rows import GAP, MARK, Line
from agentchat.tui.widgets.ink import Ink
from agentchat.tui.widgets.wrap import cut
from agentchat.views.clean import clean, clean_line
from agentchat.views.sessions import age

if TYPE_CHECKING:
    from agentchat.home.library import Hit, Match, SessionRow

EACH = 3
"""Places shown of each session, where more than one session has some."""

NOTHING = (
    "Nothing found. All words must be there, the last may be a beginning. Fewer words find more; so does taking a "
    "filter out. Filters: persona: mode: kind: tag: after: before: is:decision is:mine is:archived."
)

Marked = tuple[tuple[str, bool], ...]
"""Text in pieces, and which of them were sought."""


def place(session: str, seq: int) -> str:
    """The key of the row of a hit."""
    return f"{session}:{seq}"


def places(key: str) -> tuple[str, int | None]:
    """The session of a row, and which event of it is meant, if one is."""
    session, _, seq = key.partition(":")
    return session, int(seq) if seq.isdecimal() else None


def lines(
    found: Sequence[Match], row: Callable[[SessionRow], Line], now: datetime, wide: Collection[str]
) -> Iterator[Line]:
    """A row for each session, a row for each hit in it; `wide` are those of which all are shown."""
    for one in found:
        yield row(one.row)
        most = len(one.hits) if len(found) == 1 or one.row.id in wide else EACH
        for hit in one.hits[:most]:
            yield Line(place(hit.session, hit.seq), (_who(hit), "", age(now - hit.at)), pieces=_pieces(hit))
        if (rest := len(one.hits) - most) > 0:
            yield Line(f"{one.row.id}:more", ("", "", ""), pieces=((f"{rest} more here · enter shows them", False),))


def drawn(line: Line, ink: Ink, width: int, *, here: bool) -> list[Segment]:
    """The row of a hit, under its session: who, the words around, when."""
    sign = "▸" if ink.glyphs.unicode else ">"
    who, _, when = line.cells
    aside = 16 if width >= 60 else 9
    age = COLUMNS[-1].width if width >= COLUMNS[-1].least and when else 0
    rest = max(width - 2 * MARK - aside - GAP - age - 2 * GAP, 1)
    name = cut(ink.line(who), aside, ink.glyphs.ellipsis)
    segments = [
        Segment((sign if here else " ").ljust(2 * MARK), ink.accent),
        Segment(name + " " * (aside - cell_len(name) + GAP), ink.quiet),
    ]
    shown = around(tuple((ink.glyphs.plain(text), on) for text, on in line.pieces), rest, ink.glyphs.ellipsis)
    bold = ink.strong + ink.accent
    segments += [Segment(text, bold if on else ink.text if when else ink.quiet) for text, on in shown]
    gap = rest - sum(cell_len(text) for text, _ in shown) + GAP
    return [*segments, Segment(" " * gap + when.rjust(age) + " " * GAP, ink.quiet)]


def around(pieces: Marked, width: int, ellipsis: str = "…") -> Marked:
    """The pieces in at most `width` cells, the first that was sought among them."""
    first = next((at for at, (_, sought) in enumerate(pieces) if sought), 0)
    before = "".join(text for text, _ in pieces[:first])
    rest = sum(cell_len(text) for text, _ in pieces[first:])
    lead = max(width - max(min(rest, width - width // 4), cell_len(pieces[first][0]) if pieces else 0), 0)
    if cell_len(before) > lead:
        before = ellipsis + _end(before, lead - len(ellipsis)) if lead > len(ellipsis) else ""
        pieces = ((before, False), *pieces[first:])
    shown: list[tuple[str, bool]] = []
    for text, sought in pieces:
        fits = cut(text, width, ellipsis)
        shown.append((fits, sought))
        width -= cell_len(fits)
        if fits != text or width <= 0:
            break
    return tuple((text, sought) for text, sought in shown if text)


def _end(text: str, width: int) -> str:
    """As many of its last words as fit."""
    while cell_len(text) > width:
        _, _, text = text.partition(" ")
    return text


def _who(hit: Hit) -> str:
    kind = hit.kind.replace("_", " ")
    name = clean_line(hit.name, 40)
    return name if hit.kind == "say" else ", ".join(filter(None, (name, kind)))


def _pieces(hit: Hit) -> Marked:
    return tuple((" ".join(clean(piece.text).replace("\n", " ").split(" ")), piece.hit) for piece in hit.pieces)
