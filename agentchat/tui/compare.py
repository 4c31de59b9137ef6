"""Two sessions side by side, or the one under the other where the screen is narrow."""

from __future__ import annotations

from rich.console import Group
from rich.style import Style
from rich.text import Text

from agentchat.tui.sheets import PageScreen
from agentchat.tui.widgets.beside import Look, beside, legend
from agentchat.tui.widgets.ink import ink_of
from agentchat.views.comparison import Comparison
from agentchat.views.sidebyside import heads, parting, sections

MOST = 176
"""Cells of the page: two columns of a measure one can read."""


class CompareScreen(PageScreen):
    """Shows what was different, and what came of it."""

    def __init__(self, found: Comparison) -> None:
        super().__init__(found.a.topic, parting(found))
        self.both, self.sections = heads(found), sections(found)

    def page(self, columns: int) -> Group:
        """Side by side, or the one under the other."""
        ink = ink_of(self)
        look = Look(
            strong=ink.strong,
            quiet=ink.quiet,
            added=ink.good + Style(underline=True),
            dropped=ink.error + Style(strike=True),
            persona=ink.persona,
            shown=ink.shown,
        )
        width = min(columns, MOST)
        self.query_one("#page").styles.width = max(width - 5, 1)
        return Group(legend(self.both, look, width), beside(self.both, self.sections, width, look), Text(""))
