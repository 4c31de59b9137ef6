"""The end of a text that is still growing, wrapped: the work is in what came since, not in how long it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from agentchat.tui.widgets.wrap import breaks

_DIRTY = 4_096
"""Characters of a row that needed cleaning, after which we let go of where it began."""


class Tail:
    """The last rows of one text, `width` cells wide; `shown` cleans what is drawn."""

    def __init__(self, width: int, rows: int, shown: Callable[[str], str]) -> None:
        self.width = width
        self.rows = rows
        self._shown = shown
        self._done: deque[str] = deque(maxlen=max(rows, 1))
        self._open = ""
        self._start = 0

    def feed(self, text: str) -> list[str]:
        """The last rows of `text`, which is the whole text so far; a shorter or another one simply begins anew."""
        if text[self._start : self._start + len(self._open)] != self._open or not self._start <= len(text):
            self._begin(max(0, len(text) - 4 * self.width * self.rows))
        elif len(text) - self._start > _DIRTY + 4 * self.width * self.rows:
            self._begin(len(text) - 2 * self.width * self.rows)
        self._open = text[self._start :]
        drawn = self._shown(self._open)
        rows: list[str] = []
        begin = last = 0
        for line in drawn.split("\n"):
            for start, end in breaks(line, self.width):
                rows.append(line[start:end])
                last = begin + start
            begin += len(line) + 1
        shown = [*self._done, *rows][-self.rows :]
        if drawn == self._open and last:
            # All but the last row can never wrap otherwise: next time we begin at it.
            self._done.extend(rows[:-1])
            self._start += last
            self._open = self._open[last:]
        return shown

    def _begin(self, at: int) -> None:
        self._start = at
        self._done.clear()
