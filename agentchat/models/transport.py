"""The HTTP transport handed to LiteLLM: every answer passes a `Wire`, every failure is noted as what it was.

Over aiohttp, which takes half the time of httpx's own.
"""

from __future__ import annotations

import asyncio
import os
import urllib.request
from collections.abc import AsyncIterator
from contextvars import ContextVar

import aiohttp
import httpx
import yarl
from typing_extensions import override

from agentchat.models.wire import MOST, Wire

WATCHING: ContextVar[Wire | None] = ContextVar("WATCHING", default=None)
"""The wire of the call that runs in this context."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class WatchedTransport(httpx.AsyncBaseTransport):
    """Direct, or through the proxy the environment names; never the same request twice."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._holding: asyncio.Task[None] | None = None

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        wire = WATCHING.get() or Wire(streams=False)
        wire.host = request.url.netloc.decode("ascii", "replace")
        request.headers["accept-encoding"] = "identity"
        body = await request.aread()
        try:
            answer = await self._open().request(
                request.method,
                yarl.URL(str(request.url), encoded=True),
                headers=request.headers,
                data=body or None,
                allow_redirects=False,
                proxy=proxy_for(request.url),
                # Reads may take as long as they like: what counts is content, and another clock watches that.
                timeout=aiohttp.ClientTimeout(total=None, connect=wire.connect),
            )
        except (aiohttp.ClientError, OSError) as error:
            raise note(wire, error) from error
        wire.status = answer.status
        wire.headers = {name.lower(): value for name, value in answer.headers.items()}
        headers = [pair for pair in answer.headers.items() if pair[0].lower() not in _ABOUT_LENGTH]
        return httpx.Response(answer.status, headers=headers, stream=_WatchedStream(answer, wire))

    @override
    async def aclose(self) -> None:
        """Nothing: LiteLLM closes a client after one failure, and all calls share this transport."""

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30.0, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
            self._holding = asyncio.create_task(self._hold(self._session))
        return self._session

    async def _hold(self, session: aiohttp.ClientSession) -> None:
        """Close the session when this task is cancelled, because its loop ends."""
        try:
            await asyncio.Event().wait()
        finally:
            self._session = self._holding = None
            await session.close()


_ABOUT_LENGTH = frozenset({"content-length", "content-encoding", "transfer-encoding"})
"""True of the body as it was sent, not as it is passed on."""


class _WatchedStream(httpx.AsyncByteStream):
    """A body that tells the wire what it holds before LiteLLM reads it."""

    def __init__(self, answer: aiohttp.ClientResponse, wire: Wire) -> None:
        self._answer = answer
        self._wire = wire

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        wire, body = self._wire, self._answer.content
        try:
            while True:
                async with asyncio.timeout(wire.grace):
                    piece = await body.readany()
                if not piece:
                    break
                if ready := wire.feed(piece):
                    yield ready
                if wire.swamped:
                    wire.failure, wire.detail = "budget", f"more than {MOST:,} characters, and no end of it"
                    raise httpx.ReadError(wire.detail)
        except TimeoutError:
            pass
        except (aiohttp.ClientError, OSError) as error:
            if not wire.ended:
                raise note(wire, error) from error
        if left := wire.rest():
            yield left

    @override
    async def aclose(self) -> None:
        self._answer.close()


def proxy_for(url: httpx.URL) -> str | None:
    """The proxy the environment names for an address; never one for this machine."""
    if url.host in _LOOPBACK or urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _in_words(error: OSError) -> str:
    code = error.errno or 0
    return os.strerror(code) if code > 0 else error.strerror or str(error)


def note(wire: Wire, error: Exception) -> httpx.ReadError:
    """Keep what failed, and return an error that LiteLLM passes on; others make it send the request again."""
    wire.detail = str(error) or type(error).__name__
    wire.failure = "network"
    match error:
        case TimeoutError():
            wire.detail = f"no answer within {wire.connect:g} s"
        case aiohttp.ClientConnectorError():
            wire.detail = _in_words(error.os_error)
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            wire.failure, wire.detail = "protocol", "the address makes no sense"
        case aiohttp.ClientResponseError():
            wire.failure, wire.detail = "protocol", "it does not speak HTTP as it should"
        case aiohttp.ClientPayloadError() if "content-encoding" in wire.detail:
            wire.failure = "protocol"
        case aiohttp.ClientPayloadError():
            wire.detail = "it closed in mid-reply"
        case _:
            pass
    return httpx.ReadError(wire.detail)
