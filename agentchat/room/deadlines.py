"""What happens when nobody answers in time: the person's turn passes, a question gets its default. No polling."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from agentchat.errors import StoreError
from agentchat.persona import YOU
from agentchat.room.answers import given, passed

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentchat.events import Event
    from agentchat.room.writing import Writer
    from agentchat.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Policy:
    """Whether a room waits for a person: without end, until a default counts, or not at all."""

    on: Literal["wait", "default", "fail"] = "wait"
    timeout: float | None = None
    """Seconds after which defaults count all the same; `default` without one takes them at once."""

    @property
    def patience(self) -> float | None:
        """Seconds until a default counts that has no deadline of its own; None is for ever."""
        if self.on == "fail":
            return None
        return 0.0 if self.on == "default" and self.timeout is None else self.timeout


def overdue(transcript: Transcript, policy: Policy, now: datetime) -> tuple[list[Event], float | None]:
    """The answers nobody gave in time, and in how many seconds the next are due; None where none ever is."""
    events: list[Event] = []
    due: list[datetime] = []
    if transcript.closed:
        return events, None
    for turn in transcript.open:
        if turn.start.speaker == YOU:
            when, by = _deadline(turn.start.at, turn.start.deadline, policy)
            if when and when <= now:
                events.append(passed(transcript, turn.id, by))
            elif when:
                due.append(when)
    for question in transcript.escalations:
        if question.level == "notify" or not question.default:
            continue
        when, by = _deadline(question.at, question.deadline, policy)
        if when and when <= now:
            events.append(given(question, question.default, by))
        elif when:
            due.append(when)
    return events, (min(due) - now).total_seconds() if due else None


def _deadline(asked: datetime, deadline: float | None, policy: Policy) -> tuple[datetime | None, str]:
    patience = policy.patience
    own = deadline is not None and (patience is None or deadline <= patience)
    seconds = deadline if own else patience
    when = None if seconds is None else asked + timedelta(seconds=min(seconds, 1e9))
    return when, "deadline" if own else "policy"


class Clock:
    """Commits what is overdue, and sleeps until something else will be."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.policy = Policy()
        self._look = asyncio.Event()

    def look(self) -> None:
        """Something was asked, or answered."""
        self._look.set()

    async def expire(self) -> bool:
        """Answer what is overdue now; whether anything was. Raises StoreError."""
        return bool(await self.writer.commit(lambda log: overdue(log.transcript, self.policy, datetime.now(UTC))[0]))

    async def run(self, tell: Callable[[], None]) -> None:
        """Go on for ever. `tell` hears that something was overdue."""
        while True:
            self._look.clear()
            wait: float | None = None
            with suppress(StoreError):  # the driver says so; it is tried again at the next look
                if await self.expire():
                    tell()
                wait = overdue(self.writer.log.transcript, self.policy, datetime.now(UTC))[1]
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._look.wait()
