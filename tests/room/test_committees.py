"""Committees of ten kinds of voters, each asked of a real provider: nothing sealed is seen early, no ballot is made up,
and a room always says how it ended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import JsonValue
from support.fake_provider import Answering, Asked, FakeProvider, say
from support.rooms import asking, opened_store
from support.voters import VOTERS, Voter, ballot, slate_of

from agentchat.events import EPOCH, Event, Recorded, SessionClosed, stamp
from agentchat.export import printout
from agentchat.log import Log
from agentchat.models.base import Endpoint, Request
from agentchat.models.lite import LiteLLMProvider
from agentchat.models.policy import Models, Retry
from agentchat.room import Partial, Room
from agentchat.store import Store
from agentchat.testing import opened, people
from agentchat.transcript import Transcript, Turn
from agentchat.views.fold import Fold

pytestmark = pytest.mark.filterwarnings("ignore:::litellm", "ignore:::pydantic")

OPTIONS = ("bikes", "buses", "trams")
SEAT = re.compile(r"You are \w+ \(@(\w+)\)")
MARK = re.compile(r"zq\d{3}")
"""A word that is written once: wherever else it stands, it was read there."""
FAMILIES = {'"approve"': "approval", '"ranking"': "ranking", '"scores"': "scores", '"vote"': "pick"}
"""Kinds of ballots by a property of their schema."""


class Polling(FakeProvider):
    """A provider with a model for each kind of voter, that looks for what is sealed in all it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.room: Room | None = None
        self.meant: dict[str, list[str]] = {}
        """What each speaker wanted, ballot by ballot."""
        self.leaks: list[str] = []

    def _choose(self, asked: Asked) -> Answering:
        assert self.room
        messages = json.dumps(asked.body["messages"])
        seat = SEAT.search(messages)
        assert seat
        who, voter = seat[1], next(one for one in VOTERS if one.id == asked.model)
        self.leaks += [f"{mark} to {who}" for mark in sealed(self.room.transcript, besides=who) if mark in messages]
        signed = f"zq{len(self.requests):03} "
        if not isinstance(asked.schema, dict):
            return say(f"{signed}is what {who} would do.")
        if voter.hangs:
            return self.faults["wholeendless"]
        choices = slate_of(Request(asked.model, (), schema=asked.schema))
        wanted = self.meant.setdefault(who, [])
        answer = voter.answer(choices, len(wanted))
        wanted.append(answer if answer in choices else min(choices))
        if answer in choices:
            family = next(name for key, name in FAMILIES.items() if key in json.dumps(asked.schema))
            return say(json.dumps({**ballot(family, choices, answer), "why": signed}))
        return say(signed + answer if answer else "")


def sealed(transcript: Transcript, besides: str = "") -> Iterator[str]:
    """The marks in what is sealed now."""
    for turn in transcript.entries:
        if isinstance(turn, Turn) and turn.speaker != besides and transcript.sealed(turn):
            yield from set(MARK.findall(turn.text)) - set(MARK.findall(" ".join(turn.start.choices)))


@dataclass
class Watch:
    """Looks, at every event, for what is sealed wherever a person could see it."""

    room: Room
    store: Store
    fold: Fold = field(default_factory=Fold)
    looked: int = 0
    leaks: list[str] = field(default_factory=list)

    async def to_the_end(self) -> None:
        async with self.room.watch() as news:
            self.room.start()
            async for item in news:
                if isinstance(item, Partial):
                    self.leaks += [f"a partial: {item.text}"] if item.sealed and item.text else []
                    continue
                await self.look()
                if self.room.transcript.closed:
                    return

    async def look(self) -> None:
        room = self.room
        places = {form: "".join(printout(form).take(room.log)) for form in ("text", "md", "adr")}
        places["screen"] = repr(self.fold.view(room.transcript, room.standing, room.partials, {}))
        for mark in sealed(room.transcript):
            self.looked += 1
            self.leaks += [f"{mark} in {place}" for place, text in places.items() if mark in text]
            # What is found may have been revealed a moment ago: on disk, and nobody told yet.
            if await self.store.search(mark) and mark in sealed(Log(await self.store.load(room.session)).transcript):
                self.leaks.append(f"{mark} in a search")


@dataclass(frozen=True)
class Polled:
    """What came of a committee."""

    events: list[Event]
    meant: dict[str, list[str]]
    looked: int
    """How often something sealed was looked for, and not found."""

    @property
    def end(self) -> SessionClosed:
        last = self.events[-1]
        assert isinstance(last, SessionClosed)
        return last

    @property
    def counts(self) -> list[dict[str, dict[str, JsonValue]]]:
        """The ballots of each count, by their voter."""
        found = [event for event in self.events if isinstance(event, Recorded) and event.kind == "votes_counted"]
        lists = [ballots for event in found if isinstance(ballots := event.data["ballots"], list)]
        return [{str(cast["voter"]): cast for cast in one if isinstance(cast, dict)} for one in lists]


async def held(folder: Path, voters: Sequence[tuple[str, Voter]], settings: dict[str, JsonValue]) -> Polled:
    """A committee of these names and what they are like, played to its end."""
    members = people(*(name for name, _ in voters))
    models = {one.id: f"hosted_vllm/{voter.id}" for one, (_, voter) in zip(members, voters, strict=True)}
    first = stamp(opened("committee", members, settings).model_copy(update={"models": models}), 1, None, EPOCH)
    async with Polling() as server, opened_store(folder) as store:
        lease = await store.take_lease(first.session)
        await store.append(first.session, [first], lease=lease)
        provider = LiteLLMProvider(Endpoint(server.url, "none"))
        room = server.room = Room(store, Log([first]), asking(Models({"": provider}, retry=Retry(base=0.01))), lease)
        watch = Watch(room, store)
        await watch.to_the_end()
        await room.aclose()
        assert not watch.leaks + server.leaks
        assert not any(asked.streams for asked in server.requests if asked.schema)
        return Polled(await store.load(first.session), server.meant, watch.looked)


async def test_ten_kinds_of_voters_in_one_room_count_for_what_they_said(tmp_path: Path) -> None:
    voters = [(voter.name, voter) for voter in VOTERS]
    came = await held(tmp_path, voters, {"options": [*OPTIONS], "quorum": 0.3})
    assert came.end.outcome == "decided"
    assert came.end.reason
    assert came.looked > 100
    assert len(came.counts) == 2
    for voter in VOTERS:
        first, last = (count[voter.id] for count in came.counts)
        assert first["status"] == last["status"] == voter.reads
        if voter.reads == "valid":
            assert [first["pick"], last["pick"]] == came.meant[voter.id]
        else:
            assert first["reason"]
            assert not {"pick", "approve", "ranking", "scores"} & {*first, *last}


async def test_ten_kinds_of_voters_find_the_options_themselves(tmp_path: Path) -> None:
    voters = [(voter.name, voter) for voter in VOTERS]
    came = await held(tmp_path, voters, {"rounds": 0, "quorum": 0})
    assert came.end.outcome in ("decided", "tie")
    assert came.end.reason
    (count,) = came.counts
    assert {who for who, cast in count.items() if cast["status"] == "valid"} <= {"conny", "stan", "flip", "verbena"}
    for who in ("conny", "stan", "flip"):
        assert count[who]["approve"] == came.meant[who]


@pytest.mark.parametrize("voter", VOTERS, ids=lambda voter: voter.name)
async def test_a_room_of_one_kind_of_voters_says_how_it_ended(tmp_path: Path, voter: Voter) -> None:
    voters = [(name, voter) for name in ("Ada", "Ben", "Cleo")]
    came = await held(tmp_path, voters, {"options": [*OPTIONS], "rounds": 0, "ties": ""})
    assert came.end.reason
    statuses = {str(cast["status"]) for count in came.counts for cast in count.values()}
    assert statuses == {voter.reads}
    assert came.end.outcome == ("decided" if voter.reads == "valid" else "no_quorum")
