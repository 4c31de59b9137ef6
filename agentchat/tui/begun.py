"""A sentence begun where keys are no letters: over a list, or over a transcript.

The focus follows only when the hand rests: keys that come faster than it moves would be taken for commands, get lost,
or overtake each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.events import Key
    from textual.screen import Screen
    from textual.timer import Timer

RESTS = 0.08
"""Seconds without a key after which the focus follows."""


class Begun:
    """The keys of one sentence after another. It is true while one is being typed and the focus is not there yet."""

    def __init__(
        self, screen: Screen[None], put: Callable[[str], object], follow: Callable[[], object], send: Callable[[], None]
    ) -> None:
        """`put` gets each letter, `follow` moves the focus to where they went, `send` is for enter."""
        self._screen, self._put, self._follow, self._send = screen, put, follow, send
        self._timer: Timer | None = None

    def __bool__(self) -> bool:
        return self._timer is not None

    def take(self, event: Key, *, there: bool) -> None:
        """One more key. `there`: the focus has arrived, and this one came behind it."""
        event.stop()
        self.rest()
        if event.key == "enter":
            self._follow()
            self._send()
            return
        if event.is_printable and event.character:
            self._put(event.character)
        if not there:
            self._timer = self._screen.set_timer(RESTS, self._follow)

    def rest(self) -> None:
        """The focus is on its way; keys still belong here."""
        if self._timer is not None:
            self._timer.stop()

    def over(self) -> None:
        """The focus is there: from now on keys go to it by themselves."""
        self.rest()
        self._timer = None
