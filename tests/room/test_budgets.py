from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import JsonValue
from support.rooms import ends, fluent, improvised, new_room, opened_store, same_room, stands, starts

from agentchat.budget import END
from agentchat.events import EscalationRaised
from agentchat.room import Room
from agentchat.room.deadlines import Policy
from agentchat.transcript import RAISE

TALK: dict[str, JsonValue] = {"rounds": 3, "first_thoughts": False, "stop": "stall", "dissent": False}


def told(room: Room) -> list[tuple[str, int]]:
    """What the room said of its budget, and how many turns had ended by then."""
    events = room.log.events
    raised = [event for event in events if isinstance(event, EscalationRaised) and event.by == "room"]
    return [(one.level, len(ends(events[: events.index(one)]))) for one in raised]


async def test_most_of_it_spent_is_told_all_of_it_is_asked_and_more_lets_it_go_on(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", TALK, "Ada Ben", models=improvised(fluent))
        try:
            await room.change({"budget.tokens": "140"})
            room.start()
            assert "140 tokens of 140 tokens" in (await stands(room, "waiting")).reason
            assert told(room) == [("notify", 6), ("ask", 7)]
            [asked] = [one for one in room.transcript.escalations if one.level == "ask"]
            await room.answer(asked.seq, "1")
            assert (await room.settled()).state == "waiting"
            assert told(room)[2:] == [("notify", 10), ("ask", 11)]
            assert room.transcript.purse.budget is not None
            assert room.transcript.purse.budget.tokens == 210
        finally:
            await room.aclose()


@pytest.mark.parametrize("answer", [END, ""])
async def test_not_raised_it_sums_up_and_ends_and_can_be_reopened(tmp_path: Path, answer: str) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", TALK, "Ada Ben", models=improvised(fluent))
        try:
            await room.change({"budget.tokens": "60"})
            room.policy = Policy("wait") if answer else Policy("default")
            room.start()
            if answer:
                await stands(room, "waiting")
                [asked] = [one for one in room.transcript.escalations if one.level == "ask"]
                await room.answer(asked.seq, answer)
            await stands(room, "closed")
            closed = room.transcript.closed
            assert closed is not None
            assert (closed.outcome, closed.reason) == ("discussed", "stopped: the budget is spent")
            assert starts(room.log.events)[-1].kind == "synthesis"
            assert len(ends(room.log.events)) == 4
            room.policy = Policy("wait")
            await room.reopen(1)
            assert (await room.settled()).state == "waiting"
            await room.change({"budget.tokens": "no"})
            await stands(room, "closed")
            assert len(ends(room.log.events)) > 6
        finally:
            await room.aclose()


async def test_one_who_resumes_is_asked_what_was_asked_and_nothing_is_asked_twice(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", TALK, "Ada Ben", models=improvised(fluent))
        await room.change({"budget.tokens": "60"})
        room.start()
        await stands(room, "waiting")
        before = told(room)
        await room.aclose()
        again = await same_room(store, models=improvised(fluent))
        try:
            again.start()
            await stands(again, "waiting")
            assert told(again) == before
            [asked] = [one for one in again.transcript.escalations if one.level == "ask"]
            await again.answer(asked.seq, RAISE)
            assert (await again.settled()).state == "waiting"
            assert len(told(again)) > len(before)
        finally:
            await again.aclose()


async def test_a_mode_inside_the_mode_is_left_and_what_is_around_it_sums_up(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", TALK, "Ada Ben", models=improvised(fluent))
        try:
            await room.change({"budget.tokens": "60"})
            room.policy = Policy("default")
            await room.enter("poll", {}, "Which way?")
            room.start()
            await stands(room, "closed")
            left = [one for one in room.log.events if one.type == "mode_left"]
            assert len(left) == 1
            assert room.transcript.closed is not None
        finally:
            await room.aclose()
