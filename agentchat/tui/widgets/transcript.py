"""The transcript: every entry of a room on one scrolling page.

What is being read never moves by itself: the page follows its end only while the end is on the screen. It may hold a
part of a longer one: then it asks for more before the reader comes to the edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.selection import Selection
from textual.strip import Strip
from typing_extensions import override

from agentchat.tui.widgets.drawn import GUTTER, MEASURE, Drawn
from agentchat.tui.widgets.entries import source
from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.page import Page
from agentchat.tui.widgets.wrap import flow
from agentchat.views.room import Entry, Line

Where = Literal["above", "below", "start", "end"]

CLOSE = 20
"""Entries between the screen and an edge at which more is asked for."""

_ROW = 1 << 32
"""A place for the mouse is entry times this, plus row: it stays true while heights above it are worked out."""


class Transcript(ScrollView, can_focus=True):
    """Shows entries. `empty` says what to do while there are none."""

    DEFAULT_CSS = """
    Transcript {
        height: 1fr;
        padding-left: 1;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Line up", show=False),
        Binding("down", "move(1)", "Line down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "top", "To the start", show=False),
        Binding("end", "bottom", "To the end", show=False),
        Binding("ctrl+a", "show_all", "Show all of a long text", show=False),
    ]

    class Moved(Message):
        """Whether the end is followed, or how many turns have come below it since, has changed."""

        def __init__(self, following: bool, unseen: int) -> None:
            super().__init__()
            self.following = following
            self.unseen = unseen

    class Wanted(Message):
        """More is wanted: above or below what is held, or the page from its start or to its end."""

        def __init__(self, where: Where) -> None:
            super().__init__()
            self.where = where

    def __init__(self, empty: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.empty = empty
        self._page = Page()
        self._following = True
        self._unseen = 0
        self._standing = False
        self._above = self._below = self._asked = False

    # ── what is shown ──

    @property
    def entries(self) -> Sequence[Entry]:
        """What is shown, in order."""
        return self._page.entries

    @property
    def following(self) -> bool:
        """Whether the end is on the screen, so that what comes scrolls in."""
        return self._following

    @property
    def unseen(self) -> int:
        """How many turns have come below since the reader scrolled up."""
        return self._unseen

    def show(self, entries: Iterable[Entry], *, above: bool = False, below: bool = False) -> None:
        """Show exactly these. A reader who scrolled up stays at the entry they were reading, if it is still there.

        `above` and `below` say whether there is more there, to be asked for.
        """
        if below and self._following:
            self._follow(following=False)
        self._above, self._below, self._asked = above, below, False
        self._keeping_place(lambda: self._page.show(entries))

    def missed(self, turns: int) -> None:
        """So many have come below what is held."""
        self._follow(following=False, unseen=self._unseen + turns)
        self.refresh()

    def append(self, entry: Entry) -> None:
        """Show one more, at the end; one already there is replaced."""
        if self._page.place(entry.key) is not None:
            self.replace(entry)
            return
        self._page.append(entry)
        if not self._following and not isinstance(entry, Line):
            self._follow(following=False, unseen=self._unseen + 1)
        self._settle()

    def replace(self, entry: Entry) -> None:
        """Show `entry` in place of the one with its key."""
        self._keeping_place(lambda: self._page.replace(entry))

    def reveal(self, key: int) -> None:
        """Scroll so that the entry of that key stands at the top."""
        index = self._page.place(key)
        if index is None:
            return
        self._follow(following=False)
        self._stand(self._page.start(index))
        self._settle()
        self._follow(following=self._at_end)

    # ── where the reader is ──

    def action_move(self, lines: int) -> None:
        """Scroll by lines."""
        self._go(self.scroll_y + lines)

    def action_page(self, pages: int) -> None:
        """Scroll by a screen, less two lines to read on from."""
        self._go(self.scroll_y + pages * max(self.size.height - 2, 1))

    def action_top(self) -> None:
        """To the first entry."""
        if self._above:
            self.post_message(self.Wanted("start"))
        else:
            self._go(0)

    def action_bottom(self) -> None:
        """To the last entry, and follow."""
        if self._below:
            self.post_message(self.Wanted("end"))
            return
        self._follow(following=True)
        self._settle()

    def action_show_all(self) -> None:
        """Show the topmost visible long text to its end."""
        first, _ = self._page.at(round(self.scroll_y))
        last, _ = self._page.at(round(self.scroll_y) + self.size.height - 1)
        for index in range(first, min(last + 1, len(self._page))):
            if self._page.drawn(index).offer >= 0:
                self._show_all(index)
                return

    def on_click(self, event: events.Click) -> None:
        """A click on the row that offers the rest of a long text shows it."""
        index, line = self._page.at(round(self.scroll_y) + event.y)
        if index < len(self._page) and self._page.drawn(index).offer == line:
            self._show_all(index)

    def on_scroll_to(self, event: ScrollTo) -> None:
        """The scrollbar was dragged."""
        event.prevent_default().stop()
        if event.y is not None:
            self._go(event.y)

    def on_scroll_up(self, event: ScrollUp) -> None:
        """The scrollbar was clicked above its handle."""
        event.prevent_default().stop()
        self.action_page(-1)

    def on_scroll_down(self, event: ScrollDown) -> None:
        """The scrollbar was clicked below its handle."""
        event.prevent_default().stop()
        self.action_page(1)

    def on_resize(self) -> None:
        """Wrap anew, and keep what is being read where it is."""
        self._keeping_place(self._look)

    @override
    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self._page.ready:
            self._page.look(self._page.width, ink_of(self))

    @override
    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._standing:
            self._follow(following=self._at_end)
            self._settle()

    @property
    def _at_end(self) -> bool:
        return round(self.scroll_y) >= self.max_scroll_y and not self._below

    def _look(self) -> None:
        self._page.look(max(min(self.size.width - GUTTER - 1, MEASURE), 1), ink_of(self))

    def _show_all(self, index: int) -> None:
        self._follow(following=False)
        self._keeping_place(lambda: self._page.show_all(index))

    def _keeping_place(self, change: Callable[[], None]) -> None:
        """Change the page under the reader's eyes, and stay at the line that was at the top of the screen."""
        index, line = self._page.at(round(self.scroll_y))
        key = self._page.entries[index].key if index < len(self._page) else None
        change()
        if (
            self._page.ready
            and not self._following
            and key is not None
            and (place := self._page.place(key)) is not None
        ):
            self._stand(self._page.start(place) + min(line, self._page.drawn(place).height - 1))
        self._settle()

    def _settle(self) -> None:
        """Work out the heights of what is on the screen. What is read stays; only the number of its line changes."""
        self.refresh()
        height, page = self.size.height, self._page
        if not height or not page.ready:
            return
        if self._following:
            index, shown = len(page), 0
            while index > 0 and shown < height:
                index -= 1
                shown += page.drawn(index).height
            self._stand(page.height)
            self._want(index, len(page))
            return
        top = round(self.scroll_y)
        index, line = page.at(top)
        bottom = page.start(index + 1) if index < len(page) else 0
        while index < len(page) and page.start(index) < top + height:
            page.drawn(index)
            if line:  # partly above: its lower end stays
                top, line = max(top + page.start(index + 1) - bottom, 0), 0
            index += 1
        self._stand(top)
        self._want(page.at(top)[0], index)

    def _want(self, first: int, last: int) -> None:
        """Ask for more, once, where little is left beyond the entries on the screen."""
        where: Where = "above" if self._above and first < CLOSE else "below"
        if not self._asked and (where == "above" or (self._below and last > len(self._page) - CLOSE)):
            self._asked = True
            self.post_message(self.Wanted(where))

    def _stand(self, top: int) -> None:
        """Put that line at the top of the screen and let the page have its height; it is not the reader's doing."""
        self._standing = True
        size = Size(self.size.width, self._page.height)
        if self.virtual_size != size:
            self.virtual_size = size
        self.scroll_target_y = self.scroll_y = top
        self._standing = False

    def _go(self, line: float) -> None:
        self.scroll_to(y=round(line), animate=False)

    def _follow(self, *, following: bool, unseen: int | None = None) -> None:
        count = 0 if following else self._unseen if unseen is None else unseen
        if (following, count) != (self._following, self._unseen):
            self._following, self._unseen = following, count
            self.post_message(self.Moved(following, count))

    # ── drawing ──

    @override
    def render_line(self, y: int) -> Strip:
        index, line = self._page.at(round(self.scroll_y) + y)
        if index < len(self._page) and self._page.ready:
            strip = self._row(self._page.drawn(index), index, line)
        else:
            strip = Strip.blank(self.size.width) if self._page.entries else self._invitation(y)
        strip = strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)
        return self._hinted(strip) if self._unseen and y == self.size.height - 1 else strip

    def _row(self, drawn: Drawn, index: int, line: int) -> Strip:
        gutter, *row = drawn.row(line) or [Segment(" " * GUTTER)]
        place = index * _ROW + line
        strip = Strip(row)
        span = self.text_selection.get_span(place) if self.text_selection is not None else None
        if span is not None:
            start, end = span
            before, upto = cell_len(strip.text[:start]), cell_len(strip.text[: None if end < 0 else end])
            marked = Segment.apply_style(strip.crop(before, upto), post_style=ink_of(self).selected)
            strip = Strip.join(
                [strip.crop(0, before), Strip(marked), strip.crop(upto) if upto < strip.cell_length else None]
            )
        margin = [Strip([Segment(cell, gutter.style)]).apply_offsets(0, place) for cell in gutter.text]
        return Strip.join([*margin, strip.apply_offsets(0, place)])

    def _hinted(self, strip: Strip) -> Strip:
        ink = ink_of(self)
        hint = f" {ink.glyphs.down} {self._unseen} new {ink.glyphs.dot} end "
        left = min(GUTTER + self._page.width, self.size.width) - len(hint)
        if left < 0:
            return strip
        return Strip.join(
            [strip.crop(0, left), Strip([Segment(hint, ink.accent + ink.yours)]), strip.crop(left + len(hint))]
        )

    def _invitation(self, y: int) -> Strip:
        ink = ink_of(self)
        rows = flow([Segment(ink.shown(self.empty), ink.quiet)], self._page.width)
        return Strip([Segment(" " * GUTTER), *rows[y - 1]]) if 0 < y <= len(rows) else Strip.blank(self.size.width)

    # ── selection ──

    @override
    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    @override
    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What was selected, without gutters: whole entries as they were written, parts of one as they are shown."""
        start, end = selection
        index, line, left = (start.y // _ROW, start.y % _ROW, start.x) if start else (0, 0, 0)
        last, last_line, right = (end.y // _ROW, end.y % _ROW, end.x) if end else (len(self._page), 0, 0)
        parts: list[str] = []
        for at in range(index, min(last + 1, len(self._page))):
            if at < last and (at > index or (line, left) == (0, 0)):
                parts.append(source(self._page.entries[at], ink_of(self)))
                continue
            drawn = self._page.drawn(at)
            rows = [
                drawn.text(row)
                for row in range(line if at == index else 0, last_line + 1 if at == last else drawn.height)
            ]
            if rows and at == last:
                rows[-1] = rows[-1][:right]
            if rows and at == index:
                rows[0] = rows[0][left:]
            parts.append("\n".join(rows))
        return "\n".join(parts).rstrip("\n"), "\n"
