"""How long it takes to find something among 100,000 messages, each of a paragraph, in 100 sessions."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from pathlib import Path

from agentchat.events import Event, TurnEnded
from agentchat.store import Store
from benchmarks.report import figure, quantile, title
from benchmarks.session import turns

MESSAGES = 100_000
SESSIONS = 100
TIMES = 11
TARGET, BEST = 20, 200
"""Milliseconds; the best of a word that is everywhere are looked for among the newest only."""
ASKED = {
    "a rare word": "needle",
    "a prefix": "need",
    "a prefix of two letters": "ne",
    "a phrase": '"needle in the hay"',
    "a very common word, the newest first": "everywhere",
    "a very common word of one persona in one session": "everywhere persona:ada session:s00",
    "a very common word in one mode, of before last week": "everywhere mode:discussion before:7d",
    "nothing but a filter": "persona:ben",
}


def messages(session: str, chance: random.Random) -> list[Event]:
    """The events of one session: a word that is everywhere, and one that is rare."""
    kept: list[Event] = []
    for event in turns(MESSAGES // SESSIONS, session):
        if isinstance(event, TurnEnded):
            rare = " A needle in the hay." if chance.random() < 0.0005 else ""
            own = " ".join(f"w{chance.randrange(20_000)}" for _ in range(10))
            event = event.model_copy(update={"text": f"{event.text} everywhere {own}{rare}"})
        kept.append(event)
    return kept


async def took(store: Store, typed: str, *, best: bool = False) -> float:
    """Milliseconds, the median."""
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await store.search(typed, 50, best=best)
        times.append(time.perf_counter() - begun)
    return quantile(times, 0.5) * 1000


async def measured(folder: Path) -> None:
    """Keep them, then look."""
    chance = random.Random(1)
    async with await Store.open(folder / "search.db") as store:
        for number in range(SESSIONS):
            session = f"s{number:02}"
            await store.append(session, messages(session, chance), lease=None)
        title(f"Search in {MESSAGES:,} messages")
        for what, typed in ASKED.items():
            figure(what, await took(store, typed), "ms", TARGET)
        figure("a very common word, the best first", await took(store, "everywhere", best=True), "ms", BEST)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measured(Path(name)))


if __name__ == "__main__":
    main()
