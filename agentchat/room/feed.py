"""What a room tells whoever watches it, in two grades: facts are certain, partials may be dropped.

A partial carries the whole text so far, so dropping one is safe and a late watcher is right after one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, Union

from agentchat.events import TurnEnded

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from agentchat.events import Event


@dataclass(frozen=True, slots=True)
class Partial:
    """A turn under way. `text` is empty while nothing has come, and always while the turn is sealed."""

    turn: int
    speaker: str
    kind: str = "say"
    text: str = ""
    sealed: bool = False
    model: str = ""
    note: str = ""
    """Why it begins anew: what had come was thrown away."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """A turn waits to be tried again in so many seconds."""

    turn: int
    speaker: str
    seconds: float
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the room is doing, why it does not go on where it does not, and what to do then."""

    state: Literal["running", "paused", "held", "waiting", "closed", "read-only"]
    reason: str = ""
    hint: str = ""
    error_kind: str = ""
    watched: Literal["", "driven", "free"] = ""
    """It is only watched from here, whoever drives it or not: nothing in this window ever will."""


News = Union["Event", Partial, Retrying, Standing]


class Watcher:
    """One watcher's end of a feed: `async with room.watch() as news: async for item in news`.

    Events come each and in order; of the partials of a turn only the newest waits.
    """

    def __init__(self, leave: Callable[[Watcher], None]) -> None:
        self._leave = leave
        self._facts: deque[Event | Retrying | Standing] = deque()
        self._partials: dict[int, Partial] = {}
        self._ready = asyncio.Event()
        self._over = False

    def put(self, item: Event | Partial | Retrying | Standing) -> None:
        """Hand over one item."""
        if isinstance(item, Partial):
            self._partials[item.turn] = item
        else:
            self._facts.append(item)
            if isinstance(item, TurnEnded):
                self._partials.pop(item.turn, None)
        self._ready.set()

    @property
    def empty(self) -> bool:
        """Whether all that was told has been handed out."""
        return not (self._facts or self._partials)

    def end(self) -> None:
        """No more will come; what waits is still handed out."""
        self._over = True
        self._ready.set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event | Partial | Retrying | Standing:
        while True:
            if self._facts:
                return self._facts.popleft()
            if self._partials:
                return self._partials.pop(next(iter(self._partials)))
            if self._over:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
