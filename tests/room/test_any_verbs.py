"""Verbs in any order at any moment, while models fail and disks fill up, over three lives of one session."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import JsonValue
from support import asking_mode
from support.rooms import (
    PATIENCE,
    ends,
    fluent,
    full_disk,
    improvised,
    new_room,
    opened_store,
    same_room,
    starts,
    unended,
)

from agentchat.branches import branches
from agentchat.errors import AgentchatError, ModelError, ModelErrorKind, UsageError
from agentchat.events import HumanSpoke, TurnStarted
from agentchat.export import printout
from agentchat.log import Log
from agentchat.models.base import Request
from agentchat.models.policy import Models
from agentchat.room import Room, driving
from agentchat.store import Store
from agentchat.testing import people
from agentchat.views.fold import Fold

NAMES = ("Ada", "Ben", "Cleo", "Dev")
FAULTS: tuple[ModelErrorKind, ...] = ("server", "auth", "context", "filter", "timeout_total")
MOST_STEPS = 60


@pytest.fixture(autouse=True)
def _asking(monkeypatch: pytest.MonkeyPatch) -> None:
    asking_mode.known(monkeypatch)
    monkeypatch.setattr(driving, "TYPING", 0.01)


class Chance:
    """All that is left to chance in one run, drawn from one seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def models(self) -> Models:
        """Models that fail, address each other, and take their time."""
        return improvised(self.speech, self.window)

    async def speech(self, request: Request, n: int) -> AsyncGenerator[str]:
        if self.dice.random() < 0.1:
            raise ModelError(self.dice.choice(FAULTS), "as chance has it")
        if request.kind == "position":
            yield f'{{"stance": "{self.dice.choice(["agree", "partly", "disagree"])}", "why": "it is so"}}'
            return
        for _ in range(self.dice.randint(1, 6)):
            yield self.dice.choice(["schools ", "@ben why? ", "@ada what? ", "words "])
            await self.rest(0.004)

    async def window(self) -> int:
        await self.rest(0.02)
        return 8192

    async def rest(self, most: float) -> None:
        """Let others go first for a while."""
        await asyncio.sleep(self.dice.random() * most)

    async def verb(self, room: Room, store: Store) -> None:
        """Do something. What the room refuses in words is no fault."""
        who = self.dice.choice(NAMES).lower()
        verbs: list[Callable[[], Awaitable[None]]] = [
            lambda: room.speak(self.dice.choice(["hello", f"@{who} why?"])),
            room.cut_off,
            lambda: room.mute(who),
            lambda: room.mute(who, muted=False),
            lambda: room.remove(who),
            lambda: room.invite(people(who.capitalize())[0], "m"),
            lambda: room.swap_model(who, f"m{self.dice.random()}"),
            room.pause,
            room.step,
            room.go_on,
            room.go_on,
            room.go_on,
            lambda: room.force(who),
            lambda: room.change({"rounds": "2"}),
            lambda: room.reopen(1),
            lambda: room.end("enough") if self.dice.random() < 0.3 else room.go_on(),
            room.undo,
            room.redo,
            lambda: room.regenerate(self.seq(room), self.dice.choice(["", "shorter"]), self.dice.choice(["", "x"])),
            lambda: room.choose(self.seq(room)),
            lambda: room.edit(self.seq(room), "other words"),
            room.skip,
            lambda: room.enter(self.dice.choice(["brainstorm", "discussion", "asking"]), {}, "And what of that?"),
            lambda: room.escalate(self.dice.choice(["lead", "model", "person"]), who, self.dice.choice(["", "why?"])),
            lambda: room.approving(self.dice.random() < 0.5),
            room.approve,
            lambda: room.note("value", who, self.dice.random()),
            lambda: room.pin(self.seq(room)),
            lambda: self.type(room),
            lambda: self.decide(room),
            lambda: self.decide(room),
            lambda: self.fill(store),
            lambda: self.give_up(room),
        ]
        with suppress(AgentchatError):
            await self.dice.choice(verbs)()

    def seq(self, room: Room) -> int:
        """A turn or words of the person, now and then of another path; sometimes anything."""
        said = [event.seq for event in room.log.events if isinstance(event, TurnStarted | HumanSpoke)]
        return self.dice.choice([*said, *said[-6:], 1, 999])

    async def type(self, room: Room) -> None:
        """The person types, or stops."""
        room.typing(self.dice.random() < 0.5)

    async def decide(self, room: Room) -> None:
        """The person does what they are asked for, or something like it."""
        transcript = room.transcript
        if own := transcript.asked:
            if stance := self.dice.choice(["", "agree", "what"]):
                await room.take_turn(own.id, "me too", {"stance": stance})
            else:
                await room.pass_turn(own.id)
        for question in transcript.escalations:
            await room.answer(question.seq, self.dice.choice(["1", "stop", "whatever"]))

    async def fill(self, store: Store) -> None:
        """The disk is full for a moment."""
        async with full_disk(store):
            await self.rest(0.01)

    async def give_up(self, room: Room) -> None:
        """Someone says something and does not wait for it."""
        speaking = asyncio.create_task(room.speak("never mind"))
        await asyncio.sleep(0)
        speaking.cancel()
        await asyncio.wait([speaking])


async def live(room: Room, store: Store, chance: Chance) -> None:
    """One life of a room: some verbs, many of them at once, then its end."""
    fold, heard, before = Fold(), list[int](), room.log.events[-1].seq

    async def watch() -> None:
        async with room.watch() as news:
            async for item in news:
                if hasattr(item, "seq"):
                    heard.append(item.seq)
                fold.view(room.transcript, room.standing, room.partials, {})

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    room.start(held=chance.dice.random() < 0.2)
    doing = []
    for _ in range(chance.dice.randint(3, 14)):
        doing.append(asyncio.create_task(chance.verb(room, store)))
        if chance.dice.random() < 0.7:
            await chance.rest(0.02)
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*doing)
    assert not room.standing.reason.startswith("a fault inside"), room.standing
    async with asyncio.timeout(PATIENCE):
        await room.aclose()
        await watching
    events = await store.load("test")
    assert events == room.log.events
    assert not (room.transcript.closed and room.transcript.open)
    assert Log(events).transcript == room.transcript
    assert heard == [event.seq for event in events if event.seq > before]
    assert unended(events) <= {turn.id for turn in room.transcript.open if turn.speaker == "you"}
    assert branches(room.log).tip >= 1
    for turn in starts(events):
        assert turn.turn in room.alternatives(turn.turn)
    assert len({end.turn for end in ends(events)}) == len(ends(events))
    for form in ("text", "md", "jsonl"):
        assert list(printout(form).take(room.log, rest=True))


async def finish(room: Room) -> None:
    """Go on, and help where a person must, until it is closed."""
    room.start()
    for _ in range(MOST_STEPS):
        standing = await room.settled()
        if standing.state == "closed":
            break
        for member in room.transcript.members:
            if member.muted:
                await room.mute(member.id, muted=False)
        if len(room.transcript.members) < 2:  # a refinement takes two
            await room.invite(people("Yan" if room.transcript.member("zoe") else "Zoe")[0], "m")
        with suppress(UsageError):
            await room.approving(False)
            if own := room.transcript.asked:
                await room.pass_turn(own.id)
            for question in room.transcript.escalations:
                await room.answer(question.seq, "1")
            await room.go_on()
    assert room.standing.state == "closed", room.standing
    assert not room.transcript.open
    await room.aclose()


async def run(seed: int, folder: Path) -> None:
    chance = Chance(seed)
    mode = chance.dice.choice(["discussion", "brainstorm", "asking"])
    order: dict[str, JsonValue] = (
        {"order": chance.dice.choice(["free", "round-robin", "moderated"])} if mode == "discussion" else {}
    )
    async with opened_store(folder) as store:
        settings = {} if mode == "asking" else {"rounds": chance.dice.randint(1, 2), **order}
        room = await new_room(store, "m", settings, " ".join(NAMES), mode=mode, models=chance.models())
        await live(room, store, chance)
        for _ in range(2):
            await live(await same_room(store, models=chance.models()), store, chance)
        async with asyncio.timeout(PATIENCE):
            await finish(await same_room(store, models=improvised(fluent)))


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_done_every_turn_has_one_end_and_the_disk_says_what_was_heard(
    tmp_path: Path, seed: int
) -> None:
    await run(seed, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(6, 156))
async def test_whatever_is_done_again_and_again_every_turn_has_one_end(tmp_path: Path, seed: int) -> None:
    await run(seed, tmp_path)
