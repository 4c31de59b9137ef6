"""A session in numbers and pictures: what it took, how it went on, who spoke how much, who came round to whom."""

from __future__ import annotations

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from agentchat.tui.sheets import PageScreen
from agentchat.tui.widgets.ink import Ink, ink_of
from agentchat.tui.widgets.wrap import cut
from agentchat.views.statistics import Share, Statistics, bar, facts, sparkline

MOST = 96
"""Cells of the page."""

LABEL, NAME, FIGURES = 26, 14, 30


class StatisticsScreen(PageScreen):
    """Shows the numbers of one session."""

    def __init__(self, title: str, numbers: Statistics) -> None:
        super().__init__(title)
        self.numbers = numbers

    def page(self, columns: int) -> Text:
        """The figures, then the pictures."""
        ink, width = ink_of(self), max(min(columns - 6, MOST), 12)
        return Text("\n").join((*_facts(self.numbers, ink, width), *_pictures(self.numbers, ink, width)))


def _facts(numbers: Statistics, ink: Ink, width: int) -> list[Text]:
    label = min(LABEL, width // 2)
    return [
        Text.assemble((_cell(name, label, ink), ink.quiet), (cut(ink.line(value), width - label, "…"), ink.text))
        for name, value in facts(numbers).items()
    ]


def _pictures(numbers: Statistics, ink: Ink, width: int) -> list[Text]:
    plain, rows = not ink.glyphs.unicode, list[Text]()
    if numbers.pulse:
        told = f"  {min(numbers.pulse):,} to {max(numbers.pulse):,} words"
        line = sparkline(numbers.pulse, max(width - len(told), 8), plain=plain)
        rows += [Text(""), Text("Turn by turn", ink.strong), Text.assemble((line, ink.accent), (told, ink.quiet))]
    if numbers.shares:
        rows += [Text(""), Text("Who spoke", ink.strong)]
        most = max(share.words for share in numbers.shares)
        rows += [_share(share, numbers.words, most, ink, width) for share in numbers.shares]
    if numbers.moves:
        rows += [Text(""), Text("Who moved", ink.strong), *(Text(ink.line(move), ink.text) for move in numbers.moves)]
    return rows


def _share(share: Share, words: int, most: int, ink: Ink, width: int) -> Text:
    part = share.words / max(words, 1)
    room = max(width - NAME - FIGURES, 4)
    drawn = bar(share.words / max(most, 1), room, plain=not ink.glyphs.unicode)
    turns = f"{share.turns} turn{'' if share.turns == 1 else 's'}"
    figures = f"  {share.words:>7,} words {part:>4.0%}  {turns}"
    return Text.assemble(
        (_cell(share.name, NAME, ink), ink.persona(share.color) + Style(bold=True)),
        (drawn + " " * (room - cell_len(drawn)), ink.persona(share.color)),
        (figures, ink.quiet),
    )


def _cell(text: str, width: int, ink: Ink) -> str:
    shown = cut(ink.line(text), max(width - 1, 1), ink.glyphs.ellipsis)
    return shown + " " * (width - cell_len(shown))
