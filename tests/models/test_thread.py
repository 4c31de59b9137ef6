"""The thread LiteLLM lives on: results come over, cancelling goes over, and ending it never hangs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from agentchat.models.thread import ModelThread


async def test_it_starts_when_it_is_first_needed() -> None:
    thread = ModelThread("t")
    states = [thread.running]
    assert await thread.call(where) == "t"
    states.append(thread.running)
    await thread.stop()
    assert [*states, thread.running] == [False, True, False]


async def where() -> str:
    return threading.current_thread().name


async def test_everything_comes_over_in_order_and_in_batches() -> None:
    thread = ModelThread()

    async def numbers() -> AsyncGenerator[int]:
        for number in range(10_000):
            yield number

    batches = [batch async for batch in thread.batches(numbers)]
    assert [number for batch in batches for number in batch] == list(range(10_000))
    assert len(batches) < 100
    await thread.stop()


async def test_the_first_item_does_not_wait_for_the_second() -> None:
    thread = ModelThread()

    async def slowly() -> AsyncGenerator[str]:
        yield "one"
        await asyncio.sleep(3600)
        yield "two"

    async with aclosing(thread.batches(slowly)) as batches:
        async with asyncio.timeout(1):
            assert await anext(batches) == ["one"]
    await thread.stop()


async def test_an_error_comes_over_after_what_came_before_it() -> None:
    thread = ModelThread()

    async def failing() -> AsyncGenerator[str]:
        yield "one"
        raise LookupError("gone")

    batches = thread.batches(failing)
    assert await anext(batches) == ["one"]
    with pytest.raises(LookupError, match="gone"):
        await anext(batches)
    await thread.stop()


@pytest.mark.parametrize("how", ["cancel", "close", "leave"])
async def test_a_consumer_that_goes_ends_the_producer(how: str) -> None:
    thread = ModelThread()
    ended = threading.Event()

    async def endless() -> AsyncGenerator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    async def consume() -> None:
        async with aclosing(thread.batches(endless)) as batches:
            async for _ in batches:
                if how == "leave":
                    return

    if how == "close":
        stream = thread.batches(endless)
        await anext(stream)
        await stream.aclose()
    else:
        task = asyncio.create_task(consume())
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.wait([task])
    assert await asyncio.to_thread(ended.wait, 1)
    await thread.stop()


async def test_cancelling_a_call_cancels_it_over_there() -> None:
    thread = ModelThread()
    cancelled = threading.Event()

    async def forever() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            cancelled.set()

    task = asyncio.create_task(thread.call(forever))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(cancelled.wait, 1)
    await thread.stop()


async def test_stopping_cancels_what_runs_and_closes_the_loop() -> None:
    thread = ModelThread()
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            ended.append("tidied")

    task = asyncio.create_task(thread.call(forever))
    await asyncio.sleep(0.05)
    started = time.monotonic()
    await thread.stop()
    assert time.monotonic() - started < 2
    assert ended == ["tidied"]
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_thread_that_is_stuck_does_not_keep_the_one_who_stops_it() -> None:
    thread = ModelThread()
    release = threading.Event()

    async def blocking() -> None:
        release.wait(10)

    task = asyncio.create_task(thread.call(blocking))
    await asyncio.sleep(0.05)
    started = time.monotonic()
    await thread.stop(patience=0.2)
    assert time.monotonic() - started < 1
    release.set()
    await asyncio.wait([task])


def test_a_program_with_a_call_under_way_ends_at_once_and_in_silence() -> None:
    program = """
import asyncio
from agentchat.models.thread import shared

async def forever():
    await asyncio.sleep(3600)

async def main():
    task = asyncio.create_task(shared().call(forever))
    await asyncio.sleep(0.1)

asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=10, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
