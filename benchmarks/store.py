"""What the store does in a second, and how long one event takes to be on disk, against bare SQLite on the same disk."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from agentchat.events import Event, Known, TurnEnded, TurnStarted, encode
from agentchat.store import Lease, Store
from agentchat.store.opening import reader
from agentchat.store.reading import load
from benchmarks.report import figure, quantile, title
from benchmarks.session import turns

MESSAGES = 10_000
SESSION = "bench"
ALONE = 400
"""Turns written one by one."""


async def burst(folder: Path, events: Sequence[Event]) -> float:
    """Seconds until all are on disk, each handed over by itself without waiting for the one before."""
    async with await Store.open(folder / "burst.db") as store:
        lease = await store.take_lease(SESSION)
        await store.append(SESSION, events[:1], lease=lease)
        gc.freeze()  # the events were there before: what the collector does about them is no part of writing them
        begun = time.perf_counter()
        await asyncio.gather(*(store.append(SESSION, [event], lease=lease) for event in events[1:]))
        return time.perf_counter() - begun


async def alone(store: Store, lease: Lease, events: Sequence[Event]) -> list[float]:
    """Seconds until an event is on disk, one after another."""
    took = []
    for event in events:
        begun = time.perf_counter()
        await store.append(SESSION, [event], lease=lease)
        took.append(time.perf_counter() - begun)
    return took


async def one_by_one(folder: Path, events: Sequence[Event]) -> tuple[list[float], list[float]]:
    """Seconds until the start of a turn is on disk, and until its end is."""
    async with await Store.open(folder / "alone.db") as store:
        lease = await store.take_lease(SESSION)
        await store.append(SESSION, events[:1], lease=lease)
        took = await alone(store, lease, events[1 : 1 + 2 * ALONE])
    pairs = list(zip(events[1:], took, strict=False))
    return (
        [seconds for event, seconds in pairs if isinstance(event, TurnStarted)],
        [seconds for event, seconds in pairs if isinstance(event, TurnEnded)],
    )


def bare(folder: Path, events: Sequence[Event]) -> list[float]:
    """The same ends of turns by SQLite alone, as safe: a table, a row each, a commit each."""
    took = []
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, body BLOB)")
        for event in events[2 : 2 + 2 * ALONE : 2]:
            begun = time.perf_counter()
            connection.execute("INSERT INTO events VALUES (?, ?)", (event.seq, encode(event)))
            took.append(time.perf_counter() - begun)
    return took


async def reading(folder: Path, events: Sequence[Event]) -> tuple[float, float]:
    """Seconds to read all of a session, and its last 200 events."""
    async with await Store.open(folder / "burst.db", read_only=True) as store:
        begun = time.perf_counter()
        await store.tail(SESSION, 200)
        tail = time.perf_counter()
        read = await store.load(SESSION)
        whole = time.perf_counter()
    assert read == list(events)
    return whole - tail, tail - begun


def decoding(folder: Path, events: Sequence[Event]) -> tuple[float, float]:
    """CPU seconds to read a session from the database, and for pydantic to decode the same lines from memory."""
    lines = [encode(event) for event in events]
    known: TypeAdapter[Known] = TypeAdapter(Annotated[Known, Field(discriminator="type")])
    ours, bare = [], []
    with closing(reader(folder / "burst.db")) as connection:
        for _ in range(3):
            begun = time.thread_time()
            read = load(connection, SESSION)
            ours.append(time.thread_time() - begun)
            begun = time.thread_time()
            alone = [known.validate_json(line) for line in lines]
            bare.append(time.thread_time() - begun)
            assert read == alone
            del read, alone
    return min(ours), min(bare)


def main() -> None:
    events = list(turns(MESSAGES, SESSION))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds = asyncio.run(burst(folder, events))
        starts, ends = asyncio.run(one_by_one(folder, events))
        floor = bare(folder, events)
        whole, tail = asyncio.run(reading(folder, events))
        ours, alone = decoding(folder, events)
    title("The store")
    figure(f"events a second, {len(events) - 1:,} in one burst, each durable", (len(events) - 1) / seconds)
    figure("the end of a turn on disk, safe from a power cut: p50", quantile(ends, 0.5) * 1000, "ms")
    figure("the end of a turn on disk: p99", quantile(ends, 0.99) * 1000, "ms")
    figure("the end of a turn by bare SQLite, as safe: p50", quantile(floor, 0.5) * 1000, "ms")
    figure("the end of a turn by bare SQLite: p99", quantile(floor, 0.99) * 1000, "ms")
    figure("the start of a turn on disk: p50", quantile(starts, 0.5) * 1000, "ms")
    figure("the start of a turn on disk: p99", quantile(starts, 0.99) * 1000, "ms")
    figure(f"reading {len(events):,} events", whole, "s")
    figure("the CPU of that, against pydantic's validate_json of the same lines", ours / alone, "×", 1.2)
    figure("reading the last 200 of them", tail * 1000, "ms")


if __name__ == "__main__":
    main()
