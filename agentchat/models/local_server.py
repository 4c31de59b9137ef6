"""llama.cpp as a child process on a loopback port: started when first needed, again if it died, gone when we are.

Its key is random and goes through a pipe, never the command line; what it prints goes into a log.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agentchat.errors import ModelError
from agentchat.models import local_child
from agentchat.models.base import Endpoint
from agentchat.models.local_child import Announcement, Order

if TYPE_CHECKING:
    from collections.abc import Mapping

TINY = 1_000_000_000
"""Bytes below which a model counts as tiny."""

LOADING = 120.0
"""Seconds a model may take to load."""

LEAVING = 2.0
"""Seconds a child may take to leave before it is killed."""

LOG_LIMIT = 1_000_000
"""Bytes of log above which it is begun anew."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens."""

    endpoint: Endpoint
    window: int
    """Tokens that one request may read and write."""


class LocalServer:
    """One GGUF file, served."""

    def __init__(self, path: Path, log: Path) -> None:
        self.path = path
        self.log = log
        self._process: Process | None = None
        self._running: Running | None = None
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The child's process id, while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def running(self) -> Running:
        """The server, started if it is not running. Raises ModelError."""
        async with self._starting:
            if self._running is None or self.pid is None or not await _listens(self._running):
                await self._stop()
                self._running = await self._start()
            return self._running

    async def aclose(self) -> None:
        """End the child."""
        async with self._starting:
            await self._stop()

    async def _start(self) -> Running:
        if importlib.util.find_spec("xllamacpp") is None:
            raise ModelError(
                "not_installed",
                "What runs models on this machine is not installed",
                hint="pip install 'agentchat[local]', or use another model: agentchat models list",
            )
        order = _order(self.path)
        log = _opened(self.log)
        try:
            # -P: no module of the folder somebody happens to be in, and none of ours by its bare name.
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", local_child.__file__, stdin=PIPE, stdout=PIPE, stderr=log, env=_without_keys()
            )
        finally:
            os.close(log)
        try:
            said = await self._announced(self._process, order)
        except BaseException:
            await self._stop()
            raise
        return Running(Endpoint(f"{said.address}/v1", order.key), said.window)

    async def _announced(self, process: Process, order: Order) -> Announcement:
        assert process.stdin is not None
        assert process.stdout is not None
        hint = f"Its log is {self.log}"
        try:
            process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
            await process.stdin.drain()
            async with asyncio.timeout(LOADING):
                line = await process.stdout.readline()
        except TimeoutError:
            raise ModelError("server", f"{self.path.name} took more than {LOADING:.0f} s to load", hint=hint) from None
        except ConnectionError:
            line = b""
        said = Announcement(**json.loads(line)) if line else Announcement(error="it ended at once")
        if said.error:
            raise ModelError("server", f"{self.path.name} could not be loaded: {said.error}", hint=hint)
        return said

    async def _stop(self) -> None:
        process, self._process, self._running = self._process, None, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(LEAVING):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _listens(running: Running) -> bool:
    """Whether it takes connections: one that was killed does not, some time before its end is known here."""
    address = urlsplit(running.endpoint.api_base)
    try:
        _, line = await asyncio.open_connection(address.hostname, address.port)
    except ConnectionError:
        return False
    line.close()
    return True


def _order(path: Path) -> Order:
    """How to run a file: a tiny model gets small windows and few threads, any other what this machine has."""
    cores = os.cpu_count() or 1
    tiny = path.stat().st_size < TINY
    return Order(
        path=str(path),
        name=path.stem,
        key=secrets.token_urlsafe(32),
        slots=4 if tiny else 2,
        context=4 * 2048 if tiny else 2 * 8192,
        # llama.cpp's threads wait for each other at every step: on two busy cores two of them made 2 tokens a second,
        # one made 76. A tiny model needs no more, and the screen needs a core.
        threads=max(1, min(4, cores // 2)) if tiny else max(1, cores - 1),
    )


def _opened(log: Path) -> int:
    """The log, open for appending, for this user only."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if os.fstat(handle).st_size > LOG_LIMIT:
        os.ftruncate(handle, 0)
    return handle


def _without_keys(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without anybody's keys: this child asks nobody."""
    environ = os.environ if environ is None else environ
    return {name: value for name, value in environ.items() if not name.endswith(("_API_KEY", "_TOKEN", "_SECRET"))}
