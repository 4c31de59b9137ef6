"""Two columns of words, or the one under the other where there is no room for two: for the screen and for paper.

Drawn with Rich alone, so that the command line prints the same without the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from agentchat.views.clean import clean
from agentchat.views.sidebyside import Row, Section, Side

BESIDE = 100
"""Cells from which the two stand side by side."""

LABEL = 14
"""Cells of the column before them."""

NONE = Style()


@dataclass(frozen=True)
class Look:
    """How it is drawn: what a column is too narrow for is wrapped."""

    strong: Style = field(default_factory=lambda: Style(bold=True))
    quiet: Style = field(default_factory=lambda: Style(dim=True))
    added: Style = field(default_factory=lambda: Style(color="green", underline=True))
    dropped: Style = field(default_factory=lambda: Style(color="red", strike=True))
    persona: Callable[[str], Style] = field(default=lambda _: NONE)
    shown: Callable[[str], str] = clean


def beside(heads: tuple[str, str], sections: Sequence[Section], width: int, look: Look) -> RenderableType:
    """Both, section by section."""
    wide = width >= BESIDE
    parts: list[RenderableType] = []
    if wide:
        table = _table(width)
        table.add_row(Text(""), *(Text(look.shown(head), look.strong) for head in heads))
        parts.append(table)
    for section in sections:
        parts += [Text(""), Text(look.shown(section.title), look.strong)]
        parts.append(_columns(section, width, look) if wide else _stacked(section, look))
    return Group(*parts)


def _table(width: int) -> Table:
    table = Table.grid(padding=(0, 3, 0, 0), expand=True)
    table.add_column(width=LABEL)
    for _ in range(2):
        table.add_column(ratio=1, max_width=max((width - LABEL) // 2 - 3, 1))
    return table


def _columns(section: Section, width: int, look: Look) -> Table:
    table = _table(width)
    for row in section.rows:
        table.add_row(_label(row, look), *(_text(side, row, look) for side in (row.a, row.b)))
    return table


def _stacked(section: Section, look: Look) -> Table:
    """Each row's label, then the two under it; once where they are the same."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=LABEL)
    table.add_column(width=1)
    table.add_column(ratio=1)
    for row in section.rows:
        if row.same:
            table.add_row(_label(row, look), Text("=", look.quiet), _text(row.a, row, look))
        else:
            table.add_row(_label(row, look), Text("A", look.quiet), _text(row.a, row, look))
            table.add_row(Text(""), Text("B", look.quiet), _text(row.b, row, look))
    return table


def _label(row: Row, look: Look) -> Text:
    return Text(look.shown(row.label), look.persona(row.color) if row.color else look.quiet)


def _text(side: Side, row: Row, look: Look) -> Text:
    """What is the same in both is quiet."""
    styles = {"keep": look.quiet if row.same else NONE, "add": look.added, "drop": look.dropped}
    return Text.assemble(*((look.shown(piece.text), styles[piece.change]) for piece in side))


def legend(heads: tuple[str, str], look: Look, width: int) -> RenderableType:
    """Which is A and which is B, where they do not stand side by side."""
    if width >= BESIDE:
        return Text("")
    return Group(*(Text(look.shown(f"{sign}  {head}"), look.strong) for sign, head in zip("AB", heads, strict=True)))
