"""What a turn costs beside its model call, persistence included: the same requests through a room and a bare loop."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path
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

TURNS = 420
MODEL = "openai/bench"


class Noting:
    """A provider that notes what it was asked."""

    def __init__(self, lite: LiteLLMProvider) -> None:
        self.lite = lite
        self.requests: list[Request] = []

    async def stream(self, request: Request) -> AsyncGenerator[Text | End]:
        self.requests.append(request)
        async for item in self.lite.stream(request):
            yield item

    async def aclose(self) -> None:
        await self.lite.aclose()


async def room_run(url: str, folder: Path) -> tuple[list[Request], list[float], list[int]]:
    """A discussion of many turns: its requests, the CPU at the end of each turn, and the database's size."""
    provider = Noting(LiteLLMProvider(Endpoint(url, "none")))
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
    cpu, sizes = [], []
    async with room.watch() as news:
        room.start()
        async for item in news:
            if isinstance(item, TurnEnded):
                cpu.append(time.process_time())
                sizes.append(_size(folder / "sessions" / "agentchat.db"))
            if len(cpu) >= TURNS:
                break
            if isinstance(item, SessionClosed):
                await room.reopen(12)
    await room.aclose()
    await store.aclose()
    return provider.requests, cpu, sizes


def _size(database: Path) -> int:
    """Bytes in use, the write-ahead log folded in."""
    with closing(sqlite3.connect(database)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        return int(pages * connection.execute("PRAGMA page_size").fetchone()[0])


async def bare_run(url: str, requests: list[Request]) -> list[float]:
    """The same requests, one after another, by LiteLLM alone: the CPU at the end of each."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm

    cpu = []
    for request in requests:
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
        async for _ in stream:
            pass
        await stream.aclose()
        cpu.append(time.process_time())
    return cpu


def per_turn(cpu: list[float], start: int, end: int) -> float:
    """Milliseconds of CPU a turn, from one turn to another."""
    return (cpu[end - 1] - cpu[start - 1]) / (end - start) * 1000


def main() -> None:
    with serving(words=40) as url, tempfile.TemporaryDirectory() as folder:
        requests, room, sizes = asyncio.run(room_run(url, Path(folder)))
        bare = asyncio.run(bare_run(url, requests))
    early, late = (80, 120), (TURNS - 40, TURNS)
    own = {span: per_turn(room, *span) - per_turn(bare, *span) for span in (early, late)}
    title(f"A turn of 40 tokens, {TURNS} turns, against the same calls by LiteLLM in a bare loop")
    ours, calls = per_turn(room, 20, TURNS), per_turn(bare, 20, TURNS)
    figure("the room's own CPU, persistence included, over all turns", ours - calls, "ms", 1.4)
    figure("CPU of a turn in the room", ours, "ms")
    figure("CPU of the bare call", calls, "ms")
    figure("CPU of a turn at 400, against one at 100", per_turn(room, *late) / per_turn(room, *early), "×", 1.3)
    figure("the room's own CPU at turn 100", own[early], "ms")
    figure("the room's own CPU at turn 400", own[late], "ms")
    growth = (sizes[TURNS - 1] - sizes[TURNS // 2]) / (sizes[TURNS // 2] - sizes[20])
    figure("database growth of the second half of the turns, against the first", growth, "×", 1.3)


if __name__ == "__main__":
    main()
