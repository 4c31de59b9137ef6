"""Answers posted by a process that does not drive the session: taken once, or dropped and said so."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue
from support.rooms import fluent, improvised, new_room, opened_store, same_room, stands

from agentchat.errors import UsageError
from agentchat.events import EscalationAnswered, EscalationRaised, HeadMoved, TurnEnded, TurnStarted
from agentchat.models.base import Request
from agentchat.room import Room, mailbox
from agentchat.room.mailbox import send, take
from agentchat.store import Posted, Store, StoreFault

QUIET = {"first_thoughts": False, "agreement": False, "synthesis": False, "rounds": 2}


async def curious(request: Request, n: int) -> AsyncGenerator[str]:
    """A model that asks the person in its first turn, and then talks."""
    if n == 1:
        yield "Hm.\nASK_HUMAN: Which street?"
        return
    async for text in fluent(request, n):
        yield text


async def waiting(store: Store) -> tuple[Room, int]:
    """A room that waits for an answer, and to which question."""
    room = await new_room(store, "m", QUIET, models=improvised(curious))
    room.start()
    await stands(room, "waiting")
    (raised,) = room.transcript.escalations
    return room, raised.seq


def answered(room: Room) -> list[tuple[str, str]]:
    return [(one.answer, one.by) for one in room.log.events if isinstance(one, EscalationAnswered)]


async def test_the_room_that_waits_takes_a_posted_answer_within_a_second_and_goes_on(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        room, seq = await waiting(one)
        begun = time.monotonic()
        assert await send(two, Posted("test", seq, "Mill Lane", "zoe"))
        assert time.monotonic() - begun < 1 + mailbox.EVERY
        await stands(room, "closed")
        assert answered(room) == [("Mill Lane", "zoe")]
        assert await two.posted("test") == []
        await room.aclose()


async def test_an_answer_posted_after_another_counted_is_refused_to_the_poster(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        room, seq = await waiting(one)
        await room.answer(seq, "High Street")
        with pytest.raises(StoreFault, match="Nobody asks that any more"):
            await send(two, Posted("test", seq, "Mill Lane", "zoe"))
        await stands(room, "closed")
        assert answered(room) == [("High Street", "you")]
        await room.aclose()


async def test_what_no_longer_fits_is_dropped_on_record_and_its_poster_hears_that_it_is_open(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    options = EscalationRaised(by="room", question="Which?", options=("Mill Lane", "High Street"))
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        room = await new_room(one, "m", QUIET, models=improvised(fluent))
        (raised,) = await room.writer.commit([options])
        room.start()
        await stands(room, "waiting")
        with caplog.at_level(logging.WARNING), pytest.raises(UsageError, match="still open"):
            await send(two, Posted("test", raised.seq, "My own words", "zoe"))
        assert "was dropped" in caplog.text
        assert "My own words" not in caplog.text.partition("dropped")[0]
        assert [one.seq for one in await two.inbox()] == [raised.seq]
        await room.aclose()


async def test_an_answer_to_a_question_the_head_left_behind_does_not_count_and_it_is_asked_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        room, seq = await waiting(one)
        await room.aclose()
        await two.post(Posted("test", seq, "Mill Lane", "zoe"))
        room = await same_room(one, models=improvised(curious))
        before = next(event.seq for event in room.log.events if isinstance(event, TurnStarted)) - 1
        await room.writer.commit([HeadMoved(to=before)])
        assert await two.inbox() == [], "off the path it asks nobody"
        with caplog.at_level(logging.WARNING):
            await take(room)
        assert "was dropped" in caplog.text
        assert answered(room) == []
        room.start()
        await stands(room, "waiting")
        (again,) = await two.inbox()
        assert again.seq > seq
        assert again.question == "Which street?"
        assert await send(two, Posted("test", again.seq, "High Street", "zoe"))
        await stands(room, "closed")
        assert answered(room) == [("High Street", "zoe")]
        await room.aclose()


async def test_the_persons_turn_is_taken_or_passed_by_mail(tmp_path: Path) -> None:
    turn = TurnStarted(speaker="you", kind="pick", brief="Vote.", choices=("buses", "rents"))
    cases: tuple[tuple[dict[str, JsonValue] | None, str], ...] = (({"vote": "rents"}, "structured"), (None, "passed"))
    for data, outcome in cases:
        async with opened_store(tmp_path / outcome) as one, opened_store(tmp_path / outcome) as two:
            room = await new_room(one, "m", QUIET, models=improvised(fluent))
            (started,) = await room.writer.commit([turn])
            room.start()
            assert await send(two, Posted("test", started.seq, "", "you", data))
            await stands(room, "closed")
            end = next(one for one in room.log.events if isinstance(one, TurnEnded) and one.turn == started.seq)
            assert (end.outcome, end.data and end.data["vote"]) == (outcome, data and data["vote"])
            await room.aclose()


async def test_a_posted_answer_outlives_the_room_that_did_not_take_it(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        room, seq = await waiting(one)
        await room.aclose()
        assert not await send(two, Posted("test", seq, "Mill Lane", "zoe"), patience=0.05)
        room = await same_room(one, models=improvised(fluent))
        room.start()
        await stands(room, "closed")
        assert answered(room) == [("Mill Lane", "zoe")]
        await room.aclose()


async def test_a_deadline_that_passed_while_the_room_was_closed_counts_before_a_late_answer(tmp_path: Path) -> None:
    options = EscalationRaised(by="room", question="Which?", options=("Mill Lane", "High Street"), default="Mill Lane")
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(fluent))
        (raised,) = await room.writer.commit([options.model_copy(update={"deadline": 0.05})])
        await room.aclose()
        (question,) = await store.inbox()
        assert question.overdue(datetime.now(UTC) + timedelta(seconds=1))
        await asyncio.sleep(0.06)  # the deadline is what is tested
        await store.post(Posted("test", raised.seq, "High Street", "zoe"))
        room = await same_room(store, models=improvised(fluent))
        room.start()
        await stands(room, "closed")
        assert answered(room) == [("Mill Lane", "deadline")]
        await take(room)
        assert await store.posted("test") == [], "it came too late"
        await room.aclose()


@pytest.mark.parametrize("asked", ["a question", "a turn"])
async def test_whose_answer_came_second_is_told_what_counted(tmp_path: Path, asked: str) -> None:
    turn = TurnStarted(speaker="you", kind="pick", brief="Vote.", choices=("buses", "rents"))
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        if asked == "a turn":
            room = await new_room(one, "m", QUIET, models=improvised(fluent))
            (seq,) = [event.seq for event in await room.writer.commit([turn])]
            first, second = Posted("test", seq, "", "you", {"vote": "rents"}), Posted("test", seq, "", "you")
        else:
            room, seq = await waiting(one)
            await room.aclose()
            room = await same_room(one, models=improvised(fluent))
            first, second = Posted("test", seq, "Mill Lane", "zoe"), Posted("test", seq, "High Street", "max")
        sending = asyncio.create_task(send(two, second))
        while not await two.posted("test"):
            pass
        await mailbox.give(room, first)
        with pytest.raises(UsageError, match="answered already"):
            await sending
        await room.aclose()
