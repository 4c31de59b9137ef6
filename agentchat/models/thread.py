"""The thread LiteLLM lives on, with one event loop for as long as the program runs.

It keeps the loop of whoever asks free: LiteLLM blocks its own for up to a second, and its clients are bound to the
loop they were made on. Results come over in batches, one wake-up for all that came in the meantime.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import Future, wait
from contextlib import aclosing, suppress
from functools import cache
from typing import Generic, TypeVar

_LOG = logging.getLogger("agentchat.models")
_LOG.addHandler(logging.NullHandler())

T = TypeVar("T")

PACE = 0.03
"""Seconds between two wake-ups of a consumer; the first and the last item never wait."""


class ModelThread:
    """One daemon thread and its loop, started when first needed."""

    def __init__(self, name: str = "agentchat-models") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: Future[None] = Future()

    @property
    def running(self) -> bool:
        """Whether the thread has been started and not stopped."""
        return self._loop is not None

    async def call(self, make: Callable[[], Coroutine[None, None, T]]) -> T:
        """Run a coroutine there. Cancelling the caller cancels it."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(make(), self._started()))

    async def batches(self, make: Callable[[], AsyncGenerator[T]]) -> AsyncGenerator[list[T]]:
        """Run a generator there, and yield what it yields, in batches.

        Closing this generator, or cancelling its consumer, cancels the one over there, which closes what it holds.
        """
        bridge = _Bridge[T](asyncio.get_running_loop(), self._started())
        running = asyncio.run_coroutine_threadsafe(bridge.carry(make), bridge.there)
        try:
            while True:
                await bridge.news.wait()
                bridge.news.clear()
                last = bridge.over
                if batch := bridge.take():
                    yield batch
                if last:
                    break
            await asyncio.wrap_future(running)
        finally:
            running.cancel()

    async def stop(self, patience: float = 2.0) -> None:
        """Cancel what runs there and end the thread. Waits `patience` seconds at most: it is a daemon."""
        if self._told_to_stop():
            await asyncio.wait([asyncio.wrap_future(self._ended)], timeout=patience)

    def stop_at_exit(self, patience: float = 1.0) -> None:
        """The same where no loop runs any more: connections left open would complain as they are collected."""
        if self._told_to_stop():
            wait([self._ended], timeout=patience)

    def _told_to_stop(self) -> bool:
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)
        return loop is not None

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._ended = Future()
                threading.Thread(target=self._run, args=(self._loop, self._ended), name=self._name, daemon=True).start()
            return self._loop

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop, ended: Future[None]) -> None:
        asyncio.set_event_loop(loop)
        loop.set_exception_handler(_noted)
        try:
            loop.run_forever()
            tasks = asyncio.all_tasks(loop)
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()
            ended.set_result(None)


def _noted(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """What fails there with nobody to hear of it goes to the log, and not to stderr, where it would tear the screen."""
    _LOG.warning("on the models' thread: %s", context.get("exception") or context["message"])


class _Bridge(Generic[T]):
    """Carries what a generator yields on one loop to a consumer on another."""

    def __init__(self, here: asyncio.AbstractEventLoop, there: asyncio.AbstractEventLoop) -> None:
        self.here = here
        self.there = there
        self.news = asyncio.Event()
        self.over = False
        self._items: list[T] = []
        self._lock = threading.Lock()
        self._due: asyncio.TimerHandle | None = None
        self._next = 0.0

    async def carry(self, make: Callable[[], AsyncGenerator[T]]) -> None:
        """On the producer's loop: everything the generator yields, then its end or its error."""
        try:
            async with aclosing(make()) as items:
                async for item in items:
                    with self._lock:
                        self._items.append(item)
                    self._announce()
        finally:
            if self._due is not None:
                self._due.cancel()
            self.over = True
            self._wake()

    def take(self) -> list[T]:
        """On the consumer's loop: what has come since the last time."""
        with self._lock:
            items, self._items = self._items, []
        return items

    def _announce(self) -> None:
        if self._due is None:
            now = self.there.time()
            self._due = self.there.call_at(max(now, self._next), self._pulse)
            self._next = max(now, self._next) + PACE

    def _pulse(self) -> None:
        self._due = None
        self._wake()

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the consumer's loop is closed: nobody waits
            self.here.call_soon_threadsafe(self.news.set)


@cache
def shared() -> ModelThread:
    """The one of this process."""
    thread = ModelThread()
    atexit.register(thread.stop_at_exit)
    return thread
