from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agentchat.events import Event, HumanSpoke, SessionOpened, TurnEnded, TurnStarted, stamp
from agentchat.persona import Persona
from agentchat.store import Lease, Store

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
PROGRAM = (sys.executable, str(Path(__file__).parent / "appender.py"))


class Sitting:
    """A session being written, one event after another."""

    def __init__(self, store: Store, session: str = "s1", lease: Lease | None = None) -> None:
        self.store, self.session, self.lease = store, session, lease
        self.seq = 0

    def next(self, event: Event, parent: int | None = None) -> Event:
        before = self.seq or None
        self.seq += 1
        at = START + timedelta(seconds=self.seq)
        return stamp(event, self.seq, before if parent is None else parent, at)

    async def add(self, *events: Event) -> list[Event]:
        return await self.store.append(self.session, [self.next(event) for event in events], lease=self.lease)

    async def open(self, topic: str = "How could a small town win back young families?") -> list[Event]:
        ada = Persona(id="ada", name="Ada", prompt="You are Ada.")
        return await self.add(SessionOpened(session=self.session, topic=topic, mode="discussion", personas=(ada,)))

    async def say(self, text: str) -> list[Event]:
        return await self.add(HumanSpoke(text=text))

    async def turns(self, *texts: str) -> None:
        """All at once: one after another, each would wait for the disk twice."""
        events: list[Event] = []
        for text in texts:
            started = self.next(TurnStarted(speaker="ada"))
            events += [started, self.next(TurnEnded(turn=started.seq, speaker="ada", outcome="said", text=text))]
        await self.store.append(self.session, events, lease=self.lease)

    async def turn(self, text: str, *, sealed: bool = False, frame: int = 0) -> int:
        (started,) = await self.add(TurnStarted(speaker="ada", sealed=sealed, frame=frame))
        await self.add(TurnEnded(turn=started.seq, speaker="ada", outcome="said", text=text, frame=frame))
        return started.seq


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions" / "agentchat.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with await Store.open(path) as opened:
        yield opened


@pytest.fixture
def sitting(store: Store) -> Sitting:
    return Sitting(store)


@pytest.fixture
def sit() -> type[Sitting]:
    """For a test with more sessions, or stores, than one."""
    return Sitting


@pytest.fixture
def program() -> tuple[str, str]:
    """How to start the appender."""
    return PROGRAM
