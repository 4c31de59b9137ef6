"""A session watched from another terminal: followed whoever drives it, or waited for, and never driven from there."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from agentchat.errors import StoreError
from agentchat.room.feed import Standing
from agentchat.room.following import Following

if TYPE_CHECKING:
    from agentchat.store import Store
    from agentchat.store.lease import Holder
    from agentchat.transcript import Transcript

EVERY = 0.5
"""Seconds between two looks at who drives it, and at what is being said."""


class Watched:
    """Who drives a session, in words, and what became of whoever did when it was last looked at."""

    def __init__(self, store: Store, session: str) -> None:
        self._store, self._session = store, session
        self._first: Holder | None = None
        self._newest: Holder | None = None

    async def look(self, transcript: Transcript) -> Standing:
        """How it stands. Raises StoreError."""
        driver = await self._store.driver(self._session)
        row = await self._store.session(self._session)
        if driver:
            self._first = self._first or driver
            self._newest = driver
        go_on = f"agentchat resume {self._session[:8]} goes on with it."
        if row.deleted:
            restore = f"`agentchat sessions restore {self._session[:8]}` takes it out."
            return Standing("read-only", f"it was put into the bin; {restore}", watched="free")
        if transcript.closed:
            end = transcript.closed.outcome.replace("_", " ")
            return Standing("read-only", f"it has ended, {end}", go_on, watched="driven" if driver else "free")
        if driver:
            how = "drives it" if self._first and driver.owner == self._first.owner else "has taken it over"
            return Standing("read-only", f"{_named(driver)} {how}", watched="driven")
        if self._newest:
            left = f"{_named(self._newest)} has left it; waiting for somebody to go on"
            return Standing("read-only", left, go_on, watched="free")
        return Standing("read-only", "nobody drives it; waiting for somebody to go on", go_on, watched="free")


class Watching(Following):
    """One who watches."""

    def over(self, why: str) -> Standing:
        """How it stands once nothing more can come."""
        return Standing("read-only", why, watched="free")

    async def look(self, driven: Standing) -> None:
        """Say who drives it, and what is being said, as of a second ago."""
        watched = Watched(self.writer.store, self.session)
        with suppress(StoreError):  # what follows the events says so
            while True:
                self.stand(await watched.look(self.writer.log.transcript))
                await self._listen()
                await asyncio.sleep(EVERY)

    async def _listen(self) -> None:
        transcript = self.writer.log.transcript
        running = {turn.id: turn.start for turn in transcript.open}
        for turn in self.underway.shown.keys() - running.keys():
            self.underway.done(turn)
        texts = await self.writer.store.partials(self.session) if running else {}
        for turn, start in running.items():
            if (text := texts.get(turn, "")) and text != self.underway.fragment(turn):
                member = transcript.member(start.speaker)
                self.underway.hear(start, start.model or (member.model if member else ""), text)


def _named(driver: Holder) -> str:
    return f"process {driver.pid}" + ("" if driver.host == socket.gethostname() else f" on {driver.host}")
