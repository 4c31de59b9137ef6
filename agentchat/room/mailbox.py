"""Answers from other processes: the room that drives a session takes what was posted to it.

A posted answer leaves the mailbox in the transaction that makes it count; what no longer fits is dropped, on record.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from agentchat.errors import AgentchatError, UsageError
from agentchat.events import EscalationAnswered, EscalationRaised, TurnEnded
from agentchat.kinds.answering import option

if TYPE_CHECKING:
    from agentchat.room.room import Room
    from agentchat.store import Posted, Store

EVERY = 0.5
"""Seconds between two looks."""

PATIENCE = 3.0
"""Seconds to wait until a posted answer is taken."""

_log = logging.getLogger(__name__)


async def deliver(room: Room) -> None:
    """Look for ever, and take what is there."""
    while True:
        with suppress(AgentchatError):  # the driver says so; it is tried again at the next look
            await take(room)
        await asyncio.sleep(EVERY)


async def take(room: Room) -> None:
    """Take what is there now. Raises StoreError."""
    for posted in await room.writer.store.posted(room.session):
        try:
            await give(room, posted)
        except UsageError as error:
            _log.warning("an answer to %s of %s was dropped: %s", posted.seq, posted.session, error)
            await room.writer.store.drop(posted)


async def send(store: Store, posted: Posted, patience: float = PATIENCE) -> bool:
    """Post an answer to the process that drives the session; whether it was taken while one waited.

    Raises StoreFault where nobody asks that any more, UsageError where the room did not take it: it is still open, or
    another answer came first.
    """
    await store.post(posted)
    place = (posted.session, posted.seq)
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while await _open(store, place):
                # Both go in one transaction, which may come between the two looks: the question is looked at again.
                there = await store.posted(posted.session)
                if posted not in there and await _open(store, place):
                    if any(one.seq == posted.seq for one in there):
                        raise UsageError("another answer came after yours and took its place")
                    raise UsageError("the room did not take that answer: the question is still open")
                await asyncio.sleep(EVERY / 4)
            await _must_count(store, posted)
            return True
    return False


async def _must_count(store: Store, posted: Posted) -> None:
    """Raise UsageError where something else than this closed the question: of two posted at once, one counts."""
    question, *since = await store.load(posted.session, posted.seq - 1)
    options = question.options if isinstance(question, EscalationRaised) else ()
    for event in since:
        match event:
            case EscalationAnswered(escalation=posted.seq):
                answer = option(posted.answer if posted.answer.strip() else event.answer, options)
                if (event.answer, event.by) != (answer, posted.by):
                    raise _late(f"“{event.answer}”, by {event.by}")
                return
            case TurnEnded(turn=posted.seq):
                if not _theirs(event, posted):
                    raise _late(event.text.strip() or event.outcome)
                return
            case _:
                pass
    raise UsageError("the session went on without an answer", hint="Nothing of yours was taken.")


def _theirs(end: TurnEnded, posted: Posted) -> bool:
    """Whether the person's turn ended as was posted."""
    words = posted.answer.strip()
    if posted.data is None:
        return end.text.strip() == words and (end.outcome == "passed") == (not words)
    return end.outcome == "structured" and {**(end.data or {}), **posted.data} == end.data


def _late(first: str) -> UsageError:
    return UsageError(f"that was answered already: {first}", hint="Your answer came after it and does not count.")


async def _open(store: Store, place: tuple[str, int]) -> bool:
    return place in [(one.session, one.seq) for one in await store.inbox()]


async def give(room: Room, posted: Posted) -> None:
    """Answer a question, or take the person's turn: with nothing in it, pass. Raises UsageError where it is no fit."""
    await room.driver.clock.expire()  # what is overdue has its default by now
    if any(turn.id == posted.seq for turn in room.transcript.open):
        if posted.data is None and not posted.answer.strip():
            await room.pass_turn(posted.seq)
        else:
            await room.take_turn(posted.seq, posted.answer, posted.data)
    else:
        await room.answer(posted.seq, posted.answer, posted.by)
