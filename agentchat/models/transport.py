"""The HTTP transport handed to LiteLLM: every answer passes a `Wire`, every failure is noted as what it was."""

from __future__ import annotations

import asyncio
import urllib.request
import zlib
from collections.abc import AsyncIterator
from contextvars import ContextVar

import httpx
from typing_extensions import override

from agentchat.models.wire import Wire

WATCHING: ContextVar[Wire | None] = ContextVar("WATCHING", default=None)
"""The wire of the call that runs in this context."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class WatchedTransport(httpx.AsyncBaseTransport):
    """Direct, or through the proxy the environment names; never the same request twice."""

    def __init__(self) -> None:
        self._ways: dict[str | None, httpx.AsyncHTTPTransport] = {}

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        wire = WATCHING.get()
        way = self._way(request.url)
        if wire is None:
            return await way.handle_async_request(request)
        wire.host = request.url.netloc.decode("ascii", "replace")
        # Reads may take as long as they like: what counts is content, and another clock watches that.
        request.extensions["timeout"] = {"connect": wire.connect, "read": None, "write": 60.0, "pool": None}
        request.headers["accept-encoding"] = "identity"
        try:
            response = await way.handle_async_request(request)
        except httpx.TransportError as error:
            raise note(wire, error) from error
        wire.status = response.status_code
        wire.headers = dict(response.headers)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        packed = response.headers.pop("content-encoding", "identity") != "identity"
        response.headers.pop("content-length", None)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_WatchedStream(response.stream, wire, packed=packed),
            extensions=response.extensions,
        )

    @override
    async def aclose(self) -> None:
        """Nothing: LiteLLM closes a client after one failure, and all calls share this transport. See `shut`."""

    async def shut(self) -> None:
        """Close the connections that are kept."""
        ways, self._ways = self._ways, {}
        for way in ways.values():
            await way.aclose()

    def _way(self, url: httpx.URL) -> httpx.AsyncHTTPTransport:
        proxy = None
        if url.host not in _LOOPBACK and not urllib.request.proxy_bypass(url.host):
            proxies = urllib.request.getproxies()
            proxy = proxies.get(url.scheme) or proxies.get("all")
        if proxy not in self._ways:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=30.0)
            self._ways[proxy] = httpx.AsyncHTTPTransport(limits=limits, proxy=proxy)
        return self._ways[proxy]


class _WatchedStream(httpx.AsyncByteStream):
    """A body that tells the wire what it holds before LiteLLM reads it."""

    def __init__(self, body: httpx.AsyncByteStream, wire: Wire, *, packed: bool) -> None:
        self._body = body
        self._wire = wire
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed else None

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        wire = self._wire
        pieces = aiter(self._body)
        while True:
            try:
                async with asyncio.timeout(wire.grace):
                    piece = await anext(pieces)
                if self._unpack is not None:
                    piece = self._unpack.decompress(piece)
            except (StopAsyncIteration, TimeoutError):
                break
            except httpx.TransportError as error:
                if wire.ended:
                    break
                raise note(wire, error) from error
            except zlib.error as error:
                raise note(wire, httpx.DecodingError(str(error))) from error
            if ready := wire.feed(piece):
                yield ready
        if left := wire.rest():
            yield left

    @override
    async def aclose(self) -> None:
        await self._body.aclose()


def note(wire: Wire, error: httpx.RequestError) -> httpx.ReadError:
    """Keep what failed, and return an error that LiteLLM passes on; others make it send the request again."""
    cause = error.__cause__ or error
    wire.detail = str(cause) or type(error).__name__
    match error:
        case httpx.ConnectTimeout():
            wire.failure, wire.detail = "network", f"no answer within {wire.connect:g} s"
        case httpx.RemoteProtocolError() if wire.status is None and "disconnected" not in str(error):
            wire.failure = "protocol"
        case httpx.DecodingError() | httpx.UnsupportedProtocol():
            wire.failure = "protocol"
        case _:
            wire.failure = "network"
    return httpx.ReadError(wire.detail)
