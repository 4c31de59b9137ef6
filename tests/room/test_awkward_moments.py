from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest
from support.rooms import (
    PATIENCE,
    asking,
    ends,
    fluent,
    following,
    hears,
    improvised,
    new_room,
    opened_store,
    slow,
    stands,
    starts,
    unended,
)

from agentchat.errors import ModelError
from agentchat.events import (
    EPOCH,
    Directed,
    SessionOpened,
    TurnEnded,
    TurnStarted,
    stamp,
)
from agentchat.log import Log
from agentchat.models.base import Request
from agentchat.modes import make
from agentchat.room import Partial, Room
from agentchat.steps import Ask
from agentchat.testing import people

QUIET = {"first_thoughts": False, "agreement": False, "rounds": 1}
SHORT = {**QUIET, "synthesis": False}
THOUGHTS = {"agreement": False, "rounds": 1}


class Door:
    """Stops whoever comes, until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def window(self) -> int:
        """The size of a model's window, looked up between a decision and its commit."""
        self.reached.set()
        await self.opened.wait()
        return 8192


def wanted(room: Room) -> str:
    """Whom the mode asks next."""
    step = make("discussion", room.transcript.frame.settings).next(room.transcript)
    assert isinstance(step, Ask)
    return step.speaker


# Between a decision and its commit.


@pytest.mark.parametrize("verb", [Room.mute, Room.remove])
async def test_who_is_sent_off_between_the_decision_and_its_commit_is_not_asked(
    tmp_path: Path, verb: Callable[[Room, str], Awaitable[None]]
) -> None:
    async with opened_store(tmp_path) as store:
        door = Door()
        room = await new_room(store, "m", SHORT, models=improvised(fluent, door.window))
        gone = wanted(room)
        room.start()
        await door.reached.wait()
        await verb(room, gone)
        door.opened.set()
        await stands(room, "closed")
        assert {start.speaker for start in starts(room.log.events)} == {"ada", "ben", "cleo"} - {gone}
        assert not room.transcript.open
        await room.aclose()


async def test_a_room_emptied_between_the_decision_and_its_commit_waits_and_goes_on_with_who_comes(
    tmp_path: Path,
) -> None:
    async with opened_store(tmp_path) as store:
        door = Door()
        room = await new_room(store, "m", SHORT, models=improvised(fluent, door.window))
        room.start()
        await door.reached.wait()
        for who in ("ada", "ben", "cleo"):
            await room.remove(who)
        door.opened.set()
        await stands(room, "waiting")
        assert not starts(room.log.events)
        await room.invite(people("Dev")[0], "m")
        await stands(room, "closed")
        assert [start.speaker for start in starts(room.log.events)] == ["dev"]
        await room.aclose()


async def test_an_end_between_the_decision_and_its_commit_comes_before_any_turn(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        door = Door()
        room = await new_room(store, "m", QUIET, models=improvised(slow, door.window))
        room.start()
        await door.reached.wait()
        ending = asyncio.create_task(room.end("enough"))
        await hears(room, Directed)
        door.opened.set()
        await ending
        assert room.standing.state == "closed"
        assert not starts(room.log.events)
        await room.aclose()


async def test_a_pause_and_a_cut_between_the_decision_and_its_commit_are_obeyed(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        door = Door()
        room = await new_room(store, "m", QUIET, models=improvised(slow, door.window))
        room.start()
        await door.reached.wait()
        await room.pause()
        await room.cut_off()
        door.opened.set()
        await stands(room, "paused")
        assert not starts(room.log.events)
        await room.aclose()


# Closing.


async def test_closing_as_the_first_of_many_asked_at_once_ends_leaves_no_turn_without_an_end(tmp_path: Path) -> None:
    async def think(request: Request, n: int) -> AsyncGenerator[str]:
        yield "My thought so far "
        await asyncio.sleep(n / 1000)  # one after the other, so that some end while it closes
        yield "and its end."

    async def close(folder: Path) -> None:
        async with opened_store(folder) as store:
            room = await new_room(store, "m", THOUGHTS, "Ada Ben Cleo Dev", models=improvised(think))
            room.start()
            await hears(room, TurnEnded)
            await room.aclose()
            events = await store.load("test")
            assert len(starts(events)) >= 4
            assert not unended(events)
            assert Log(events).transcript == room.transcript

    for n in range(12):
        await close(tmp_path / str(n))


async def test_an_end_that_comes_too_late_costs_nothing_that_is_committed_with_it(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(fluent))
        ada, ben = await room.writer.commit([TurnStarted(speaker="ada"), TurnStarted(speaker="ben")])
        await room.writer.commit([TurnEnded(turn=ada.seq, speaker="ada", outcome="said", text="x")])
        late = TurnEnded(turn=ada.seq, speaker="ada", outcome="interrupted", by="quit")
        await room.writer.commit([late, late.model_copy(update={"turn": ben.seq, "speaker": "ben"})])
        assert [end.outcome for end in ends(await store.load("test"))] == ["said", "interrupted"]
        await room.aclose()


async def test_half_a_turn_that_is_asked_again_is_not_found_by_its_words(tmp_path: Path) -> None:
    async def half(request: Request, n: int) -> AsyncGenerator[str]:
        yield "a zeppelin, half said "
        await asyncio.Event().wait()

    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(half))
        room.start()
        await hears(room, Partial)
        await room.aclose()
        assert "zeppelin" in ends(await store.load("test"))[0].text
        assert not await store.search("zeppelin")
        assert not await store.sessions("zeppelin")


async def test_a_session_with_a_setting_that_is_no_more_can_have_others_changed(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        first = (await new_room(store, "m", QUIET)).transcript.opened
        old = first.model_copy(update={"session": "old", "settings": {**first.settings, "tempo": 3}})
        lease = await store.take_lease("old")
        await store.append("old", [old], lease=lease)
        room = Room(store, Log([old]), asking(improvised(fluent)), lease)
        await room.change({"rounds": "3"})
        assert room.transcript.frame.settings["rounds"] == 3
        await room.aclose()


# A fault that nobody foresaw.


@pytest.mark.parametrize("settings", [SHORT, {**THOUGHTS, "synthesis": False}])
async def test_an_unforeseen_fault_in_a_turn_costs_that_turn_only(tmp_path: Path, settings: dict[str, bool]) -> None:
    async def stumble(request: Request, n: int) -> AsyncGenerator[str]:
        if n == 1:
            raise ValueError("boom")
        yield "half of it, "
        await asyncio.sleep(0)
        yield "and all of it."

    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", settings, models=improvised(stumble))
        room.start()
        await stands(room, "closed", "held")
        assert room.standing.state == "closed"
        first, *others = sorted(ends(room.log.events), key=lambda end: end.turn)
        assert (first.outcome, first.error_kind) == ("failed", "internal")
        assert "ValueError" in first.error
        assert {end.outcome for end in others} == {"said"}
        await room.aclose()


async def test_a_model_that_cannot_be_measured_holds_the_room_in_its_own_words(tmp_path: Path) -> None:
    async def nowhere() -> int:
        raise ModelError("not_installed", "there is no file x.gguf", hint="agentchat models pull")

    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(fluent, nowhere))
        room.start()
        held = await stands(room, "held")
        assert (held.reason, held.hint, held.error_kind) == (
            "there is no file x.gguf",
            "agentchat models pull",
            "not_installed",
        )
        await room.aclose()


# Ends.


async def test_a_session_whose_mode_is_gone_says_so_and_can_be_ended(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        who = people("Ada", "Ben")
        models = {persona.id: "m" for persona in who}
        first = SessionOpened(session="test", topic="x", mode="parliament", personas=who, models=models)
        first = stamp(first, 1, None, EPOCH)
        lease = await store.take_lease("test")
        await store.append("test", [first], lease=lease)
        room = Room(store, Log([first]), asking(improvised(fluent)), lease)
        room.start()
        assert "parliament" in (await stands(room, "held")).reason
        async with asyncio.timeout(PATIENCE):
            await room.end("enough")
        assert room.transcript.closed
        await room.aclose()


async def test_a_room_not_yet_going_is_not_waited_for_when_it_is_ended(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(fluent))
        async with asyncio.timeout(PATIENCE):
            await room.end("enough")
        room.start()
        await stands(room, "closed")
        assert not starts(room.log.events)
        await room.aclose()


async def test_a_room_that_was_told_to_go_on_is_not_taken_for_settled(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(fluent))
        await room.pause()
        room.start()
        assert (await room.settled()).state == "paused"
        await room.go_on()
        assert (await room.settled()).state == "closed"
        await room.aclose()
        follower = await following(store)
        follower.start()
        await follower.aclose()
        async with asyncio.timeout(PATIENCE):
            assert (await follower.settled()).state == "read-only"


# What a step buys, and what a turn costs.


async def test_a_step_that_a_summary_comes_before_buys_its_turn_all_the_same(tmp_path: Path) -> None:
    async def long(request: Request, n: int) -> AsyncGenerator[str]:
        yield (
            "AGREED: schools" if request.kind == "summary" else f"{n} " + "schools and roads and rents and parks " * 18
        )

    async def narrow() -> int:
        return 2100

    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", {**QUIET, "rounds": 12, "stop": ""}, models=improvised(long, narrow))
        await room.pause()
        room.start()
        await stands(room, "paused")
        bought: list[list[str]] = []
        while not any("summary" in kinds for kinds in bought) and len(bought) < 20:
            before = len(room.log.events)
            await room.step()
            await room.settled()
            bought.append([start.kind for start in starts(room.log.events[before:])])
        assert bought[-1] == ["summary", "say"]
        assert bought[:-1] == [["say"]] * (len(bought) - 1)
        await room.aclose()


async def test_a_tiny_models_first_reply_counts_where_asking_again_hits_an_outage(tmp_path: Path) -> None:
    said = "We should build parks near the schools because children need them every single day here."

    async def repeat(request: Request, n: int) -> AsyncGenerator[str]:
        if n > 2:
            raise ModelError("auth", "the key was refused")
        yield said

    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(repeat, tiny=True))
        room.start()
        await stands(room, "held")
        first, second, third = ends(room.log.events)
        assert second.text == first.text
        assert (second.outcome, third.by) == ("said", "outage")
        await room.aclose()


async def test_a_tiny_models_turn_is_never_rewritten_before_ones_eyes(tmp_path: Path) -> None:
    boasts = "As an AI language model I am here to help with bananas of every colour you like"

    async def boast(request: Request, n: int) -> AsyncGenerator[str]:
        for word in boasts.split():
            yield f"{word} "
            await asyncio.sleep(0.01)

    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(boast, tiny=True))
        told: list[Partial] = []
        async with asyncio.timeout(PATIENCE), room.watch() as news:
            room.start()
            async for item in news:
                if isinstance(item, TurnEnded):
                    break
                if isinstance(item, Partial):
                    told.append(item)
        await room.aclose()
    anew = next(at for at, partial in enumerate(told) if partial.note)
    assert "bananas" in "".join(partial.text for partial in told[:anew])
    assert [partial.text for partial in told[anew:]] == [""] * len(told[anew:])
    assert told[anew].note == "it is about itself, or next to nothing"


@pytest.mark.parametrize("stop", [Room.cut_off, Room.aclose])
async def test_a_turn_that_was_broken_off_has_cost_what_came_of_it(
    tmp_path: Path, stop: Callable[[Room], Awaitable[None]]
) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", SHORT, models=improvised(slow))
        room.start()
        await hears(room, Partial)
        await stop(room)
        if stop is Room.cut_off and not ends(room.log.events):
            await hears(room, TurnEnded)
        end = ends(room.log.events)[0]
        assert end.text
        assert end.tokens_estimated
        assert end.tokens_out >= len(end.text) // 4
        assert room.transcript.spent.tokens_out >= end.tokens_out
        await room.aclose()
