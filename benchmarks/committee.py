"""A committee on a server that takes a second to answer: is everybody asked at once, and what does that cost?

The same requests are made by LiteLLM in a bare loop beside it, by turns, so that a slow machine slows both.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from pydantic import JsonValue

from agentchat.events import EPOCH, TurnEnded, TurnStarted, stamp
from agentchat.log import Log
from agentchat.models.base import End, Endpoint, Request, Text, Timeouts
from agentchat.models.lite import LiteLLMProvider
from agentchat.models.policy import Models
from agentchat.models.thread import shared
from agentchat.room import Room
from agentchat.room.turn import Asking
from agentchat.store import Store
from agentchat.testing import opened, people
from benchmarks.report import figure, title

TAKES = 1.0
"""Seconds the server takes for an answer."""
TIMES = 5
"""Runs of each; the middle one counts."""
MODEL = "hosted_vllm/bench"


class Listening:
    """A provider that keeps the requests it hands on."""

    def __init__(self, url: str) -> None:
        self.lite = LiteLLMProvider(Endpoint(url, "none"))
        self.requests: list[Request] = []

    async def stream(self, request: Request) -> AsyncGenerator[Text | End]:
        """Through to LiteLLM."""
        self.requests.append(request)
        async for item in self.lite.stream(request):
            yield item

    async def aclose(self) -> None:
        """Close the connections."""
        await self.lite.aclose()


async def vote(provider: Listening, voters: int, folder: Path, name: str) -> tuple[float, list[Request]]:
    """One committee that votes once. Seconds from the first ballot asked for to the last one in, and the requests."""
    provider.requests = []
    asking = Asking(Models({"": provider}), Timeouts(), lambda _: None)
    settings: dict[str, JsonValue] = {
        "options": ["the bus", "the rents"],
        "rounds": 0,
        "minority_report": False,
        "write_up": False,
    }
    members = people(*(f"Voter{number}" for number in range(voters)))
    first = opened("committee", members, settings).model_copy(
        update={"session": name, "models": {one.id: MODEL for one in members}}
    )
    async with await Store.open(folder / f"{name}.db") as store:
        lease = await store.take_lease(name)
        await store.append(name, [opening := stamp(first, 1, None, EPOCH)], lease=lease)
        room = Room(store, Log([opening]), asking, lease)
        room.start()
        standing = await room.settled()
        await room.aclose()
    closed = room.transcript.closed
    assert closed, standing
    assert closed.outcome == "decided", closed
    asked = [event.at for event in room.log.events if isinstance(event, TurnStarted)]
    ended = [event.at for event in room.log.events if isinstance(event, TurnEnded)]
    return (max(ended) - min(asked)).total_seconds(), provider.requests


async def plain(url: str, requests: list[Request]) -> float:
    """Seconds for the same requests, gathered by anybody who has LiteLLM, on the loop that it runs on for us.

    On another one, what LiteLLM does after a call would fall into our time, and its worker would change loops.
    """
    return await shared().call(partial(gathered, url, requests))


async def gathered(url: str, requests: list[Request]) -> float:
    """Seconds for them, one `acompletion` each, all at once."""
    import litellm

    async def one(request: Request) -> None:
        await litellm.acompletion(
            model=MODEL,
            api_base=url,
            api_key="none",
            messages=[{"role": message.role, "content": message.content} for message in request.messages],
            max_retries=0,
        )

    began = time.perf_counter()
    await asyncio.gather(*map(one, requests))
    return time.perf_counter() - began


@contextmanager
def slow_server() -> Iterator[str]:
    """The address of a server that takes its time, in a process of its own."""
    with subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def peak(url: str) -> int:
    """The most requests the server had at once since it was asked last."""
    with urllib.request.urlopen(f"{url}/peak") as reply:
        return int(reply.read())


async def measure(url: str, folder: Path) -> None:
    """Both, by turns."""
    provider = Listening(url)
    await provider.lite.warm_up()
    _, requests = await vote(provider, 50, folder, "warm")
    await plain(url, requests)
    peak(url)
    ours, theirs, most = [], [], []
    for number in range(TIMES):
        seconds, requests = await vote(provider, 50, folder, f"fifty{number}")
        most.append(peak(url))
        ours.append(seconds)
        theirs.append(await plain(url, requests))
        peak(url)
    title("A committee of 50, each answer takes 1.0 s")
    figure("requests in flight at once", min(most), target=50, more=True)
    figure("first ballot asked for to last one in", median(ours), "s")
    figure("the same 50 LiteLLM calls, gathered", median(theirs), "s")
    ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
    figure("against the same calls", ratio, "×", target=1.15)
    await vote(provider, 64, folder, "sixtyfour")
    figure("64 voters: requests in flight at once", peak(url), target=64, more=True)
    await provider.aclose()


async def serve() -> None:
    """Answer every request with a ballot, a while later."""
    under_way, most = 0, 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next((int(line[15:]) for line in head.splitlines() if line.startswith("content-length:")), 0)
        await reader.readexactly(length)
        if head.startswith("get "):
            body, most = str(most), 0
        else:
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(TAKES)
            under_way -= 1
            body = json.dumps(REPLY)
        kind = "Content-Type: application/json\r\nConnection: close"
        writer.write(f"HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


REPLY = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "bench",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": '{"why": "it is near", "vote": "the bus"}'},
        }
    ],
    "usage": {"prompt_tokens": 100, "completion_tokens": 12, "total_tokens": 112},
}


def main() -> None:
    """Measure."""
    with slow_server() as url, tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(url, Path(folder)))


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        main()
