"""A session that another process drives, followed live: what it writes, and whether it is still there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from agentchat.errors import StoreError
from agentchat.room.feed import Standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentchat.room.underway import Underway
    from agentchat.room.writing import Writer

EVERY = 5.0
"""Seconds between two looks at whether anybody still drives it."""

FREE = Standing("read-only", "nobody drives this session any more", "Take it over to go on here.")
"""Whoever drove it has left."""


class Following:
    """One follower. `stand` hears how the session stands."""

    def __init__(self, writer: Writer, stand: Callable[[Standing], None], underway: Underway) -> None:
        self.writer, self.underway = writer, underway
        self.session = writer.log.transcript.opened.session
        self.stand = stand

    async def run(self, driven: Standing) -> None:
        """Go on until the session is deleted or cannot be read. `driven` says why it is only followed."""
        why = "the session was deleted"
        looking = asyncio.create_task(self.look(driven))
        try:
            async for event in self.writer.store.follow(self.session, self.writer.log.events[-1].seq):
                self.writer.hear(event)
        except StoreError as error:
            why = str(error)
        finally:
            looking.cancel()
        self.stand(self.over(why))
        self.writer.end()

    def over(self, why: str) -> Standing:
        """How it stands once nothing more can come."""
        return Standing("read-only", why)

    async def look(self, driven: Standing) -> None:
        """Say so when whoever drives it has left, and when somebody is back."""
        with suppress(StoreError):
            while not self.writer.store.read_only:
                await asyncio.sleep(EVERY)
                self.stand(driven if await self.writer.store.driven(self.session) else FREE)
