"""What a persona asks the person, where its turn is edited or copied."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from pydantic import JsonValue
from support.rooms import improvised, new_room, opened_store, stands

from agentchat.events import HumanSpoke
from agentchat.models.base import Request
from agentchat.room import Room
from agentchat.transcript import Turn

QUIET: dict[str, JsonValue] = {"first_thoughts": False, "agreement": False, "synthesis": False, "rounds": 1}


def turns(room: Room) -> list[Turn]:
    return [entry for entry in room.transcript.entries if isinstance(entry, Turn)]


async def test_a_question_in_an_edited_turn_is_put_to_the_person_again(tmp_path: Path) -> None:
    async def asks(request: Request, n: int) -> AsyncGenerator[str]:
        yield "Hm.\nASK_HUMAN: Which street?" if n == 1 else "So be it."

    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(asks))
        room.start()
        await stands(room, "waiting")
        turn = turns(room)[0]
        await room.edit(turn.id, "Hm, hm.\nASK_HUMAN: Which of the streets?")
        await stands(room, "waiting")
        (raised,) = room.transcript.escalations
        edited = turns(room)[0]
        assert (raised.question, raised.turn, edited.id > turn.id) == ("Which of the streets?", edited.id, True)
        assert [one.seq for one in await store.inbox()] == [raised.seq]
        await room.edit(edited.id, "Hm, hm.")
        assert room.transcript.escalations == ()
        await stands(room, "closed")
        await room.aclose()


async def test_the_question_of_a_turn_that_is_copied_is_put_to_the_person_again(tmp_path: Path) -> None:
    async def asks(request: Request, n: int) -> AsyncGenerator[str]:
        yield "Hm."
        heard.set()
        await go_on.wait()
        yield "\nASK_HUMAN: Which street?"

    heard, go_on = asyncio.Event(), asyncio.Event()
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(asks))
        room.start()
        await heard.wait()
        await room.speak("And the bus?")  # typed while the turn is under way: taken along where it is edited
        go_on.set()
        await stands(room, "waiting")
        words = next(one for one in room.transcript.entries if isinstance(one, HumanSpoke))
        await room.edit(words.seq, "And the tram?")
        await stands(room, "waiting")
        (raised,) = room.transcript.escalations
        assert (raised.question, raised.turn) == ("Which street?", turns(room)[0].id)
        await room.aclose()
