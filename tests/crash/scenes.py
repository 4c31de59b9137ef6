"""The sessions that are killed: what each is asked for, and what its person does in it.

What the person does follows from what is on record, so that after a kill they do what they had not done yet.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from pydantic import JsonValue

from agentchat.conduct import gist
from agentchat.events import (
    Directed,
    Event,
    HeadMoved,
    HumanSpoke,
    ModeEntered,
    SessionClosed,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.home import Home, WhatIf, Wish
from agentchat.room import Room, Standing
from agentchat.room.deadlines import Policy
from agentchat.transcript import Transcript, Turn

SCRIPT = """
pace = 400
[ada]
pick = ['{"vote": "the bus"}']
say = ["Rents fell by a third; put that to work.", "I could agree to the bus. @ben how many children?"]
[ben]
pick = ['{"vote": "the rents"}', '{"vote": "the bus"}']
[cleo]
pick = ['{"vote": "the rents"}']
["*"]
say = ["Begin with the street between the school and the station.", "Four children keep the second class."]
thought = ["The school first."]
idea = ["A bus that waits for the last train.", "A house for each teacher.", "Yes, and a garden beside it."]
position = ['{"stance": "agree", "why": "it is cheap"}']
argument = ["The bus comes first: without it nobody reaches the school.", "Rents first, they are what families look at."]
draft = ["We have houses. Come.", "We have twelve houses near the school. Come and see them on Saturday."]
reply = ['{"replies": [{"issue": 1, "done": "fixed", "reason": ""}, {"issue": 2, "done": "fixed", "reason": ""}]}']
critique = [
  '{"issues": [{"criterion": "clarity", "severity": "blocker", "quote": "Come.", "problem": "nobody knows when", "fix": "name a day"}], "scores": {"correctness": 3, "clarity": 2, "completeness": 2, "tone": 3}}',
  '{"issues": [], "scores": {"correctness": 5, "clarity": 5, "completeness": 4, "tone": 5}}',
]
plan = ['{"tasks": [{"title": "count the houses"}, {"title": "ask the school"}, {"title": "write it up", "needs": ["1", "2"]}]}']
case_answer = ["The second one goes back today."]
case_verdict = ['{"outcome": "resolved"}']
bid = ['{"want": 2, "why": "the rents"}', '{"want": 1, "why": "the bus"}', '{"want": 0}']
verdict = ['{"verdict": "fail", "reason": "it names no day"}', '{"verdict": "pass", "reason": "it names a day"}']
"*" = ["Cheap houses near the school are what the city cannot offer."]
"""  # noqa: E501

ASKING = SCRIPT.replace("put that to work.", "put that to work.\\nASK_HUMAN: Which street is meant?")

PEOPLE = ("ada", "ben", "cleo")
CHOICES: Mapping[str, JsonValue] = {"options": ["the bus", "the rents", "a school"]}

Does = Callable[[Room], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """One kind of session."""

    topic: str
    mode: str = "discussion"
    settings: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, JsonValue] = field(default_factory=dict)
    person: Does | None = None
    """Called before the room goes, and each time it rests."""
    policy: Policy = field(default_factory=Policy)
    script: str = SCRIPT
    before: Callable[[Home, Wish], Awaitable[None]] | None = None
    """What its home is like before the first life."""
    fork: bool = False
    """Whether it is forked from a session that is there before."""

    def wish(self, model: str) -> Wish:
        return Wish(self.topic, self.mode, PEOPLE, self.settings, model, seed=7, given=self.given)

    async def begin(self, home: Home, model: str) -> tuple[Room, list[Event]]:
        """The room of the one session that is killed, and those of its events that are acknowledged by that."""
        known = await home.archive.sessions()
        if self.fork and len(known) == 1:
            whole = await home.archive.log(known[0].id)
            half = next(one.seq for one in whole.events if isinstance(one, TurnStarted) and one.stage == "talk")
            room = await home.fork(whole, half, WhatIf(without=("cleo",)))
        elif not known:
            room = await home.create(self.wish(model))
        else:
            return await home.open(max(known, key=lambda row: row.created).id), []
        return room, room.log.events[:]


async def votes(room: Room) -> None:
    """Their ballot, whenever it is asked for."""
    if turn := room.transcript.asked:
        await room.take_turn(turn.id, data={"vote": "a school"})


async def lets_pass(room: Room) -> None:
    """Waits until the policy of the room has abstained for them."""
    if room.standing.state == "waiting":
        async with room.watch() as news:
            async for item in news:
                if isinstance(item, Standing):
                    return


async def answers(room: Room) -> None:
    """What a persona asks them."""
    for question in room.transcript.escalations:
        await room.answer(question.seq, "Mill Lane")


async def calls_a_vote(room: Room) -> None:
    """After the first turns."""
    if any(isinstance(entry, ModeEntered) for entry in room.transcript.entries) or room.transcript.wishes:
        await goes_on(room)
    elif not room.transcript.paused:
        await room.pause()
        await room.step()
    elif len(_turns(room)) < len(PEOPLE):
        await _steps(room)
    else:
        await room.enter("committee", {"options": ["the bus", "the rents"], "rounds": 0}, "What first?")


async def thinks_again(room: Room) -> None:
    """Has one of the first thoughts made anew, undoes a turn, has it again, edits it, and lets it go on."""
    course = [event.reason for event in room.log.events if isinstance(event, HeadMoved)]
    turns = _turns(room)
    match course:
        case [] if not room.transcript.paused:
            await room.pause()
            await room.step()
        case [] if len(turns) < len(PEOPLE):
            await _steps(room)
        case []:
            await room.regenerate(next(one.id for one in turns if one.speaker == "ben"), "in one line")
        case ["regenerated"] | ["regenerated", "undo"] if len(turns) <= len(PEOPLE):
            await _steps(room)
        case ["regenerated"]:
            await room.undo()
        case ["regenerated", "undo"]:
            await room.edit(turns[-1].id, "I would rather begin with the rents.")
        case _:
            await goes_on(room)


async def reopens(room: Room) -> None:
    """Goes on once after the end."""
    if not any(isinstance(entry, SessionReopened) for entry in room.transcript.entries):
        await room.reopen(1, "And if it rains?")


async def goes_on(room: Room) -> None:
    if room.transcript.paused:
        await room.go_on()


async def _steps(room: Room) -> None:
    if not room.transcript.step_due:
        await room.step()


def _turns(room: Room) -> list[Turn]:
    return [entry for entry in room.transcript.entries if isinstance(entry, Turn) and entry.end]


async def one_that_ended(home: Home, wish: Wish) -> None:
    room = await home.create(wish)
    room.start()
    await room.settled()
    await home.leave(room)


async def one_of_many_events(home: Home, wish: Wish) -> None:
    """Written as a room would in days."""
    room = await home.create(wish)
    for number in range(LONG // 400):
        await room.writer.commit(_said(room.log.next_seq, 200, number))
    await room.writer.commit([SessionClosed(outcome="discussed", reason="for today")])
    await home.leave(room)


def _said(seq: int, turns: int, round_: int) -> list[Event]:
    events: list[Event] = []
    for turn in range(seq, seq + 2 * turns, 2):
        who = PEOPLE[turn // 2 % len(PEOPLE)]
        events.append(TurnStarted(speaker=who, round=round_ + 1, stage="talk", reads_to=turn - 1))
        events.append(TurnEnded(turn=turn, speaker=who, outcome="said", text=f"In turn {turn} I say so."))
    return events


WORK = "plan by ada: words>=3 | note by ben | check by cleo: verdict back to note"

LONG = 5200
"""Events of a long session."""

SCENES = {
    "discussion": Scene("Which way?", settings={"rounds": "2"}),
    "brainstorm": Scene("What for?", "brainstorm", {"rounds": "1"}),
    "committee": Scene("What first?", "committee", given=CHOICES),
    "poll": Scene("What first?", "poll", given=CHOICES),
    "refinement": Scene("A note to families", "refinement"),
    "ballot": Scene("What first?", "committee", {"you": "vote"}, CHOICES, votes),
    "passed": Scene("What first?", "committee", {"you": "vote"}, CHOICES, lets_pass, Policy("default", 0.05)),
    "midway": Scene("Which way?", settings={"rounds": "1"}, person=calls_a_vote),
    "moves": Scene("Which way?", settings={"rounds": "1"}, person=thinks_again),
    "fork": Scene("Which way?", settings={"rounds": "1"}, before=one_that_ended, fork=True),
    "long": Scene("Which way?", settings={"agreement": "no"}, before=one_of_many_events, person=reopens),
    "perspectives": Scene("What first?", "perspectives", {"again": "yes"}),
    "pipeline": Scene("A note to families", "pipeline", {"stages": WORK}),
    "hierarchy": Scene("Win back young families", "hierarchy"),
    "hub": Scene("The rents and prices were charged twice", "hub", {"least": "0"}),
    "open floor": Scene("Which way?", "open-floor", {"rounds": "3"}),
    "reactive": Scene("Which way?", "reactive", {"listens": "ada: person; ben: from:ada; cleo: from:ada"}),
    "staged": Scene("What first?", "staged", {"stages": "poll | perspectives"}),
    "question": Scene("Which way?", settings={"rounds": "1"}, person=answers, script=ASKING),
}


def essence(transcript: Transcript) -> list[list[object]]:
    """What two runs must share, but for the verbs of the person, who has to say some of them again, and what they said
    to one alone.

    Sealed turns are taken at once and have no order: one of the person's stays open while the others are asked again,
    and so comes to stand before them.
    """
    lasting = tuple(entry for entry in transcript.entries if not (isinstance(entry, Directed) or _private(entry)))
    whole = gist(replace(transcript, entries=lasting))
    parts = groupby(whole, key=lambda part: isinstance(part, tuple) and part[4] is True)
    return [sorted(group, key=str) if unseen else list(group) for unseen, group in parts]


def _private(entry: Turn | Event) -> bool:
    return isinstance(entry, HumanSpoke) and bool(entry.to)
