"""Heights of many entries, and which one stands at a line: each found and changed in logarithmic time."""

from __future__ import annotations

from collections.abc import Iterable


class Heights:
    """A Fenwick tree over the entries' heights, in lines."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._own = list(heights)
        self._tree = [0, *self._own]
        for index in range(1, len(self._tree)):
            above = index + (index & -index)
            if above < len(self._tree):
                self._tree[above] += self._tree[index]

    def __len__(self) -> int:
        return len(self._own)

    def __getitem__(self, index: int) -> int:
        return self._own[index]

    def __setitem__(self, index: int, height: int) -> None:
        change = height - self._own[index]
        self._own[index] = height
        node = index + 1
        while node < len(self._tree):
            self._tree[node] += change
            node += node & -node

    def append(self, height: int) -> None:
        """One more entry at the end."""
        node = len(self._tree)
        below = self.start(node - 1) - self.start(node - (node & -node))
        self._own.append(height)
        self._tree.append(height + below)

    def start(self, index: int) -> int:
        """The first line of that entry; of one past the last, the height of all."""
        total = 0
        while index > 0:
            total += self._tree[index]
            index -= index & -index
        return total

    @property
    def total(self) -> int:
        """The height of all entries."""
        return self.start(len(self._own))

    def at(self, line: int) -> tuple[int, int]:
        """The entry at a line, and the line within it; past the end, one past the last entry."""
        index, left = 0, line
        step = 1 << len(self._tree).bit_length()
        while step:
            following = index + step
            if following < len(self._tree) and self._tree[following] <= left:
                index = following
                left -= self._tree[index]
            step >>= 1
        return index, left
