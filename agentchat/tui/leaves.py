"""The leaves of a long session that are on the page: those around what is being read, and no more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from agentchat.views.room import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.home.reader import Leaf, Reader
    from agentchat.tui.widgets.transcript import Transcript, Where
    from agentchat.views.room import Entry, Mark

MOST = 600
"""Entries that are held at once, unless so many are on three leaves."""


class Leaves:
    """Turns the leaves of one session on one page. What reads raises StoreError."""

    def __init__(self, reader: Reader, page: Transcript) -> None:
        self.reader = reader
        self.marks: tuple[Mark, ...] = ()
        """The timeline, once it is known."""
        self._page = page
        self._held: list[Leaf] = []
        self._turning = asyncio.Lock()

    @property
    def entries(self) -> Sequence[Entry]:
        """All that is held."""
        return [entry for leaf in self._held for entry in leaf.entries]

    async def begin(self, at: int | None) -> None:
        """At the end, or where an event stands."""
        if at is None:
            self._hold([self.reader.end()])
        else:
            await self.land(at)

    async def fill(self) -> None:
        """Read what the first frame did without."""
        await self.reader.fill()
        self.marks = await self.reader.marks()

    async def turn(self, where: Where) -> None:
        """Have more of it there; at the start and the end, go there."""
        async with self._turning:
            # Its end may have grown in the meantime: what is held is looked at again after each wait.
            match where:
                case "above" if not self._held[0].begins:
                    first = self._held[0]
                    before = await self.reader.before(first)
                    if self._held[0].first == first.first:
                        self._hold(_fewer([before, *self._held], -1))
                case "below" if not self._held[-1].ends:
                    last = self._held[-1]
                    after = await self.reader.after(last)
                    if self._held[-1].last == last.last:
                        self._hold(_fewer([*self._held, after], 0))
                case "start":
                    first = await self.reader.beginning()
                    self._hold([first])
                    self._page.reveal(first.entries[0].key)
                case "end":
                    self._hold([self.reader.end()])
                    self._page.action_bottom()
                case _:
                    pass

    async def land(self, seq: int) -> None:
        """Show what is around an event, itself at the top of the screen."""
        async with self._turning:
            leaf, key = await self.reader.around(seq)
            self._hold([leaf])
            keys = [entry.key for entry in leaf.entries]
            self._page.reveal(key if key in keys else min(keys, key=lambda one: abs(abs(one) - key), default=key))

    def whys(self, *, shown: bool) -> None:
        """Show, or hide, why each was next. Begins anew at the end."""
        self.reader.whys = shown
        self._hold([self.reader.end()])

    def grow(self) -> None:
        """The session may have grown, or something in it may have changed: show so what is held of its end."""
        if not self._held or not self._held[-1].ends:
            return
        last, end = self._held[-1], self.reader.end()
        if end.first == last.first:
            self._hold([*self._held[:-1], end])
        elif self._page.following:
            self._hold([end])
        else:
            self._hold([*self._held[:-1], last.followed()])
        came = {entry.key for entry in end.entries if not isinstance(entry, Line)} - {one.key for one in last.entries}
        if came and not self._page.following:
            self._page.missed(len(came))

    def _hold(self, leaves: list[Leaf]) -> None:
        self._held = leaves
        self._page.show(self.entries, above=not leaves[0].begins, below=not leaves[-1].ends)


def _fewer(leaves: list[Leaf], far: int) -> list[Leaf]:
    """Without those at the far side that are too many."""
    while len(leaves) > 3 and sum(len(leaf.entries) for leaf in leaves) > MOST:
        leaves.pop(far)
    return leaves
