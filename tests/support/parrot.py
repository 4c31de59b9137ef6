"""A provider that says what it was told to, and keeps what it was asked."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

from agentchat.errors import ModelError
from agentchat.models.base import End, Request, Text, Usage

Item = Text | End | ModelError | asyncio.Event
"""Something to say, an end, a fault to raise, or an event to wait for."""

STOP = End("stop", Usage(10, 5, 0.001), "parrot", "stop")


class Parrot:
    """Answers each request with the next line of its part: a text, or items in their order."""

    def __init__(self, *lines: str | ModelError | list[Item]) -> None:
        self.lines = deque(lines)
        self.asked: list[Request] = []
        self.talking = 0
        self.most = 0
        """The most requests it answered at once."""
        self.closed = False

    async def stream(self, request: Request) -> AsyncGenerator[Text | End]:
        self.asked.append(request)
        self.talking += 1
        self.most = max(self.most, self.talking)
        try:
            for item in self._items():
                match item:
                    case ModelError():
                        raise item
                    case asyncio.Event():
                        await item.wait()
                    case _:
                        yield item
        finally:
            self.talking -= 1

    async def aclose(self) -> None:
        self.closed = True

    def _items(self) -> list[Item]:
        match self.lines.popleft():
            case str() as text:
                return [Text(text), STOP]
            case ModelError() as fault:
                return [fault]
            case list() as items:
                return items
