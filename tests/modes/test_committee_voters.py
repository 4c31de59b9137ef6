"""Ten voters as a room may meet them, in a real room: a stop reason always, nothing seen early, no ballot invented."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from support.committees import Settings, ended, records, turns
from support.rooms import Speech, improvised, new_room, opened_store, stands
from support.voters import VOTERS, voting

from agentchat.errors import ModelError
from agentchat.kinds.ballot import BALLOTS
from agentchat.log import Log
from agentchat.models.base import Request
from agentchat.models.policy import Models
from agentchat.room import Partial, Room
from agentchat.transcript import Turn

NAMES = " ".join(voter.name for voter in VOTERS)
ENDLESS = {voter.id for voter in VOTERS if voter.hangs}
SPEAK_UP = {voter.id for voter in VOTERS if voter.reads == "valid"}


async def held(folder: Path, settings: Settings, models: Models, names: str) -> tuple[Log, list[Partial]]:
    """A committee played to its end in a real room, and what was seen of its turns under way."""
    seen: list[Partial] = []
    async with opened_store(folder) as store:
        room = await new_room(store, "openai/one", settings, names, mode="committee", models=models)
        watching = asyncio.create_task(_watch(room, seen))
        room.start()
        await stands(room, "closed")
        await room.aclose()
        await watching
        return Log(await store.load("test")), seen


async def _watch(room: Room, seen: list[Partial]) -> None:
    async with room.watch() as news:
        async for item in news:
            if isinstance(item, Partial):
                seen.append(item)


def impatient(speech: Speech) -> Speech:
    """The same, but for whom never ends: the time-out that stands before every model."""

    async def cut(request: Request, n: int) -> AsyncGenerator[str]:
        if request.speaker in ENDLESS and request.kind in BALLOTS:
            yield "Let me think about it "
            raise ModelError("timeout_idle", "it fell silent in the middle of its reply")
        async for text in speech(request, n):
            yield text

    return cut


@pytest.mark.parametrize("family", ["pick", "approval", "ranking", "scores"])
async def test_of_ten_kinds_of_voters_only_real_ballots_count_and_the_room_says_how_it_ended(
    tmp_path: Path, family: str
) -> None:
    models = improvised(impatient(voting()))
    settings: Settings = {"options": ["bikes", "trams", "buses"], "family": family, "quorum": 0}
    log, seen = await held(tmp_path, settings, models, NAMES)
    assert ended(log).outcome in ("decided", "no_decision")
    assert ended(log).reason
    sure = SPEAK_UP if family == "pick" else SPEAK_UP - {"verbena"}  # her prose names one option, and no order
    for record in records(log, "votes_counted"):
        ballots = record.data["ballots"]
        assert isinstance(ballots, list)
        cast = [one for one in ballots if isinstance(one, dict)]
        assert sure <= {str(one["voter"]) for one in cast if one["status"] == "valid"} <= SPEAK_UP
        assert not [one for one in cast if one["status"] != "valid" and not one["reason"]]
        assert len(cast) == len(VOTERS)
    sealed = {turn.id for turn in turns(log, "before", "final")}
    assert not [partial for partial in seen if partial.turn in sealed and partial.text]
    for until in range(1, records(log, "votes_counted")[0].seq):
        transcript = Log(log.events[:until]).transcript
        cast_ = [one for one in transcript.entries if isinstance(one, Turn) and one.start.kind in BALLOTS]
        assert all(transcript.sealed(turn) for turn in cast_)


async def test_fifty_ballots_are_all_in_flight_before_the_first_one_is_in(tmp_path: Path) -> None:
    together = asyncio.Barrier(50)

    async def speech(request: Request, n: int) -> AsyncGenerator[str]:
        if request.kind in BALLOTS:
            await together.wait()
            yield '{"vote": "A", "why": "it is cheap"}'
        yield "I think so."

    settings: Settings = {"options": "tea | coffee", "rounds": 0, "minority_report": False}
    models = improvised(speech)
    log, _ = await held(tmp_path, settings, models, " ".join(f"P{number}" for number in range(50)))
    assert ended(log).outcome == "decided"
    assert len(turns(log, "final")) == 50
