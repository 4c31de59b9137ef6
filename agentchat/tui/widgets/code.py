"""Code in a few quiet colours. The highlighter is imported when the first named language is met."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from typing_extensions import override

from agentchat.tui.widgets.ink import Ink

if TYPE_CHECKING:
    from rich.syntax import SyntaxTheme

MAX_CHARACTERS = 10_000
"""Longer code stays in one colour: its lexers are slow, and some are slow on purpose-made text."""


def highlighted(code: str, language: str, ink: Ink) -> list[Segment]:
    """Cleaned `code` as styled runs; an unknown language is plain text."""
    if not language or len(code) > MAX_CHARACTERS:
        return [Segment(code, ink.text)]
    from rich.syntax import Syntax

    text = Syntax("", language, theme=_theme(ink)).highlight(code)
    runs: list[Segment] = []
    at = 0
    for start, end, style in sorted(text.spans):
        if start > at:
            runs.append(Segment(code[at:start], ink.text))
        if start >= at:
            runs.append(Segment(code[start:end], style if isinstance(style, Style) else ink.text))
            at = end
    return [*runs, Segment(code[at:], ink.text)]


@lru_cache(4)
def _theme(ink: Ink) -> SyntaxTheme:
    from rich.syntax import SyntaxTheme, TokenType

    styles: dict[TokenType, Style] = {
        ("Comment",): ink.quiet,
        ("Keyword",): ink.accent,
        ("Literal",): ink.good,
        ("Name", "Tag"): ink.accent,
        ("Name", "Function"): ink.strong,
        ("Name", "Class"): ink.strong,
    }

    class Quiet(SyntaxTheme):
        @override
        def get_style_for_token(self, token_type: TokenType) -> Style:
            parts = tuple(map(str, token_type))
            return next((styles[parts[:n]] for n in range(len(parts), 0, -1) if parts[:n] in styles), ink.text)

        @override
        def get_background_style(self) -> Style:
            return Style.null()

    return Quiet()
