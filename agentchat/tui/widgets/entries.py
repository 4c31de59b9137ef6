"""One entry of the transcript, drawn. A person's own turn has a gutter sign and a ground of its own, which no persona's
text can draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from agentchat.tui.widgets.drawn import GUTTER, Drawn, Plain, heading
from agentchat.tui.widgets.ink import Ink
from agentchat.tui.widgets.markdown import MAX_CHARACTERS, MAX_LINES, heavy, markdown_rows
from agentchat.tui.widgets.outcomes import draw_draft, draw_result
from agentchat.tui.widgets.wrap import Row, cut, flow
from agentchat.views.printout import grid
from agentchat.views.room import Card, Draft, Entry, Line, Result, Said


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
        case Result():
            return draw_result(entry, width, ink)
        case Draft():
            return draw_draft(entry, width, ink)
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
        case Result():
            return 4 + len(entry.rows) + len(entry.lines)
        case Draft():
            text = sum(len(piece.text) for piece in entry.pieces)
            return 3 + sum(piece.text.count("\n") for piece in entry.pieces) + text // max(width - 4, 1)
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
        case Result():
            return "\n".join(map(ink.shown, (entry.title, entry.note, *grid(entry), *entry.lines))) + "\n"
        case Draft():
            return ink.shown("".join(piece.text for piece in entry.pieces if piece.change != "drop"))
        case _:
            assert_never(entry)


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
    offer = f"{ink.glyphs.ellipsis} {left:,} more characters {ink.glyphs.dot} ctrl+a shows all"
    return Plain(shown, width, ink), [[Segment(cut(offer, width), ink.accent)]]
