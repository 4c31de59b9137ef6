"""What a turn costs beside its model call, persistence included.

Every call the room makes is made twice more at the same moment, so that a machine that slows down slows all alike: by
LiteLLM in a bare loop, and by our own way to LiteLLM in one.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median
from typing import Any

from agentchat.events import EPOCH, SessionClosed, SessionOpened, TurnEnded, stamp
from agentchat.log import Log
from agentchat.models.base import End, Endpoint, Request, Text, Timeouts
from agentchat.models.lite import LiteLLMProvider
from agentchat.models.policy import Models
from agentchat.room import Room
from agentchat.room.turn import Asking
from agentchat.store import Store
from agentchat.testing import opened, people
from benchmarks.report import figure, title
from benchmarks.server import serving

TURNS = 430

SIZED = (30, 230, 430)
"""The turns at which the database is measured: a look at it costs as much as a turn."""

WARM = 20
"""Turns that are not counted."""

SPAN = 30
"""Turns on either side of one, with which it is looked at."""

MODEL = "openai/bench"


class Thrice:
    """A provider that makes each call for comparison first, and keeps account of what that costs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lite = LiteLLMProvider(Endpoint(url, "none"))
        self.bare: list[float] = [0]
        """CPU seconds of LiteLLM in a bare loop, up to each call."""
        self.ours: list[float] = [0]
        """CPU seconds of our own way to it in a bare loop, up to each call."""

    async def stream(self, request: Request) -> AsyncGenerator[Text | End]:
        """What the room gets is the third."""
        self.bare.append(self.bare[-1] + await cost(plain(self.url, request)))
        self.ours.append(self.ours[-1] + await cost(self.lite.stream(request)))
        async for item in self.lite.stream(request):
            yield item

    async def aclose(self) -> None:
        """Close the connections."""
        await self.lite.aclose()


async def cost(reply: AsyncIterator[object]) -> float:
    """CPU seconds of a whole reply."""
    before = time.process_time()
    async for _ in reply:
        pass
    return time.process_time() - before


async def plain(url: str, request: Request) -> AsyncIterator[object]:
    """A reply as anybody asks LiteLLM for it."""
    import litellm

    stream = await litellm.acompletion(
        model="hosted_vllm/bench",
        api_base=url,
        api_key="none",
        messages=[{"role": message.role, "content": message.content} for message in request.messages],
        max_tokens=request.max_tokens,
        stream=True,
        stream_options={"include_usage": True},
        max_retries=0,
    )
    async for chunk in stream:
        yield chunk
    await stream.aclose()


@dataclass
class Run:
    """CPU seconds up to the end of each turn, and the bytes of the database then."""

    room: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    """Taken at SIZED only."""


async def discuss(url: str, folder: Path) -> Run:
    """A discussion of many turns."""
    provider = Thrice(url)
    await provider.lite.warm_up()

    asking = Asking(Models({"": provider}), Timeouts(), lambda _: None)
    settings: dict[str, Any] = {
        "first_thoughts": False,
        "agreement": False,
        "synthesis": False,
        "stop": "",
        "rounds": 12,
    }
    who = people("Ada", "Ben", "Cleo", "Dev")
    first: SessionOpened = stamp(opened("discussion", who, settings), 1, None, EPOCH)
    first = first.model_copy(update={"models": {one.id: MODEL for one in who}})
    store = await Store.open(folder / "sessions" / "agentchat.db")
    lease = await store.take_lease(first.session)
    await store.append(first.session, [first], lease=lease)
    room = Room(store, Log([first]), asking, lease)
    run = Run()
    async with room.watch() as news:
        room.start()
        async for item in news:
            if isinstance(item, TurnEnded):
                run.bare.append(provider.bare[-1])
                run.ours.append(provider.ours[-1])
                run.room.append(time.process_time() - run.bare[-1] - run.ours[-1])
                if len(run.room) in SIZED:
                    run.size.append(_size(folder / "sessions" / "agentchat.db"))
            if len(run.room) >= TURNS:
                break
            if isinstance(item, SessionClosed):
                await room.reopen(12)
    await room.aclose()
    await store.aclose()
    return run


def _size(database: Path) -> int:
    """Bytes in use, the write-ahead log folded in."""
    with closing(sqlite3.connect(database)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        return int(pages * connection.execute("PRAGMA page_size").fetchone()[0])


def per_turn(cpu: Sequence[float]) -> list[float]:
    """Milliseconds of CPU of each turn."""
    return [(end - start) * 1000 for start, end in pairwise(cpu)]


def main() -> None:
    with serving(words=40) as url, tempfile.TemporaryDirectory() as folder:
        run = asyncio.run(discuss(url, Path(folder)))
    turns = per_turn(run.room)
    room, bare, ours = (fmean(per_turn(cpu)[WARM:]) for cpu in (run.room, run.bare, run.ours))
    # Of the windows the median: now and then a turn pays for the garbage of many.
    early, late = median(turns[100 - SPAN : 100 + SPAN]), median(turns[-2 * SPAN :])
    title(f"A turn of 40 tokens, over {TURNS} turns")
    figure("the room's own CPU, persistence included, above LiteLLM's calls in a bare loop", room - bare, "ms", 1.4)
    figure("the same above our own calls to LiteLLM in a bare loop, which cost less", room - ours, "ms")
    figure("CPU of a turn in the room", room, "ms")
    figure("CPU of LiteLLM's call", bare, "ms")
    figure("CPU of our call to LiteLLM", ours, "ms")
    figure(f"CPU of a turn at {TURNS - SPAN}, against one at 100", late / early, "×", 1.3)
    growth = (run.size[2] - run.size[1]) / (run.size[1] - run.size[0])
    figure("growth of the database over the last 200 turns, against the 200 before", growth, "×", 1.3)


if __name__ == "__main__":
    main()
