"""What a persona notes is on the board with the turn that says it, and in the next prompt of everybody."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

from pydantic import JsonValue
from support.rooms import improvised, new_room, opened_store

from agentchat.board import board
from agentchat.events import Noted, TurnEnded
from agentchat.models.base import Request

QUIET: dict[str, JsonValue] = {"rounds": 1, "first_thoughts": False, "agreement": False, "synthesis": False, "stop": ""}


async def test_what_a_turn_notes_is_committed_with_it_and_read_by_the_next(tmp_path: Path) -> None:
    read: list[str] = []

    async def speech(request: Request, n: int) -> AsyncGenerator[str]:
        read.append("\n".join(message.content for message in request.messages))
        yield f"I looked.\nBOARD budget: {n}0k a year\nDECIDED: we spend it."

    async with opened_store(tmp_path) as store:
        room = await new_room(store, "any", QUIET, "Ada Ben", models=improvised(speech))
        room.start()
        await room.settled()
        events = await store.load("test")
        await room.aclose()
    ends = [event for event in events if isinstance(event, TurnEnded)]
    notes = [event for event in events if isinstance(event, Noted)]
    assert [(note.kind, note.target, note.seq) for note in notes] == [("value", end.turn, end.seq + 1) for end in ends]
    (value,) = board(notes)
    assert (value.value, [one.value for one in value.older]) == ("20k a year", ["10k a year"])
    assert "budget = " not in read[0]
    assert "budget = “10k a year”" in read[1]
    assert "BOARD budget: 10k a year" in ends[0].text
