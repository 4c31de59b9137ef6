"""The small list over the composer: names after `@`, commands after `/`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.wrap import cut

MOST = 6
"""Rows shown at once."""

_NAME = re.compile(r"(?:^|\s)(@[\w-]*)$")
_COMMAND = re.compile(r"^/[\w-]*$")


@dataclass(frozen=True, slots=True)
class Completion:
    """What may be written: `@ada`, what it is called, what it does."""

    text: str
    label: str = ""
    hint: str = ""


def word_before(text: str) -> str:
    """The name or command being written at the end of `text`; empty if it is neither."""
    if _COMMAND.match(text):
        return text
    match = _NAME.search(text)
    return match[1] if match else ""


def matching(word: str, names: Sequence[Completion], commands: Sequence[Completion]) -> tuple[Completion, ...]:
    """What `word` may become, those that begin with it first."""
    if not word:
        return ()
    offered = commands if word.startswith("/") else names
    wanted = word[1:].casefold()

    def rank(one: Completion) -> int:
        words = one.label.casefold().split()
        if one.text[1:].casefold().startswith(wanted):
            return 0
        if any(part.startswith(wanted) for part in words):
            return 1
        return 2 if wanted in one.text[1:].casefold() else 3

    return tuple(sorted((one for one in offered if rank(one) < 3), key=rank))


class Completions(Widget):
    """Shows what may be written, over whatever is there; one of them is marked."""

    DEFAULT_CSS = """
    Completions {
        display: none;
        overlay: screen;
        position: absolute;
        constrain: inside inside;
        width: auto;
        height: auto;
        background: $panel;
    }
    """

    class Picked(Message):
        """One was clicked."""

        def __init__(self, completion: Completion) -> None:
            super().__init__()
            self.completion = completion

    def __init__(self) -> None:
        super().__init__()
        self.offered: tuple[Completion, ...] = ()
        self._at = 0

    @property
    def marked(self) -> Completion | None:
        """The one that Enter takes."""
        return self.offered[self._at] if self.offered else None

    def offer(self, completions: Iterable[Completion]) -> None:
        """Show these, the first one marked; none hides the list."""
        completions = tuple(completions)
        if completions == self.offered:
            return
        self.offered, self._at = completions, 0
        rows = self._rows()
        self.styles.width = sum(max((cell_len(row[column]) for row in rows), default=0) + 2 for column in range(3)) + 2
        self.styles.height = min(len(rows), MOST)
        self.styles.offset = (0, -min(len(rows), MOST))
        self.display = bool(rows)
        self.refresh()

    def move(self, by: int) -> None:
        """Mark another."""
        self._at = (self._at + by) % max(len(self.offered), 1)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Take the one under the mouse."""
        index = self._first() + event.y
        if index < len(self.offered):
            self.post_message(self.Picked(self.offered[index]))

    @override
    def render_line(self, y: int) -> Strip:
        """One completion: what is written, what it is called, what it does."""
        ink = ink_of(self)
        index = self._first() + y
        if index >= len(self.offered):
            return Strip.blank(self.size.width, self.rich_style)
        rows = self._rows()
        text, label, hint = rows[index]
        columns = [max(cell_len(row[column]) for row in rows) for column in (0, 1)]
        marked = index == self._at
        body = [
            Segment(f" {ink.glyphs.prompt if marked else ' '} ", ink.accent),
            Segment(set_cell_size(text, columns[0]), ink.strong if marked else ink.text),
            Segment(f"  {set_cell_size(label, columns[1])}" if columns[1] else "", ink.text),
            Segment(f"  {hint}", ink.quiet),
        ]
        left = self.size.width - sum(cell_len(part.text) for part in body[:-1])
        body[-1] = Segment(cut(body[-1].text, left), ink.quiet)
        return (
            Strip(body)
            .adjust_cell_length(self.size.width)
            .apply_style(self.rich_style + (ink.yours if marked else ink.text))
        )

    def _rows(self) -> list[tuple[str, str, str]]:
        ink = ink_of(self)
        return [(ink.line(one.text, 40), ink.line(one.label, 30), ink.line(one.hint, 60)) for one in self.offered]

    def _first(self) -> int:
        return max(0, min(self._at - MOST + 1, len(self.offered) - MOST))
