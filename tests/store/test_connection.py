from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentchat.events import Directed, Event, HumanSpoke
from agentchat.store import Store, StoreFault

if TYPE_CHECKING:
    from store.conftest import Sitting


def spoken(sitting: Sitting, count: int) -> list[Event]:
    return [sitting.next(HumanSpoke(text=f"Sentence number {n} about the schools of the town.")) for n in range(count)]


async def test_a_cancelled_caller_neither_loses_nor_doubles_an_event(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    chance = random.Random(7)
    events = spoken(sitting, 300)

    async def add(event: Event) -> None:
        append = asyncio.ensure_future(store.append("s1", [event], lease=None))
        if chance.random() < 0.2:
            for _ in range(chance.randrange(1, 5)):
                await asyncio.sleep(0)
            append.cancel()
        with suppress(asyncio.CancelledError):
            await append

    for start in range(0, len(events), 50):
        await asyncio.gather(*(add(event) for event in events[start : start + 50]))
    assert [event.seq for event in await store.load("s1")] == list(range(1, 302))


async def test_a_caller_cancelled_before_its_first_step_wrote_nothing(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    append = asyncio.ensure_future(sitting.say("Never."))
    append.cancel()
    with pytest.raises(asyncio.CancelledError):
        await append
    assert await store.count("s1") == 1


async def test_one_that_is_refused_does_not_take_the_others_of_its_transaction_with_it(
    sitting: Sitting, store: Store
) -> None:
    await sitting.open()
    good = spoken(sitting, 20)
    orphan = sitting.next(HumanSpoke(text="Nobody's child."), parent=999)
    every = [*good[:10], orphan, *good[10:]]
    answers = await asyncio.gather(
        *(store.append("s1", [event], lease=None) for event in every), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(refused) == 1
    assert isinstance(refused[0], StoreFault)
    assert (await store.load("s1"))[1:] == good


async def test_a_burst_is_committed_together(
    sitting: Sitting, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    await sitting.open()
    lines: list[str] = []
    for name, events in (
        ("said", spoken(sitting, 3000)),
        ("not indexed", [sitting.next(Directed(verb="go_on")) for _ in range(3000)]),
    ):
        start = time.perf_counter()
        await asyncio.gather(*(store.append("s1", [event], lease=None) for event in events))
        lines.append(f"{name}, one by one: {len(events) / (time.perf_counter() - start):,.0f} events/s")
    events = spoken(sitting, 3000)
    start = time.perf_counter()
    await store.append("s1", events, lease=None)
    lines.append(f"said, in one list: {len(events) / (time.perf_counter() - start):,.0f} events/s")
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert await store.count("s1") == 9001


async def test_a_closed_store_says_so(path: Path) -> None:
    store = await Store.open(path)
    await store.aclose()
    await store.aclose()
    with pytest.raises(StoreFault, match="was closed"):
        await store.sessions()
    with pytest.raises(StoreFault, match="was closed"):
        await store.checkpoint("s1", 1, "text")


async def test_what_waits_when_the_store_is_closed_is_written(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open()
    appends = [asyncio.ensure_future(store.append("s1", [event], lease=None)) for event in spoken(sitting, 50)]
    await asyncio.sleep(0)
    await store.aclose()
    await asyncio.gather(*appends)
    async with await Store.open(path) as again:
        assert await again.count("s1") == 51


async def test_closing_ends_also_where_its_caller_is_cancelled(path: Path) -> None:
    store = await Store.open(path)
    closing = asyncio.ensure_future(store.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    with suppress(asyncio.CancelledError):
        await closing
    await store.aclose()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_store_nobody_closed_does_not_hold_up_the_end_of_the_program(path: Path, program: tuple[str, str]) -> None:
    run = subprocess.run([*program, "leave", str(path)], capture_output=True, text=True, timeout=20)
    assert run.returncode == 1
    assert run.stderr.rstrip().endswith("RuntimeError: left open")
