"""Two sessions side by side, or the one under the other where the screen is narrow."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from agentchat.tui.theme import BREAKPOINTS
from agentchat.tui.widgets.beside import Look, beside, legend
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys
from agentchat.views.comparison import Comparison
from agentchat.views.sidebyside import heads, parting, sections

MOST = 176
"""Cells of the page: two columns of a measure one can read."""


class CompareScreen(Screen[None]):
    """Shows what was different, and what came of it."""

    CSS_PATH = "compare.tcss"
    AUTO_FOCUS = "VerticalScroll"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "Back", show=False),
        Binding("question_mark,f1", "app.help", "Keys and commands", show=False),
    ]

    def __init__(self, found: Comparison) -> None:
        super().__init__()
        self.found = found
        self.heads, self.sections = heads(found), sections(found)

    def compose(self) -> ComposeResult:
        """What it was about, where they part, the two, the keys."""
        ink = ink_of(self)
        yield Static(ink.line(self.found.a.topic), id="question", markup=False)
        yield Static(ink.line(parting(self.found)), id="parting", markup=False)
        with VerticalScroll():
            yield Static("", id="page", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Say which keys there are."""
        self.query_one(Keys).show([("↑↓", "scroll"), ("esc", "back")])

    def on_resize(self, event: Resize) -> None:
        """Lay out both in the width there is."""
        self.draw(event.size.width)

    def draw(self, columns: int) -> None:
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
        inside = max(width - 5, 1)
        parts = (legend(self.heads, look, width), beside(self.heads, self.sections, width, look), Text(""))
        page = self.query_one("#page", Static)
        page.styles.width = inside
        page.update(Group(*parts))
