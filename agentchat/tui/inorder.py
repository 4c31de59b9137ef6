"""Keys that are typed ahead act one after another, each where the one before it led.

Textual hands a key to what is focused as it arrives. But a key that moves the focus acts only after it has passed
through the queues of the focused widget and of all above it, and one that opens a screen after what that needs was
read: what is typed meanwhile would land in the old place, where letters of a word may be commands. So that waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.app import App
from textual.events import Event, Key, Paste
from textual.worker import WorkerError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from textual.dom import DOMNode
    from textual.screen import Screen
    from textual.worker import Worker

LONGEST = 0.5
"""Seconds after which a key is waited for no more: what takes so long must not hold up the way out."""

PASSES = 2
"""Up through all queues: once for the key, once for the message it is told on with (Enter, as what was submitted)."""

SCREENS = 3
"""Screens that one key may lead through."""


class InOrder(App[None]):
    """An app whose keys act in the order in which they were typed."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead: deque[Key | Paste] = deque()
        self._acting: asyncio.Task[None] | None = None
        """The key that is waited for."""
        self._led = asyncio.Event()
        """Another screen is shown."""

    def on_mount(self) -> None:
        """Be told where a key led."""
        self.screen_change_signal.subscribe(self, lambda _: self._led.set(), immediate=True)

    async def on_event(self, event: Event) -> None:
        """Take a key, or keep it until it is its turn."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._acting is None:
            await self._type(event)
        else:
            self._ahead.append(event)

    async def _type(self, event: Key | Paste) -> None:
        focused, screen, work = self.focused, self.screen, set(self.workers)
        text = focused is not None and focused.check_consume_key("x", "x")
        if isinstance(event, Paste) or (focused and focused.check_consume_key(event.key, event.character)):
            await super().on_event(event)
            return
        self._acting = asyncio.create_task(self._followed(focused or screen, screen, None if text else work))
        self._acting.add_done_callback(lambda _: self.call_later(self._acted))
        await super().on_event(event)

    async def _followed(self, first: DOMNode, screen: Screen[object], work: AbstractSet[Worker[object]] | None) -> None:
        """Wait until a key has acted, and the screen it led to is ready for the next; `work` is what was begun before.

        While one writes, what a key began is not waited for: its letters are words.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST):
                for _ in range(SCREENS):
                    await self._passed(first)
                    if self.screen is screen and work is not None:
                        await self._worked([one for one in self.workers if one not in work])
                    if self.screen is screen:
                        return
                    first = screen = self.screen
                    work = None  # what shows a screen is at work as long as that stands

    async def _passed(self, first: DOMNode) -> None:
        for _ in range(PASSES):
            for node in first.ancestors_with_self:
                done = asyncio.Event()
                if node.call_later(done.set):
                    await done.wait()

    async def _worked(self, begun: list[Worker[object]]) -> None:
        """Until what a key began has ended, or shows a screen."""
        self._led.clear()
        if not begun:
            return
        led: asyncio.Task[object] = asyncio.create_task(self._led.wait())
        # Who waits for a worker and is cancelled cancels it: this one ends with them instead.
        ended: asyncio.Task[object] = asyncio.create_task(_ended(begun))
        try:
            await asyncio.wait([led, ended], return_when=asyncio.FIRST_COMPLETED)
        finally:
            led.cancel()

    async def _acted(self) -> None:
        self._acting = None
        while self._ahead and self._acting is None:
            await self._type(self._ahead.popleft())


async def _ended(workers: list[Worker[object]]) -> None:
    for one in workers:
        with suppress(WorkerError):
            await one.wait()
