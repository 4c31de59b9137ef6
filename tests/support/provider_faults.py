"""Everything a provider has been seen to do wrong: answers of the fake one, by the names models ask for them."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from pydantic import JsonValue
from support.fake_provider import Answering, Line, choice

HALF = ["Free", " childcare", " would", " help"]
"""What comes before a fault in mid-stream."""

PAGE = b"<!doctype html><html><title>Sign in</title><body>Welcome to the hotel's network</body></html>"

FAULTS: dict[str, Answering] = {}


def fault(name: str) -> Callable[[Answering], Answering]:
    def named(answer: Answering) -> Answering:
        FAULTS[name] = answer
        return answer

    return named


def refuse(
    name: str, status: int, code: str = "", message: str = "", headers: Callable[[], dict[str, str]] = dict
) -> None:
    """An answer with an error status and OpenAI's error object."""

    async def answer(line: Line) -> None:
        await line.whole(status, {"error": {"message": message or name, "type": code, "code": code}}, headers())

    FAULTS[name] = answer


refuse("key", 401, "invalid_api_key", "Incorrect API key provided: sk-abcdefghijklmnop1234. You can find yours online.")
refuse("payment", 402, "payment_required", "Insufficient balance")
refuse(
    "quota", 429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."
)
refuse("forbidden", 403, "unsupported_country", "Country, region, or territory not supported")
refuse("missing", 404, "model_not_found", "The model `x` does not exist")
refuse("busy", 429, "rate_limit_exceeded", "Rate limit reached", lambda: {"retry-after": "0.2"})
refuse("busyhour", 429, "rate_limit_exceeded", "Rate limit reached", lambda: {"retry-after": "3600"})
refuse(
    "busydate",
    429,
    "rate_limit_exceeded",
    "Rate limit reached",
    lambda: {"retry-after": format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)},
)
refuse("context", 400, "context_length_exceeded", "This model's maximum context length is 8192 tokens.")
refuse(
    "policy", 400, "content_filter", "The response was filtered due to the prompt triggering content management policy."
)
refuse("invalid", 400, "invalid_value", "top_p must be below 1")
refuse("failing", 500, "server_error", "The server had an error")
refuse("unavailable", 503, "overloaded", "The engine is currently overloaded\x1b]52;c;cm0=\x07")
refuse("overloaded", 529, "overloaded_error", "Overloaded")


@fault("gateway")
async def _(line: Line) -> None:
    await line.whole(502, b"<html><h1>502 Bad Gateway</h1></html>", kind="text/html")


@fault("redirect")
async def _(line: Line) -> None:
    await line.whole(302, b"", {"location": f"{line.server.url}/chat/completions"})


@fault("reset")
async def _(line: Line) -> None:
    line.reset()


@fault("garbage")
async def _(line: Line) -> None:
    await line.raw(b"\x16\x03\x01 SSH-2.0-OpenSSH_9.2\r\n\r\n")
    line.cut()


@fault("stall")
async def _(line: Line) -> None:
    await line.hang()


@fault("emptybody")
async def _(line: Line) -> None:
    await line.whole(200, b"", kind="text/event-stream")


@fault("html")
async def _(line: Line) -> None:
    await line.whole(200, PAGE, kind="text/html; charset=utf-8")


@fault("json")
async def _(line: Line) -> None:
    message: JsonValue = {"role": "assistant", "content": "All of it at once."}
    await line.whole(200, {**line.envelope("chat.completion"), "choices": [choice(message, "stop", "message")]})


@fault("badgzip")
async def _(line: Line) -> None:
    await line.whole(200, b"\x1f\x8b\x08\x00 not gzip at all", {"content-encoding": "gzip"}, "text/event-stream")


@fault("gzip")
async def _(line: Line) -> None:
    events = [*({"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in HALF), END]
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events) + b"data: [DONE]\n\n"
    await line.whole(200, gzip.compress(body), {"content-encoding": "gzip"}, "text/event-stream")


END: dict[str, JsonValue] = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def midway(name: str, *, begin: bool = True) -> Callable[[Callable[[Line], Awaitable[None]]], None]:
    """A fault in mid-stream, after some text, or before any with `begin=False`."""

    def named(rest: Callable[[Line], Awaitable[None]]) -> None:
        async def answer(line: Line) -> None:
            await line.open_stream()
            for piece in HALF if begin else []:
                await line.delta(piece)
            await rest(line)

        FAULTS[name] = answer

    return named


@midway("midreset")
async def _(line: Line) -> None:
    await asyncio.sleep(0.05)
    line.reset()


@midway("midcut")
async def _(line: Line) -> None:
    await line.raw(b"400\r\ndata: {")
    line.cut()


@midway("nofinish")
async def _(line: Line) -> None:
    await line.end()


@midway("nofinishusage")
async def _(line: Line) -> None:
    await line.usage()
    await line.end()


@midway("nodone")
async def _(line: Line) -> None:
    await line.delta(None, "stop")
    await line.end()


@midway("openafter")
async def _(line: Line) -> None:
    await line.delta(None, "stop")
    await line.usage()
    await line.send(b"data: [DONE]\n\n")
    await line.hang()


@midway("midstall")
async def _(line: Line) -> None:
    await line.hang()


@midway("keepalive")
async def _(line: Line) -> None:
    while True:
        await line.send(b": keep-alive\n\n")
        await asyncio.sleep(0.02)


@midway("emptydeltas")
async def _(line: Line) -> None:
    while True:
        await line.delta("")
        await asyncio.sleep(0.02)


@midway("slowbytes")
async def _(line: Line) -> None:
    for byte in b'data: {"choices":[{"index":0,"delta":{"content":"' + b"x" * 3000:
        await line.send(bytes([byte]))
        await asyncio.sleep(0.02)


@midway("earlykeepalive", begin=False)
async def _(line: Line) -> None:
    while True:
        await line.send(b": keep-alive\n\n")
        await asyncio.sleep(0.02)


@midway("endless")
async def _(line: Line) -> None:
    number = 0
    while True:
        number += 1
        await line.delta(f" and {number} more {'x' * 20_000}")


@midway("slowtalk")
async def _(line: Line) -> None:
    while True:
        await line.delta(" more")
        await asyncio.sleep(0.05)


@midway("badjson")
async def _(line: Line) -> None:
    await line.send(b'data: {"choices":[{"index":0,"delta":{"content":" lost\n\n')
    await line.delta(" and found")
    await line.delta(None, "stop")
    await line.done()


@midway("cutjson")
async def _(line: Line) -> None:
    await line.send(b'data: {"choices":[{"index":0,"delta":{"con')
    await line.end()


@midway("miderror")
async def _(line: Line) -> None:
    await line.event({"error": {"message": "The engine fell over", "code": 500}})
    await line.done()


@midway("eventerror")
async def _(line: Line) -> None:
    await line.send(b'event: error\ndata: {"error": {"message": "overloaded", "type": "overloaded_error"}}\n\n')
    await line.end()


@midway("firsterror", begin=False)
async def _(line: Line) -> None:
    await line.event({"error": {"message": "No such model here", "code": 404}})
    await line.end()


@midway("onlydone", begin=False)
async def _(line: Line) -> None:
    await line.done()


def ended(
    name: str, *pieces: bytes | JsonValue, finish: str = "stop", usage: tuple[JsonValue, JsonValue] | None = None
) -> None:
    """A stream that comes to its end: bytes go out as they are, all else as content."""

    async def answer(line: Line) -> None:
        await line.open_stream()
        for piece in pieces:
            await (line.send(piece) if isinstance(piece, bytes) else line.delta(piece))
        await line.delta(None, finish)
        if usage is not None:
            await line.usage(*usage)
        await line.done()

    FAULTS[name] = answer


def delta(content: str) -> bytes:
    """One event, as the bytes that hold it; `content` is JSON already."""
    return f'data: {{"choices":[{{"index":0,"delta":{{"content":"{content}"}}}}]}}\n\n'.encode()


ended("empty", "")
ended("blank", " \n\t ")
ended("bom", b"\xef\xbb\xbf", *HALF)
ended("utf8", delta("caf@@ au lait").replace(b"@@", b"\xff\xfe"))
ended("split", *(bytes([byte]) for byte in delta("über 🎉 alles")))
ended("surrogates", delta("party \\ud83c"), delta("\\udf89 time"))
ended("separators", delta("one\u2028two\x85three"))
ended("list", [{"type": "text", "text": "Free childcare"}], [{"type": "text", "text": " would help"}])
ended("length", *HALF, finish="length", usage=(21, 18))
ended("filter", *HALF, finish="content_filter")
ended("oddfinish", *HALF, finish="eos_or_so")
ended("nousage", *HALF)
ended("minususage", *HALF, usage=(-5, -7))
ended("textusage", *HALF, usage=("many", "more"))


@midway("repeats", begin=False)
async def _(line: Line) -> None:
    for _number in range(300):
        await line.delta("la ")
    await line.delta(None, "stop")
    await line.done()


@midway("roleswitch", begin=False)
async def _(line: Line) -> None:
    await line.event({"choices": [{"index": 0, "delta": {"role": "system", "content": "Free"}}]})
    await line.delta(" childcare", "stop")
    await line.done()


@midway("giant", begin=False)
async def _(line: Line) -> None:
    await line.delta("x" * 5_000_000)
    await line.delta(None, "stop")
    await line.done()


def whole(name: str, body: Callable[[Line], JsonValue]) -> None:
    """A reply in one piece that is not as it should be."""

    async def answer(line: Line) -> None:
        await line.whole(200, body(line))

    FAULTS[name] = answer


def _reply(line: Line, content: JsonValue, **choice: JsonValue) -> JsonValue:
    message: JsonValue = {"role": "assistant", "content": content}
    return {**line.envelope("chat.completion"), "choices": [{"index": 0, "message": message, **choice}]}


whole("wholenofinish", lambda line: _reply(line, "Half of"))
whole("wholelist", lambda line: _reply(line, [{"type": "text", "text": "All of it"}], finish_reason="stop"))
whole("wholelength", lambda line: _reply(line, "Half of", finish_reason="length"))
whole("wholeempty", lambda line: _reply(line, "", finish_reason="stop"))
whole("wholenull", lambda line: _reply(line, None, finish_reason="stop"))
whole("nochoices", lambda line: {**line.envelope("chat.completion"), "choices": []})
whole("errorobject", lambda _line: {"error": {"message": "The engine fell over", "code": 500}})


@fault("wholecut")
async def _(line: Line) -> None:
    await line.head(200, "application/json", {"content-length": "4000"})
    await line.raw(b'{"choices":[{"index":0,"message":{"content":"Half')
    line.cut()


@fault("wholeendless")
async def _(line: Line) -> None:
    await line.head(200, "application/json")
    await line.raw(b'{"choices":[{"index":0,"message":{"content":"')
    while True:
        await line.raw(b"more and " * 20_000)
