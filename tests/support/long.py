"""Long sessions, written at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.events import EPOCH, Event, HumanSpoke, SessionReopened, TurnStarted, stamp
from agentchat.log import Log
from agentchat.testing import end, opened, people, play

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from agentchat.store import Store

NAMES = ("Ada", "Ben", "Cleo", "Dev")

LIVELY: Mapping[str, dict[str, JsonValue]] = {
    "discussion": {"rounds": 3},
    "committee": {"options": ["trams", "buses"]},
    "brainstorm": {},
    "refinement": {},
}
"""Modes, and settings with which they go on for long."""


def talk(turns: int, *, model: str = "") -> Log:
    """A discussion with so many turns and nothing else."""
    first = opened("discussion", people(*NAMES))
    models = {persona.id: model for persona in first.personas}
    events: list[Event] = [stamp(first.model_copy(update={"models": models}), 1, None, EPOCH)]
    for place in range(turns):
        seq = 2 + 2 * place
        who = NAMES[place % len(NAMES)].lower()
        start = TurnStarted(speaker=who, round=1 + place // len(NAMES), reads_to=seq - 1)
        start = stamp(start, seq, seq - 1, EPOCH)
        events += [start, stamp(end(start, "said", f"This is turn {place}."), seq + 1, seq, EPOCH)]
    return Log(events)


def lively(mode: str, events: int) -> Log:
    """A session of a mode, played to its end and reopened until it has so many events."""
    from agentchat.testing import append

    log = Log([stamp(opened(mode, people(*NAMES), LIVELY[mode]), 1, None, EPOCH)])
    while len(log.events) < events:
        play(log)
        append(log, [SessionReopened(rounds=2, question=f"And after {len(log.events)} events?"), HumanSpoke(text="on")])
    return play(log)


async def kept(store: Store, log: Log, session: str = "s1") -> str:
    """Keep it; its id."""
    first = log.events[0].model_copy(update={"session": session})
    await store.append(session, [first, *log.events[1:]], lease=None)
    return session
