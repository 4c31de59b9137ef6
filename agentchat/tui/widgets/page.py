"""The transcript's page: its entries, their heights, those drawn lately. It knows nothing of screens or scrolling."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from agentchat.tui.widgets.drawn import Drawn
from agentchat.tui.widgets.entries import draw, guess
from agentchat.tui.widgets.heights import Heights
from agentchat.tui.widgets.ink import Ink
from agentchat.views.room import Entry

KEPT_ROWS = 4_000
KEPT_ENTRIES = 100
"""More rows than the first are kept only for as many entries as a screen may show at once."""


class Page:
    """Entries under one another, `width` cells wide. What was never looked at counts with a guessed height."""

    def __init__(self) -> None:
        self.width = 1
        self._ink: Ink | None = None
        self._entries: list[Entry] = []
        self._places: dict[int, int] = {}
        self._heights = Heights()
        self._drawn: OrderedDict[int, Drawn] = OrderedDict()
        self._kept = 0
        self._whole: set[int] = set()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> Sequence[Entry]:
        """In order."""
        return self._entries

    @property
    def height(self) -> int:
        """Of all entries, in lines."""
        return self._heights.total

    @property
    def ready(self) -> bool:
        """Whether it has been told how it looks."""
        return self._ink is not None

    def place(self, key: int) -> int | None:
        """Where the entry of that key stands, counted from 0."""
        return self._places.get(key)

    def start(self, index: int) -> int:
        """The line an entry begins at."""
        return self._heights.start(index)

    def at(self, line: int) -> tuple[int, int]:
        """The entry at a line and the line within it; one past the last beyond the end."""
        return self._heights.at(line)

    def show(self, entries: Iterable[Entry]) -> None:
        """Hold exactly these."""
        old = {key: self._entries[self._places[key]] for key in self._drawn}
        self._entries = list(entries)
        self._places = {entry.key: index for index, entry in enumerate(self._entries)}
        for key, entry in old.items():
            index = self._places.get(key)
            if index is None or self._entries[index] != entry:
                self._forget(key)
        self._guess()

    def append(self, entry: Entry) -> None:
        """One more at the end."""
        self._places[entry.key] = len(self._entries)
        self._entries.append(entry)
        self._heights.append(guess(entry, self.width))

    def replace(self, entry: Entry) -> None:
        """`entry` in place of the one with its key."""
        index = self._places[entry.key]
        self._entries[index] = entry
        self._forget(entry.key)
        self._heights[index] = guess(entry, self.width)

    def show_all(self, index: int) -> None:
        """Draw the entry's text to its end, however long."""
        key = self._entries[index].key
        self._whole.add(key)
        self._forget(key)

    def look(self, width: int, ink: Ink) -> None:
        """Draw at that width, with those styles."""
        if (width, ink) == (self.width, self._ink):
            return
        guessed = width != self.width
        self.width, self._ink = width, ink
        self._drawn.clear()
        self._kept = 0
        if guessed:
            self._guess()

    def drawn(self, index: int) -> Drawn:
        """The entry as it is drawn, from now on counted with its true height."""
        entry = self._entries[index]
        drawn = self._drawn.get(entry.key)
        if drawn is None:
            assert self._ink is not None, "a page is drawn only once it knows how it looks"
            drawn = draw(entry, self.width, self._ink, whole=entry.key in self._whole)
            self._drawn[entry.key] = drawn
            self._kept += drawn.weight
            if self._heights[index] != drawn.height:
                self._heights[index] = drawn.height
            while self._kept > KEPT_ROWS and len(self._drawn) > KEPT_ENTRIES:
                self._kept -= self._drawn.popitem(last=False)[1].weight
        self._drawn.move_to_end(entry.key)
        return drawn

    def _guess(self) -> None:
        self._heights = Heights(guess(entry, self.width) for entry in self._entries)
        for key, drawn in self._drawn.items():
            self._heights[self._places[key]] = drawn.height

    def _forget(self, key: int) -> None:
        drawn = self._drawn.pop(key, None)
        self._kept -= drawn.weight if drawn else 0
