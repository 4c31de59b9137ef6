"""The turns under way: their text so far, told about 20 times a second and saved once a second."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from agentchat.errors import StoreError
from agentchat.room.feed import Partial

if TYPE_CHECKING:
    from agentchat.events import TurnStarted
    from agentchat.room.writing import Writer

TOLD_EVERY = 0.05
"""Seconds between two partials of one turn."""

SAVED_EVERY = 1.0
"""Seconds between two checkpoints of a turn: what a crash costs at most."""


class Underway:
    """Texts of running turns. A sealed one is saved but never shown."""

    def __init__(self, writer: Writer) -> None:
        self.shown: dict[int, Partial] = {}
        self._writer = writer
        self._texts: dict[int, str] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._saver: asyncio.Task[None] | None = None

    def begin(self, start: TurnStarted, model: str) -> None:
        """A turn was asked for: its speaker is thinking."""
        self._show(Partial(start.turn, start.speaker, start.kind, "", start.sealed, model))
        if self._saver is None:
            self._saver = asyncio.create_task(self._save())

    def hear(self, start: TurnStarted, model: str, text: str) -> None:
        """The whole text so far."""
        self._texts[start.turn] = text
        if start.sealed or start.turn in self._timers:
            return
        loop = asyncio.get_running_loop()
        self._timers[start.turn] = loop.call_later(TOLD_EVERY, self._tell, start, model)

    def again(self, start: TurnStarted, model: str, why: str) -> None:
        """What came is thrown away: the speaker thinks anew."""
        self._texts.pop(start.turn, None)
        if timer := self._timers.pop(start.turn, None):
            timer.cancel()
        if not start.sealed:
            self._show(Partial(start.turn, start.speaker, start.kind, model=model, note=why))

    def fragment(self, turn: int) -> str:
        """What a turn has so far."""
        return self._texts.get(turn, "")

    def done(self, turn: int) -> None:
        """A turn ended."""
        self.shown.pop(turn, None)
        self._texts.pop(turn, None)
        if timer := self._timers.pop(turn, None):
            timer.cancel()
        if not self.shown and self._saver is not None:
            self._saver.cancel()
            self._saver = None

    async def aclose(self) -> None:
        """Forget everything and stop saving."""
        for turn in list(self.shown):
            self.done(turn)

    def _tell(self, start: TurnStarted, model: str) -> None:
        self._timers.pop(start.turn, None)
        self._show(Partial(start.turn, start.speaker, start.kind, self._texts.get(start.turn, ""), model=model))

    def _show(self, partial: Partial) -> None:
        self.shown[partial.turn] = partial
        self._writer.tell(partial)

    async def _save(self) -> None:
        session = self._writer.log.transcript.opened.session
        saved: dict[int, str] = {}
        while True:
            await asyncio.sleep(SAVED_EVERY)
            for turn, text in list(self._texts.items()):
                if text != saved.get(turn):
                    with suppress(StoreError):
                        await self._writer.store.checkpoint(session, turn, text)
                    saved[turn] = text
