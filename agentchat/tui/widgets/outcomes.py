"""What a room came to, drawn: a counted vote with every ballot as a row of heat, a draft with what changed in it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from agentchat.tui.widgets.drawn import Drawn
from agentchat.tui.widgets.ink import Ink
from agentchat.tui.widgets.wrap import Row, cut, flow
from agentchat.views.phrases import apart
from agentchat.views.room import BallotRow, Draft, Result

NARROW, WIDE = 7, 18
"""Cells of a ballot's column, at least and at most."""
NAMES = 16
"""Cells of the longest name beside the ballots."""


def draw_result(result: Result, width: int, ink: Ink) -> Drawn:
    """Title, figures, ballots, and what makes one doubt it."""
    title: Row = [Segment(ink.line(result.title), ink.strong if result.decided else ink.warning + Style(bold=True))]
    parts: tuple[Sequence[Row], ...] = (
        flow(title, width),
        flow([Segment(ink.shown(result.note), ink.quiet)], width) if result.note else [],
        heat(result, width, ink),
        [row for line in result.lines for row in flow([Segment(ink.shown(line), ink.text)], width)],
    )
    return Drawn(parts, Segment(f"{ink.glyphs.record} ", ink.good if result.decided else ink.warning), width, once=True)


def heat(result: Result, width: int, ink: Ink) -> list[Row]:
    """The ballots, a row for each voter and a column for each option; as many columns as there is room for."""
    if not result.rows or not result.columns:
        return []
    first = min(max(cell_len(ink.line(row.name)) for row in result.rows), NAMES, max(width // 4, 4))
    fitting = max((width - first - 2) // (NARROW + 1), 1)
    columns = result.columns[:fitting]
    most = max((width - first - 2) // len(columns) - 1, NARROW)
    columns = apart(columns, min(most, WIDE))
    widths = [min(max(cell_len(ink.line(name)), NARROW), most, WIDE) for name in columns]
    head = "".join(f" {_centered(ink.line(name), wide, ink)}" for name, wide in zip(columns, widths, strict=True))
    rows: list[Row] = [[], [Segment(" " * first + " " + head, ink.quiet)]]
    rows += [_ballot(row, first, widths, width, ink) for row in result.rows]
    if left := len(result.columns) - len(columns):
        rows.append([Segment(f"{ink.glyphs.ellipsis} and {left} more options", ink.quiet)])
    return [*rows, []]


def _ballot(row: BallotRow, first: int, widths: Sequence[int], width: int, ink: Ink) -> Row:
    name = cut(ink.line(row.name), first, ink.glyphs.ellipsis)
    segments = [Segment(name + " " * (first - cell_len(name) + 1), ink.persona(row.color) if row.color else ink.text)]
    for cell, wide in zip(row.cells, widths, strict=False):
        style = ink.quiet if cell.heat is None else ink.heat(cell.heat)
        segments += [Segment(" "), Segment(_centered(ink.line(cell.text, 12), wide, ink), style)]
    used = sum(cell_len(segment.text) for segment in segments)
    if row.note and width - used > NARROW:
        segments.append(Segment("  " + cut(ink.line(row.note), width - used - 2, ink.glyphs.ellipsis), ink.quiet))
    return segments


def _centered(text: str, width: int, ink: Ink) -> str:
    text = cut(text, width, ink.glyphs.ellipsis)
    left = (width - cell_len(text)) // 2
    return " " * left + text + " " * (width - cell_len(text) - left)


def draw_draft(draft: Draft, width: int, ink: Ink) -> Drawn:
    """A version of a text; words that came are marked, words that went are struck through."""
    styles = {"keep": ink.text, "add": ink.good + Style(bold=True), "drop": ink.quiet + Style(strike=True)}
    title = [Segment(ink.line(draft.title), ink.strong)]
    title += [Segment(f"  {ink.line(draft.name, 60)}", ink.persona(draft.color))] if draft.name else []
    title += [Segment(f"  {ink.line(part, 40)}", ink.quiet) for part in (draft.badge, draft.when) if part]
    pieces = [Segment(ink.shown(piece.text), styles[piece.change]) for piece in draft.pieces]
    note = flow([Segment(ink.shown(draft.note), ink.quiet)], width) if draft.note else []
    parts: tuple[Sequence[Row], ...] = (
        flow(title, width),
        note,
        [[]] if pieces else [],
        flow(pieces, width) if pieces else [],
    )
    return Drawn(parts, Segment(f"{ink.glyphs.card} ", ink.text), width)
