from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from support.rooms import (
    PATIENCE,
    ends,
    fluent,
    full_disk,
    improvised,
    new_room,
    opened_store,
    pages_left,
    same_room,
    stands,
    starts,
    unended,
)

from agentchat.errors import AgentchatError
from agentchat.events import (
    Directed,
    TurnStarted,
)
from agentchat.models.base import Request

QUIET = {"first_thoughts": False, "agreement": False, "rounds": 1}
SHORT = {**QUIET, "synthesis": False}


async def test_a_reply_that_a_really_full_disk_refused_is_kept_when_one_goes_on(tmp_path: Path) -> None:
    long = "A long reply about the schools. " * 400

    async with opened_store(tmp_path) as store:

        async def fill(request: Request, n: int) -> AsyncGenerator[str]:
            if n == 1:
                await pages_left(store, 0)
            yield long

        room = await new_room(store, "m", SHORT, models=improvised(fill))
        room.start()
        assert "disk is full" in (await stands(room, "held")).reason
        await pages_left(store, 1_000_000)
        await room.go_on()
        await stands(room, "closed")
        said = ends(await store.load("test"))
        assert [(end.outcome, end.text) for end in said] == [("said", long.strip())] * 3
        assert len(starts(room.log.events)) == 3
        await room.aclose()


async def test_a_reply_that_a_full_disk_refused_is_kept_when_one_quits(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        begun, full = asyncio.Event(), asyncio.Event()

        async def fill(request: Request, n: int) -> AsyncGenerator[str]:
            begun.set()
            await full.wait()
            yield "Begin with the schools."

        room = await new_room(store, "m", SHORT, models=improvised(fill))
        room.start()
        await begun.wait()
        async with full_disk(store):
            full.set()
            await stands(room, "held")
        await room.aclose()
        events = await store.load("test")
        assert [(end.outcome, end.text) for end in ends(events)] == [("said", "Begin with the schools.")]
        assert not unended(events)


async def test_a_session_resumed_on_a_full_disk_is_held_and_asks_nobody_before_what_crashed_has_an_end(
    tmp_path: Path,
) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(fluent))
        await room.writer.commit([TurnStarted(speaker="ada", stage="talk", round=1, reads_to=1)])
        assert room.writer.lease
        await store.release(room.writer.lease)
        again = await same_room(store, models=improvised(fluent))
        async with full_disk(store):
            again.start()
            assert (await stands(again, "held")).reason
        await again.go_on()
        await stands(again, "closed")
        assert not unended(again.log.events)
        assert ends(again.log.events)[0].by == "crash"
        await again.aclose()


async def test_an_end_that_cannot_be_written_is_told_and_not_waited_for(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(fluent))
        await room.pause()
        room.start()
        await stands(room, "paused")
        await pages_left(store, 15)  # the reason takes ten pages, once as it is given and once in the end
        with pytest.raises(AgentchatError, match="disk is full") as caught:
            async with asyncio.timeout(PATIENCE):
                await room.end("because of all that was said " * 1400)
        assert caught.value.hint
        assert isinstance(room.log.events[-1], Directed)
        await room.aclose()
