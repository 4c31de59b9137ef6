"""Two shapes of a screen one reads: a page under its title, and entries with what was found beside or beneath them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, TypeVar

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from agentchat.tui.theme import BREAKPOINTS
from agentchat.tui.widgets.floor import Floor
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.keys import Keys
from agentchat.tui.widgets.transcript import Transcript
from agentchat.views.room import Card, Entry, Section

Result = TypeVar("Result")


class PageScreen(Screen[None]):
    """One page that scrolls under its title."""

    CSS_PATH = "sheets.tcss"
    AUTO_FOCUS = "VerticalScroll"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "Back", show=False),
        Binding("question_mark", "app.help", "Keys and commands", show=False),
    ]

    def __init__(self, *heads: str) -> None:
        """`heads`: the title, and the quiet line under it, if there is one."""
        super().__init__()
        self.heads = heads

    def compose(self) -> ComposeResult:
        """What it is about, the page, the keys."""
        for head, place in zip(self.heads, ("question", "about"), strict=False):
            yield Static(ink_of(self).line(head), id=place, markup=False)
        with VerticalScroll():
            yield Static("", id="page", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Say which keys there are."""
        self.query_one(Keys).show([("↑↓", "scroll"), ("esc", "back")])

    def on_resize(self, event: Resize) -> None:
        """Lay it out in the width there is."""
        self.query_one("#page", Static).update(self.page(event.size.width))

    @abstractmethod
    def page(self, columns: int) -> RenderableType:
        """The page, on a screen of so many cells."""


class SheetScreen(Screen[Result]):
    """Entries, and what was found about them: beside them where there is room, else beneath."""

    CSS_PATH = "sheets.tcss"
    AUTO_FOCUS = "Transcript"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS

    def compose(self) -> ComposeResult:
        """What it is about, the entries, what was found, the keys."""
        yield Static("", id="question", markup=False)
        with Horizontal():
            yield Transcript()
            yield Floor()
        yield Keys()

    def on_resize(self) -> None:
        """Lay it out in the width there is."""
        self.draw()

    @abstractmethod
    def draw(self) -> None:
        """Show the one that one is at."""

    def lay(
        self,
        head: str,
        entry: Entry,
        found: Sequence[Section],
        keys: Sequence[tuple[str, str]],
        *,
        last: Sequence[Entry] = (),
    ) -> None:
        """Show this, from its beginning; `last` comes beneath all."""
        beside = self.size.width >= BREAKPOINTS[2][0]
        cards = () if beside else (_card(-place, section) for place, section in enumerate(found, 1))
        self.query_one("#question", Static).update(ink_of(self).line(head))
        reading = self.query_one(Transcript)
        reading.show([entry, *cards, *last])
        self.call_after_refresh(reading.action_top)
        self.query_one(Floor).show((), found if beside else ())
        self.query_one(Keys).show(keys)


def _card(key: int, section: Section) -> Card:
    rows = (f"{row.mark} {row.text}" + (f"  ({row.note})" if row.note else "") for row in section.rows)
    return Card(key, section.title, lines=tuple(rows))
