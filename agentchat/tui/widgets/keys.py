"""The keys that matter now, at the foot of the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from agentchat.tui.widgets.ink import ink_of
from agentchat.tui.widgets.wrap import Row

GAP = 3

LEADING = frozenset({"?", "f1"})
"""Keys that lead to all others."""


class Keys(Widget):
    """Keys and what they do, the most telling first. Where room gets short, what leads to the others stays."""

    DEFAULT_CSS = """
    Keys {
        height: 1;
    }
    """

    class Pressed(Message):
        """One was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._keys: tuple[tuple[str, str], ...] = ()

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these: each the key, and in a word or two what it does."""
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A key can be clicked as well."""
        at = 1
        for key, label in self._fitting():
            end = at + cell_len(key) + 1 + cell_len(label)
            if at <= event.x < end:
                self.post_message(self.Pressed(key))
            at = end + GAP

    @override
    def render_line(self, y: int) -> Strip:
        ink = ink_of(self)
        row: Row = [Segment(" ")]
        for key, label in self._fitting():
            row += [Segment(ink.line(key, 20), ink.text), Segment(f" {ink.line(label, 40)}{' ' * GAP}", ink.quiet)]
        return Strip(row).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _fitting(self) -> list[tuple[str, str]]:
        keys = list(self._keys)
        while len(keys) > 1 and sum(cell_len(key + label) + 1 + GAP for key, label in keys) - GAP > self.size.width - 2:
            keys.pop(max((at for at, (key, _) in enumerate(keys[1:], 1) if key not in LEADING), default=-1))
        return keys
