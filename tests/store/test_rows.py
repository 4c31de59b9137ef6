from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from agentchat.events import (
    HeadMoved,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    SessionClosed,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.persona import Persona
from agentchat.store import Store

if TYPE_CHECKING:
    from store.conftest import Sitting


async def spend(sitting: Sitting, **changes: object) -> None:
    (start,) = await sitting.add(TurnStarted(speaker="ada"))
    end = TurnEnded(turn=start.seq, speaker="ada", outcome="said", text="three words here", model="m", tokens_in=10)
    await sitting.add(end.model_copy(update=changes))


async def test_a_line_of_the_listing_says_what_the_log_says(sitting: Sitting, store: Store) -> None:
    await sitting.open("\n  Trams\tor   buses?  \nA longer text.")
    await spend(sitting, tokens_out=5, cost=0.25)
    await spend(sitting, outcome="failed", text="", cost=0.5)
    await spend(sitting, outcome="passed", text="")
    await spend(sitting, copied_from=2, cost=9.0)
    await spend(sitting, model="", tokens_in=99)
    (row,) = await store.sessions()
    log = Log(await store.load("s1"))
    spent = log.transcript.spent
    assert (row.title, row.mode, row.personas, row.status) == ("Trams or buses?", "discussion", ("Ada",), "open")
    assert (row.tokens, row.cost) == (spent.tokens_in + spent.tokens_out, spent.cost) == (35, 0.75)
    assert (row.turns, row.pulse) == (2, (3, 3))
    assert (row.head, row.events) == (log.head, len(log.events))
    assert row.updated - row.created == timedelta(seconds=len(log.events) - 1)


async def test_undo_moves_the_head_and_refunds_nothing(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await spend(sitting)
    await sitting.add(HeadMoved(to=1))
    row = await store.session("s1")
    assert (row.head, row.events, row.tokens) == (1, 4, 10)
    sitting.seq = 4
    await store.append("s1", [sitting.next(TurnStarted(speaker="ada"), parent=1)], lease=None)
    assert (await store.session("s1")).head == 5 == Log(await store.load("s1")).head


async def test_a_session_is_open_again_after_it_was_closed(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.add(SessionClosed(outcome="agreed"))
    row = await store.session("s1")
    assert (row.status, row.outcome) == ("closed", "agreed")
    await sitting.add(SessionReopened())
    row = await store.session("s1")
    assert (row.status, row.outcome) == ("open", "")


async def test_who_came_and_went_is_in_the_listing(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    ben = Persona(id="ben", name="Ben", prompt="You are Ben.")
    await sitting.add(ParticipantJoined(persona=ben), ParticipantLeft(participant="ada"))
    assert (await store.session("s1")).personas == ("Ben",)
    await sitting.add(ParticipantChanged(participant="ben", persona=ben.model_copy(update={"name": "Benjamin"})))
    assert [row.personas for row in await store.sessions("benjamin")] == [("Benjamin",)]


async def test_the_pulse_is_of_the_newest_twelve_turns(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    for words in range(1, 16):
        await sitting.turn("word " * words)
    assert (await store.session("s1")).pulse == tuple(range(4, 16))


@pytest.mark.parametrize(("topic", "title"), [("x" * 200, "x" * 79 + "…"), ("", ""), (" \n ", "")])
async def test_a_title_is_one_short_line(sitting: Sitting, store: Store, topic: str, title: str) -> None:
    await sitting.open(topic)
    assert (await store.session("s1")).title == title


async def test_the_newest_session_comes_first(store: Store, sit: type[Sitting]) -> None:
    sittings = [sit(store, session) for session in ("s1", "s2", "s3")]
    for sitting in sittings:
        await sitting.open()
    await sittings[1].say("a")
    await sittings[1].say("b")
    await sittings[0].say("c")
    assert [row.id for row in await store.sessions()] == ["s2", "s1", "s3"]
    assert [row.id for row in await store.sessions(limit=1)] == ["s2"]
