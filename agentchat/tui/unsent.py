"""What a person is writing outlives the program that it is written in, however that ends."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from agentchat.errors import AgentchatError

if TYPE_CHECKING:
    from textual.timer import Timer

    from agentchat.tui.room import RoomScreen

REST = 0.4
"""Seconds without a key after which what is written is kept: what a crash costs at most, while one writes on."""


class Unsent:
    """Keeps the words in a room's composer, and puts them back."""

    def __init__(self, screen: RoomScreen) -> None:
        self._screen = screen
        self._timer: Timer | None = None
        self._kept = ""

    async def begin(self) -> None:
        """Put back what was being written here, unless something new is already."""
        screen, session = self._screen, self._screen.shown.session
        with suppress(AgentchatError):
            self._kept = await (await (await screen.app.home()).store()).unsent(session)
        words = screen.app.drafts.pop(session, self._kept)
        if words and not screen.composer.text:
            screen.composer.text = words

    def touch(self) -> None:
        """Something was written or taken away."""
        if self._timer is not None:
            self._timer.stop()
        if self._screen.composer.text:
            self._timer = self._screen.set_timer(REST, self._keep)
        else:
            self._keep()  # what was sent must not be there twice

    def _keep(self) -> None:
        if self._screen.shown.standing.state != "read-only":
            self._screen.app.run_worker(self.keep(), group="unsent")

    async def keep(self) -> None:
        """Keep the words as they are now. On a full disk they are on the screen, and nothing more can be done."""
        screen, words = self._screen, self._screen.composer.text
        if words == self._kept:
            return
        self._kept = words
        with suppress(AgentchatError):
            await (await (await screen.app.home()).store()).keep_unsent(screen.shown.session, words)
