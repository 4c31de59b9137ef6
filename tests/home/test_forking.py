from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import JsonValue
from support.rooms import fluent, improvised, stands, starts, unended

from agentchat import directives
from agentchat.conduct import conduct
from agentchat.errors import UsageError
from agentchat.events import (
    Directed,
    EscalationRaised,
    Event,
    ForkedFrom,
    HeadMoved,
    HumanSpoke,
    Noted,
    ParticipantChanged,
    ParticipantLeft,
    SessionClosed,
    SessionOpened,
    TurnEnded,
    TurnStarted,
    stamp,
)
from agentchat.home import Home, WhatIf
from agentchat.home.forking import copied, nth, prefix
from agentchat.log import Log
from agentchat.models.base import Request
from agentchat.modes import make
from agentchat.room import Room
from agentchat.steps import Ask, Together, Wait
from agentchat.store.rows import SessionRow, Tally
from agentchat.testing import agreeable, append, begin, end, opened, people, play
from agentchat.transcript import Transcript, Turn

MODEL = "openai/gpt-4o"
VOTE: Mapping[str, JsonValue] = {"options": ["bees", "wasps"], "write_up": False}


def session(mode: str = "discussion", wish: Mapping[str, JsonValue] | None = None) -> Log:
    """A whole session of three, each turn of which cost something."""

    def paid(start: TurnStarted) -> TurnEnded:
        return agreeable(start).model_copy(update={"model": MODEL, "tokens_in": 100, "tokens_out": 10, "cost": 0.5})

    who = people("Ada", "Ben", "Cleo")
    first = opened(mode, who, wish, seed=7).model_copy(update={"models": {one.id: MODEL for one in who}})
    return play(begin(first), paid)


def words(transcript: Transcript) -> list[str]:
    """What was said."""
    return [turn.text for turn in transcript.entries if isinstance(turn, Turn)]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with Home(tmp_path / "home", {"OLLAMA_HOST": "127.0.0.1:1", "AGENTCHAT_DATA": str(tmp_path)}) as one:
        yield one


def asked(home: Home) -> list[Request]:
    """All that its models are asked from now on."""
    requests: list[Request] = []

    async def speech(request: Request, n: int) -> AsyncGenerator[str]:
        requests.append(request)
        async for text in fluent(request, n):
            yield text

    home.models = improvised(speech)
    return requests


def told(events: list[Event]) -> list[Event]:
    """The events of a fork after what it shares with the session it came from."""
    place = next(at for at, event in enumerate(events) if isinstance(event, Directed) and event.verb == "fork")
    return events[place + 1 :]


async def test_a_fork_keeps_the_path_word_for_word_and_goes_on_by_itself(home: Home) -> None:
    log = session()
    requests = asked(home)
    sixth = nth(log, 6)
    room = await home.fork(log, sixth)
    shared = log.path(sixth)
    assert room.log.events[1 : len(shared)] == shared[1:]
    first = room.log.events[0]
    assert isinstance(first, SessionOpened)
    assert first.forked_from == ForkedFrom(session="test", seq=sixth)
    assert first.session == room.session != "test"
    assert first == shared[0].model_copy(update={"session": room.session, "forked_from": first.forked_from})
    assert await (await home.store()).load(room.session) == room.log.events
    assert not requests
    room.start()
    await stands(room, "closed")
    assert len(requests) == len(starts(room.log.events)) - len(starts(shared))


async def test_what_a_fork_shares_costs_nothing_and_what_it_says_itself_does(home: Home) -> None:
    log = session()
    asked(home)
    room = await home.fork(log, nth(log, 6))
    row = await (await home.store()).session(room.session)
    assert log.transcript.spent.cost > 4
    assert (room.transcript.spent.cost, room.transcript.spent.tokens_in, room.transcript.spent.calls) == (0, 0, 0)
    assert (row.tokens, row.cost, row.turns) == (0, 0.0, 6)
    room.start()
    await stands(room, "closed")
    row = await (await home.store()).session(room.session)
    spent = room.transcript.spent
    assert spent.calls == len(starts(room.log.events)) - 6
    assert row.tokens == spent.tokens_in + spent.tokens_out > 0
    assert Log(room.log.events).transcript == room.transcript


async def test_a_fork_of_a_fork_says_where_it_came_from_last(home: Home) -> None:
    log = session()
    one = await home.fork(log, nth(log, 4))
    two = await home.fork(one.log)
    assert two.transcript.opened.forked_from == ForkedFrom(session=one.session, seq=one.log.head)
    assert two.transcript.spent.cost == 0


async def test_its_title_says_from_where(home: Home) -> None:
    log = session()
    for at, says in ((nth(log, 4), "at turn 4"), (1, "from the start")):
        row = await (await home.store()).session((await home.fork(log, at)).session)
        assert row.title == f"Fork {says}: What should we do?"
        assert row.topic == "What should we do?"


async def test_its_title_counts_turns_of_the_path_also_where_some_were_copied_there(home: Home) -> None:
    log = begin(opened("discussion", people("Ada", "Ben")))
    for copied_from in (None, 2):
        start = append(log, conduct(log.transcript, Ask("ada")))[0]
        assert isinstance(start, TurnStarted)
        append(log, [end(start, "said", "Well").model_copy(update={"copied_from": copied_from})])
    row = await (await home.store()).session((await home.fork(log)).session)
    assert row.title.startswith("Fork at turn 2: ")


def test_a_place_inside_turns_asked_together_is_after_all_of_them_or_before() -> None:
    log = begin(opened("discussion", people("Ada", "Ben", "Cleo")))
    before = append(log, [HumanSpoke(text="hello")])[0]
    begun = append(log, conduct(log.transcript, Together((Ask("ada"), Ask("ben")))))
    meanwhile = append(log, [HumanSpoke(text="meanwhile")])[0]
    over = append(log, [end(one, "said", "yes") for one in begun if isinstance(one, TurnStarted)])
    append(log, [HumanSpoke(text="after")])
    assert prefix(log, before.seq)[-1] == before
    assert {prefix(log, one.seq)[-1] for one in (*begun, meanwhile, *over)} == {over[-1]}


def test_what_a_turn_noted_and_asked_goes_with_it() -> None:
    log = begin(opened("discussion", people("Ada", "Ben")))
    start = append(log, conduct(log.transcript, Ask("ada")))[0]
    assert isinstance(start, TurnStarted)
    came: list[Event] = [
        EscalationRaised(by="ada", turn=start.seq, question="Which?"),
        Noted(kind="value", target=start.seq, key="city", value="Lyon", by="ada"),
    ]
    came.append(Noted(kind="pinned", target=start.seq))
    append(log, [end(start, "said", "Well"), *came])
    assert [one.type for one in prefix(log, start.seq)[-2:]] == ["escalation_raised", "noted"]


def test_a_turn_under_way_at_the_head_is_asked_again_and_the_persons_own_stays_open() -> None:
    log = begin(opened("discussion", people("Ada", "Ben")))
    append(log, conduct(log.transcript, Together((Ask("ada"), Ask("you")))))
    again = Log(copied(prefix(log), "new", (), log.events[-1].at))
    assert [turn.speaker for turn in again.transcript.open] == ["you"]
    assert [turn.speaker for turn in again.transcript.hidden] == ["ada"]


def test_a_place_off_the_path_of_the_head_is_copied_with_what_led_to_it() -> None:
    log = begin(opened("discussion", people("Ada", "Ben")))
    one, two = append(log, [HumanSpoke(text="one"), HumanSpoke(text="two")])
    moved, three = append(log, [HeadMoved(to=one.seq), HumanSpoke(text="three")])
    assert [getattr(event, "text", "") for event in prefix(log, two.seq)] == ["", "one", "two"]
    assert [getattr(event, "text", "") for event in prefix(log)] == ["", "one", "three"]
    assert prefix(log, moved.seq)[-1] == one
    assert not any(isinstance(event, HeadMoved) for event in prefix(log, three.seq))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.sampled_from(["discussion", "committee", "brainstorm", "refinement"]))
def test_a_fork_anywhere_is_a_log_that_goes_on_as_the_other_did(at: int, mode: str) -> None:
    log = session(mode, VOTE if mode == "committee" else None)
    at = 1 + at % len(log.events)
    path = prefix(log, at)
    assert at in [event.seq for event in path]
    assert not unended(path)
    fork = play(Log(copied(path, "new", (), log.events[-1].at)))
    mine, theirs = fork.transcript, log.transcript
    assert mine.closed
    assert theirs.closed
    assert mine.closed.outcome == theirs.closed.outcome
    assert words(mine) == words(theirs)


def test_a_fork_inside_a_mode_within_the_mode_goes_on_in_it_and_comes_back() -> None:
    log = begin(opened("discussion", people("Ada", "Ben", "Cleo"), {"rounds": 1}))
    append(log, [Directed(verb="enter", target="committee", data=dict(VOTE))])
    play(log)
    inside = [event for event in log.path() if event.frame]
    for event in inside[:: max(len(inside) // 8, 1)]:
        fork = play(Log(copied(prefix(log, event.seq), "new", (), log.events[-1].at)))
        assert words(fork.transcript) == words(log.transcript)


def test_a_fork_has_its_own_minutes_however_long_ago_what_it_copied_was_said() -> None:
    log = session("discussion", {"stop": "minutes:5", "rounds": 3, "agreement": False})
    later = log.events[-1].at + timedelta(days=90)
    fork = Log(copied(prefix(log, nth(log, 6)), "new", (), later))
    while not fork.transcript.closed:
        transcript = fork.transcript
        append_at(fork, conduct(transcript, make("discussion", transcript.frame.settings).next(transcript)), later)
        append_at(fork, [agreeable(turn.start) for turn in fork.transcript.open], later)
    assert fork.transcript.closed.reason == "stopped after 3 rounds"


def append_at(log: Log, events: Iterable[Event], at: datetime) -> None:
    """Commit events at a time."""
    for event in events:
        log.append(stamp(event, log.next_seq, log.head, at))


async def test_a_session_of_a_mode_that_is_not_here_forks_with_whatever_needs_no_mode(home: Home) -> None:
    log = session()
    opened_ = log.events[0].model_copy(update={"mode": "quaker"})
    foreign = Log([opened_, *log.events[1:]])
    room = await home.fork(foreign, None, WhatIf(without=("ben",)))
    assert [member.id for member in room.transcript.members] == ["ada", "cleo"]
    with pytest.raises(UsageError, match="no mode 'quaker'"):
        await home.fork(foreign, None, WhatIf(settings={"rounds": "2"}))


async def test_the_listing_of_a_fork_is_the_fold_of_its_events(home: Home) -> None:
    log = session("committee", VOTE)
    asked(home)
    store = await home.store()
    for at in (1, nth(log, 1), None):
        room = await home.fork(log, at, WhatIf(go_on=True))
        assert await store.session(room.session) == await store._reading.run(partial(folded, room.session))


def folded(session: str, connection: sqlite3.Connection) -> SessionRow:
    """What a listing shows of a session, made anew from its events."""
    return Tally.folded(connection, session).row()


async def test_sealed_ballots_stay_sealed_in_a_fork(home: Home) -> None:
    def quotable(start: TurnStarted) -> TurnEnded:
        return agreeable(start).model_copy(update={"text": "zanzibar"})

    log = play(begin(opened("committee", people("Ada", "Ben", "Cleo"), VOTE)), quotable)
    sealed = next(one for one in log.events if isinstance(one, TurnStarted) and one.sealed)
    store = await home.store()
    room = await home.fork(log, sealed.seq)
    assert [room.transcript.sealed(turn) for turn in room.transcript.entries if isinstance(turn, Turn)] == [True] * 3
    assert not await store.search("zanzibar")
    await home.fork(log)
    assert await store.search("zanzibar")


@pytest.mark.parametrize(
    ("at", "what_if", "says", "near"),
    [
        (9999, WhatIf(), "no #9999", "#"),
        (None, WhatIf(without=("bne",)), "nobody here is called 'bne'", "ben"),
        (None, WhatIf(swap={"bne": MODEL}), "nobody here is called 'bne'", "ben"),
        (None, WhatIf(without=("ada", "ben", "cleo")), "nobody would be left", "--with"),
        (None, WhatIf(without=("ada",), swap={"ada": MODEL}), "both leave and", ""),
        (None, WhatIf(join=("kenij",)), "kenij", "kenji"),
        (None, WhatIf(swap={"ada": "opnai/x"}), "opnai", "openai/x"),
        (None, WhatIf(model="opnai/x"), "opnai", "openai/x"),
        (None, WhatIf(settings={"round": "2"}), "no setting 'round'", "rounds"),
        (None, WhatIf(settings={"timeouts.first": "2"}), "no time-out", "first_token"),
    ],
)
async def test_a_fork_that_cannot_be_met_is_answered_with_the_nearest_and_nothing_is_created(
    home: Home, at: int | None, what_if: WhatIf, says: str, near: str
) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        await home.fork(session(), at, what_if)
    assert near in caught.value.hint
    assert not await home.archive.sessions()


def test_a_turn_there_is_not_is_answered_with_how_many_there_are() -> None:
    with pytest.raises(UsageError, match="no turn 99") as caught:
        nth(session(), 99)
    assert caught.value.hint.startswith("It has ")


async def test_what_is_different_comes_right_after_the_place_as_things_the_person_did(home: Home) -> None:
    what_if = WhatIf(("Ben",), ("kenji",), {"ada": "openai/o3"}, settings={"rounds": "5", "timeouts.total": "9"})
    room = await home.fork(session(), 1, what_if)
    left, changed, joined, set_ = told(room.log.events)
    assert isinstance(left, ParticipantLeft)
    assert isinstance(changed, ParticipantChanged)
    assert (left.participant, changed.participant, changed.model) == ("ben", "ada", "openai/o3")
    assert [member.id for member in room.transcript.members] == ["ada", "cleo", "kenji"]
    assert room.transcript.frame.settings["rounds"] == 5
    assert (joined.type, set_.type) == ("participant_joined", "settings_changed")
    assert room.asking.timeouts.total == 9


async def test_a_setting_goes_to_the_innermost_mode_that_has_it(home: Home) -> None:
    log = begin(opened("discussion", people("Ada", "Ben", "Cleo")))
    append(log, [Directed(verb="enter", target="committee", data=dict(VOTE))])
    append(log, conduct(log.transcript, directives.next_step(log.transcript) or Wait()))
    room = await home.fork(log, None, WhatIf(settings={"rule": "borda", "order": "moderated"}))
    outer, inner = room.transcript.frames
    assert inner.settings["rule"] == "borda"
    assert outer.settings["order"] == "moderated"
    assert "order" not in inner.settings


async def test_after_the_end_it_stays_ended_or_goes_on_for_more_rounds(home: Home) -> None:
    log = session()
    assert (await home.fork(log)).transcript.closed
    requests = asked(home)
    room: Room = await home.fork(log, None, WhatIf(without=("ben",), rounds=1))
    assert room.transcript.closed is None
    room.start()
    await stands(room, "closed")
    assert requests
    assert "ben" not in {start.speaker for start in starts(told(room.log.events))}
    assert isinstance(room.log.events[-1], SessionClosed)


async def test_its_title_says_what_is_different_in_it(home: Home) -> None:
    row = await (await home.store()).session((await home.fork(session(), 1, WhatIf(without=("ben",)))).session)
    assert row.title == "Fork from the start, without Ben: What should we do?"
