"""How the app is left: by a key, by ctrl+c twice, by a signal. Every room writes down where it is first.

What a person expects of ctrl+c depends on where they come from: it copies what is selected, it cuts off what runs, and
pressed again it leaves.
"""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.actions import SkipAction
from textual.widgets import Input, TextArea

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

    from agentchat.tui.app import Agentchat
    from agentchat.tui.room import RoomScreen

INTERRUPTED = 130
"""The exit code after a signal."""

LAST = 1.7
"""Seconds after a signal at which we end, come what may: to be gone takes a moment more."""

PATIENCE = 1.0
"""Seconds left to rooms to write down where they are, and half of that to the home."""

AGAIN = 3.0
"""Seconds in which a second ctrl+c leaves."""


class Leaving:
    """The ways out of one app."""

    def __init__(self, app: Agentchat) -> None:
        self._app = app
        self._warned: Timer | None = None
        self._asking = False

    def interrupt(self) -> None:
        """What ctrl+c does. Raises SkipAction where something is selected: then it copies."""
        app = self._app
        if _selected(app.screen):
            raise SkipAction
        if self._warned is not None:
            self._forget()
            self.quit()
            return
        self._warned = app.set_timer(AGAIN, self._forget)
        cut = self._cut_in()
        app.tell(f"{cut}Press ctrl+c again to leave: every room is kept, and what you write in it.", seconds=AGAIN)

    def _forget(self) -> None:
        if self._warned is not None:
            self._warned.stop()
        self._warned = None

    def _cut_in(self) -> str:
        """Stop what is being said in the room on the screen; in words, that it was."""
        room = next((one for one in self._rooms() if one is self._app.screen), None)
        if room is None or not room.moment.going:
            return ""
        from agentchat.tui.verbs import NAMES  # not before the first frame

        room.act(NAMES["cut"], "")
        return "Cut in: they wait for your words, esc lets them go on. "

    def _rooms(self) -> list[RoomScreen]:
        if not self._app.rooms:
            return []
        from agentchat.tui.room import RoomScreen

        return [screen for screen in self._app.screen_stack if isinstance(screen, RoomScreen)]

    def quit(self) -> None:
        """Leave; what would be lost is asked about first."""
        self._app.run_worker(self._ask(), group="asking to leave")

    async def _ask(self) -> None:
        unsaved = next((words for screen in self._app.screen_stack if (words := getattr(screen, "unsaved", ""))), "")
        if self._asking:
            return
        if unsaved:
            from agentchat.tui.ask import AskScreen

            self._asking = True
            try:
                if not await self._app.push_screen_wait(AskScreen("Leave without saving?", unsaved, "leave", "stay")):
                    return
            finally:
                self._asking = False
        self.leave(0)

    def signalled(self) -> None:
        """Leave at once."""
        # A terminal that hung up lets Textual's writer wait for ever. All that was said is on disk by then.
        last = threading.Timer(LAST, os._exit, (INTERRUPTED,))
        last.daemon = True
        last.start()
        self.leave(INTERRUPTED)

    def leave(self, code: int) -> None:
        """Leave. Rooms at work write down where they are."""
        self._app.run_worker(self._leave(code), exclusive=True, group="leaving")

    async def _leave(self, code: int) -> None:
        app = self._app
        app.drafts |= {screen.shown.session: screen.composer.text for screen in self._rooms()}
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(app.close(session) for session in app.open_or_opening))
        app.exit(return_code=code)


def _selected(screen: Screen[object]) -> bool:
    """Whether there is something to copy: in the line one writes on, or on the page."""
    written = screen.focused
    typed = written.selected_text if isinstance(written, Input | TextArea) else ""
    return bool(typed or screen.get_selected_text())
