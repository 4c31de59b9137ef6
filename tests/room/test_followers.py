from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from support.rooms import (
    PATIENCE,
    ends,
    fluent,
    following,
    hears,
    improvised,
    new_room,
    opened_store,
    same_room,
    slow,
    stands,
)

from agentchat.errors import StoreError, UsageError
from agentchat.events import (
    HumanSpoke,
)
from agentchat.room import Partial, Room, Standing, driving, following as module
from agentchat.testing import people

QUIET = {"first_thoughts": False, "agreement": False, "rounds": 1}


async def test_a_room_whose_lease_was_lost_follows_what_the_other_window_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driving, "HEARTBEAT", 0.02)
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        room = await new_room(one, "m", QUIET, models=improvised(slow))
        room.start()
        await hears(room, Partial)
        with closing(sqlite3.connect(one.path)) as aside, aside:
            aside.execute("UPDATE leases SET heartbeat = heartbeat - 31")
        other = await same_room(two, models=improvised(fluent))
        lost = await stands(room, "read-only")
        assert "taken over" in lost.reason
        with pytest.raises(UsageError, match="nothing can be done here"):
            await room.speak("hello?")
        async with room.watch() as news, asyncio.timeout(PATIENCE):
            await other.speak("I am here now")
            said = await anext(item async for item in news if isinstance(item, HumanSpoke))
        assert said.text == "I am here now"
        await other.aclose()
        await room.aclose()


async def test_a_room_that_only_follows_refuses_every_verb_also_when_nobody_drives_any_more(tmp_path: Path) -> None:
    verbs: list[Callable[[Room], Awaitable[None]]] = [
        lambda room: room.speak("hello?"),
        lambda room: room.pause(),
        lambda room: room.step(),
        lambda room: room.force("ada"),
        lambda room: room.mute("ada"),
        lambda room: room.remove("ada"),
        lambda room: room.invite(people("Dev")[0], "m"),
        lambda room: room.swap_model("ada", "x"),
        lambda room: room.change({"rounds": "2"}),
        lambda room: room.end("x"),
    ]
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        room = await new_room(one, "m", QUIET, models=improvised(fluent))
        follower = await following(two)
        follower.start()
        for _ in range(2):
            for verb in verbs:
                with pytest.raises(UsageError, match="open in another window"):
                    await verb(follower)
            await room.aclose()
        assert len(await two.load("test")) == 1
        await follower.aclose()


async def test_a_session_that_was_left_says_so_and_is_taken_over_from_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY", 0.02)
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        room = await new_room(one, "m", QUIET, models=improvised(slow))
        follower = await following(two, models=improvised(fluent))
        follower.start()
        with pytest.raises(StoreError, match="open in another"):
            await follower.take_over()
        room.start()
        await hears(room, Partial)
        await room.aclose()
        async with follower.watch() as news, asyncio.timeout(PATIENCE):
            async for item in news:
                if isinstance(item, Standing) and "nobody drives" in item.reason:
                    break
        await follower.take_over()
        await follower.take_over()
        assert (await follower.settled()).reason == "you took it over"
        assert follower.log.events == await two.load("test")
        await follower.go_on()
        await stands(follower, "closed")
        assert follower.log.events == await two.load("test")
        await follower.aclose()


async def test_a_session_whose_driver_died_in_mid_turn_is_taken_over_and_the_turn_is_asked_again(
    tmp_path: Path,
) -> None:
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        room = await new_room(one, "m", QUIET, models=improvised(slow))
        room.start()
        await hears(room, Partial)
        follower = await following(two, models=improvised(fluent))
        follower.start()
        with closing(sqlite3.connect(one.path)) as aside, aside:
            aside.execute("UPDATE leases SET heartbeat = heartbeat - 31")
        await follower.take_over()
        await follower.settled()
        await follower.go_on()
        await stands(follower, "closed")
        assert ends(follower.log.events)[0].by == "crash"
        await follower.aclose()
        await room.aclose()


async def test_the_feed_of_a_followed_session_ends_where_it_is_deleted(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as two:
        room = await new_room(one, "m", QUIET, models=improvised(fluent))
        follower = await following(two)
        follower.start()
        async with follower.watch() as news, asyncio.timeout(PATIENCE):
            await room.speak("hello")
            assert isinstance(await anext(news), HumanSpoke)
            await room.aclose()
            await one.delete("test")
            async for _ in news:
                pass
        assert follower.standing.reason == "the session was deleted"
        await follower.aclose()


async def test_the_feed_of_a_followed_session_ends_in_words_where_it_cannot_be_read_any_more(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as one, opened_store(tmp_path / "other") as two:
        await new_room(one, "m", QUIET)
        await new_room(two, "m", QUIET)
        follower = await following(two)
        async with follower.watch() as news, asyncio.timeout(PATIENCE):
            await two._reading.close()
            follower.start()
            async for _ in news:
                pass
        assert "closed" in follower.standing.reason
        await follower.aclose()
