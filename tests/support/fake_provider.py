"""A real HTTP server on loopback that speaks OpenAI's protocol, and fails in every way a provider can.

`async with FakeProvider() as server:` then ask any model at `server.url`. A model named
`fault-NAME` (after any prefix) meets the fault NAME of `support.provider_faults`; `server.script()`
queues what the next requests meet, whatever their model. Every request is recorded, with the moment its
connection was closed early by the client.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import TracebackType
from typing import Self

from pydantic import JsonValue

SENTENCE = "Free childcare on the market square would bring young families back to the old town centre at once."


@dataclass
class Asked:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: dict[str, JsonValue]
    at: float = field(default_factory=time.monotonic)
    dropped_at: float | None = None
    """When the client closed the connection before the answer was out; None if it did not."""

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def streams(self) -> bool:
        return self.body.get("stream") is True

    @property
    def schema(self) -> JsonValue:
        """The JSON schema the answer must fit, or None."""
        form = self.body.get("response_format")
        wanted = form.get("json_schema") if isinstance(form, dict) else None
        return wanted.get("schema") if isinstance(wanted, dict) else None


class Line:
    """The server's end of one connection: what a fault or an answer writes to."""

    def __init__(self, asked: Asked, writer: asyncio.StreamWriter, server: FakeProvider) -> None:
        self.asked = asked
        self.server = server
        self.keep = True
        """Whether the connection may carry another request."""
        self._writer = writer

    async def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()

    async def head(self, status: int, kind: str, headers: Mapping[str, str] | None = None) -> None:
        """The status line and headers; without a length or chunks the answer ends when the connection does."""
        self.keep = not {"content-length", "transfer-encoding"}.isdisjoint(headers or {})
        lines = [f"HTTP/1.1 {status} Fake", f"content-type: {kind}"]
        lines += [f"{key}: {value}" for key, value in (headers or {}).items()]
        await self.raw(("\r\n".join([*lines, "", ""])).encode())

    async def whole(
        self,
        status: int,
        body: JsonValue | bytes,
        headers: Mapping[str, str] | None = None,
        kind: str = "application/json",
    ) -> None:
        """A complete answer with its length."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        await self.head(status, kind, {"content-length": str(len(data)), **(headers or {})})
        await self.raw(data)

    async def open_stream(self) -> None:
        """Start a server-sent event stream in HTTP chunks."""
        await self.head(200, "text/event-stream", {"transfer-encoding": "chunked"})

    async def send(self, data: bytes) -> None:
        """One HTTP chunk."""
        await self.raw(b"%x\r\n%b\r\n" % (len(data), data))

    async def event(self, payload: JsonValue) -> None:
        """One event of the stream."""
        await self.send(b"data: " + json.dumps(payload).encode() + b"\n\n")

    async def delta(self, content: JsonValue, finish: str | None = None, **more: JsonValue) -> None:
        """One chat completion chunk."""
        delta: JsonValue = {} if content is None else {"content": content}
        await self.event({**self.envelope("chat.completion.chunk"), "choices": [choice(delta, finish)], **more})

    async def usage(self, prompt: JsonValue = 21, completion: JsonValue = 18) -> None:
        """The usage chunk that comes after the last choice."""
        counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": 39}
        await self.event({**self.envelope("chat.completion.chunk"), "choices": [], "usage": counts})

    async def done(self) -> None:
        """The protocol's last event, and the end of the HTTP body."""
        await self.send(b"data: [DONE]\n\n")
        await self.end()

    async def end(self) -> None:
        """The end of the HTTP body."""
        await self.raw(b"0\r\n\r\n")

    async def hang(self) -> None:
        """Say nothing more until the client goes away."""
        await asyncio.sleep(3600)

    def cut(self) -> None:
        """Close the connection where the answer stands."""
        self.keep = False

    def reset(self) -> None:
        """Break the connection."""
        self.keep = False
        self._writer.transport.abort()

    def envelope(self, kind: str) -> dict[str, JsonValue]:
        return {"id": "chatcmpl-fake", "object": kind, "created": 1700000000, "model": self.asked.model}


Answering = Callable[[Line], Awaitable[None]]


def choice(delta: JsonValue, finish: str | None, key: str = "delta") -> dict[str, JsonValue]:
    """One choice of a chunk (`delta`) or of a whole reply (`message`)."""
    return {"index": 0, key: delta, "finish_reason": finish}


def tokens(text: str) -> list[str]:
    """A text in the pieces a model would send it in."""
    return [word if place == 0 else " " + word for place, word in enumerate(text.split(" "))]


def say(text: str, finish: str = "stop") -> Answering:
    """A healthy answer, streamed or whole as the request asks."""

    async def answer(line: Line) -> None:
        if not line.asked.streams:
            message: JsonValue = {"role": "assistant", "content": text}
            await line.whole(
                200,
                {
                    **line.envelope("chat.completion"),
                    "choices": [choice(message, finish, "message")],
                    "usage": {"prompt_tokens": 21, "completion_tokens": len(tokens(text)), "total_tokens": 39},
                },
            )
            return
        await line.open_stream()
        await line.delta("")
        for piece in tokens(text):
            if line.server.tokens_per_second:
                await asyncio.sleep(1 / line.server.tokens_per_second)
            await line.delta(piece)
        await line.delta(None, finish)
        await line.usage(completion=len(tokens(text)))
        await line.done()

    return answer


class FakeProvider:
    """The server. `tokens_per_second` of 0 sends as fast as it can."""

    def __init__(
        self, *, text: str = SENTENCE, tokens_per_second: float = 0, structured: Callable[[Asked], str] | None = None
    ) -> None:
        self.text = text
        self.tokens_per_second = tokens_per_second
        self.structured = structured
        """What to answer where the request brings a JSON schema; None answers `text`."""
        self.requests: list[Asked] = []
        self.url = ""
        self.faults: dict[str, Answering] = {}
        """Faults by name, met by a model called `fault-NAME`."""
        self._queue: deque[Answering] = deque()
        self._lines: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def replies(self, *texts: str) -> None:
        """Answer the next requests with these texts, in turn."""
        self._queue.extend(say(text) for text in texts)

    def script(self, answers: Sequence[Answering]) -> None:
        """Answer the next requests so, in turn."""
        self._queue.extend(answers)

    @property
    def open_lines(self) -> int:
        """Connections that are being answered right now."""
        return len(self._lines)

    async def __aenter__(self) -> Self:
        self.faults = {**import_module("support.provider_faults").FAULTS, **self.faults}
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._lines:
            task.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        ahead: bytes | None = b""
        try:
            while ahead is not None:
                asked = await self._read(reader, ahead)
                self.requests.append(asked)
                ahead = await self._answer(Line(asked, writer, self), reader)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._lines.discard(task)
            writer.close()

    async def _answer(self, line: Line, reader: asyncio.StreamReader) -> bytes | None:
        """Answer, noticing at once if the client goes. Returns what came of the next request, None if none can."""
        answering = asyncio.ensure_future(self._choose(line.asked)(line))
        ahead = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({answering, ahead}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done() or isinstance(answering.exception(), ConnectionError):
                line.asked.dropped_at = time.monotonic()
                return None
            answering.result()
            if not ahead.done():
                return b"" if line.keep else None
            return ahead.result() or None
        finally:
            answering.cancel()
            ahead.cancel()
            await asyncio.gather(answering, ahead, return_exceptions=True)

    def _choose(self, asked: Asked) -> Answering:
        if self._queue:
            return self._queue.popleft()
        _, _, fault = asked.model.rpartition("fault-")
        if "fault-" in asked.model:
            return self.faults[fault]
        if self.structured is not None and asked.schema is not None:
            return say(self.structured(asked))
        return say(self.text)

    async def _read(self, reader: asyncio.StreamReader, ahead: bytes) -> Asked:
        head = ahead + await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines if line)}
        data = await reader.readexactly(int(headers.get("content-length", "0")))
        return Asked(path=first.split(" ")[1], headers=headers, body=json.loads(data) if data else {})
