"""A long session, written straight into a home's database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from agentchat.events import EPOCH, Event, TurnStarted, stamp
from agentchat.store import Store
from agentchat.testing import end, opened, people
from benchmarks.speech import words

NAMES = ("Ada", "Ben", "Cleo", "Dev")
WORDS = 60
"""In one message: a paragraph."""


def turns(messages: int, session: str) -> Iterator[Event]:
    """The events of a session with so many messages."""
    who = [name.lower() for name in NAMES]
    yield stamp(opened("discussion", people(*NAMES)).model_copy(update={"session": session}), 1, None, EPOCH)
    for place in range(messages):
        seq, at = 2 + 2 * place, EPOCH + timedelta(seconds=place)
        start = TurnStarted(speaker=who[place % len(who)], round=1 + place // len(who), reads_to=seq - 1)
        start = stamp(start, seq, seq - 1, at)
        yield start
        said = end(start, "said", f"{place}: {words(WORDS)}").model_copy(
            update={"model": "bench/none", "tokens_out": WORDS}
        )
        yield stamp(said, seq + 1, seq, at)


async def kept(home: Path, messages: int, session: str) -> None:
    """Keep such a session in a home."""
    async with await Store.open(home / "sessions" / "agentchat.db") as store:
        lease = await store.take_lease(session)
        await store.append(session, list(turns(messages, session)), lease=lease)


def keep(home: Path, messages: int, session: str) -> None:
    """Keep it, from outside any loop."""
    asyncio.run(kept(home, messages, session))
