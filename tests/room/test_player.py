from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from pydantic import JsonValue

from agentchat.errors import UsageError
from agentchat.events import EPOCH, Event, HeadMoved, HumanSpoke, Stamped, TurnEnded, TurnStarted
from agentchat.folding import fold
from agentchat.home.recordings import read, shipped
from agentchat.log import Log
from agentchat.room import Partial, Standing
from agentchat.room.feed import Watcher
from agentchat.room.player import INSTANT, Player
from agentchat.testing import append, begin, opened, people, play

RECORDINGS = sorted(shipped().values())


def ready(news: Watcher) -> list[Event | Partial | Standing]:
    """What a watcher was told so far."""
    told: list[Event | Partial | Standing] = []
    while news._facts or news._partials:
        item = news._facts.popleft() if news._facts else news._partials.pop(next(iter(news._partials)))
        assert isinstance(item, Stamped | Partial | Standing)
        told.append(item)
    return told


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_at_every_moment_a_replay_stands_where_the_room_stood(recording: Path) -> None:
    player = Player(read(recording))
    while not player.over:
        player.advance(40)
        assert player.transcript == fold(player.schedule.path[: player.schedule.happened(player.ms)])
    assert player.transcript.closed == fold(player.schedule.path).closed


async def test_a_watcher_hears_every_event_once_and_in_order_and_words_that_only_grow() -> None:
    player = Player(read(shipped()["demo"]))
    news = player.watch()
    texts: dict[int, str] = {}
    heard: list[int] = []
    while not player.over:
        player.advance(50)
        for item in ready(news):
            if isinstance(item, Partial):
                assert item.text.startswith(texts.get(item.turn, ""))
                texts[item.turn] = item.text
            elif isinstance(item, Stamped):
                heard.append(item.seq)
                if isinstance(item, TurnEnded):
                    assert item.text.startswith(texts.get(item.turn, ""))
    assert heard == [event.seq for event in player.schedule.path[1:]]
    assert any(texts.values())


async def test_nothing_sealed_is_shown_before_it_is_revealed() -> None:
    player = Player(read(shipped()["committee"]))
    sealed = {event.turn for event in player.schedule.path if isinstance(event, TurnStarted) and event.sealed}
    news = player.watch()
    assert sealed
    while not player.over:
        player.advance(50)
        partials = [item for item in ready(news) if isinstance(item, Partial)]
        assert not any(item.text for item in partials if item.turn in sealed)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(RECORDINGS), st.lists(st.one_of(st.integers(-1, 1), st.integers(2, 40_000)), max_size=8))
def test_wherever_one_goes_it_is_as_if_it_had_been_played_to_there(recording: Path, moves: list[int]) -> None:
    player = Player(read(recording))
    for move in moves:
        if move > 1:
            player.seek(move)
        elif move:
            player.step(move)
        else:
            player.advance(333)
    other = Player(read(recording))
    other.advance(player.ms)
    assert player.transcript == other.transcript
    assert player.partials == other.partials
    assert player.turn == other.turn


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_session_played_stands_at_every_event_where_its_room_stood(data: st.DataObject) -> None:
    player = Player(sessions(data))
    schedule = player.schedule
    assert list(schedule.at) == sorted(schedule.at)
    for ms in sorted({*schedule.at, *(ms + 40 for ms in schedule.at)}):
        player.advance(ms - player.ms)
        assert player.transcript == fold(schedule.path[: schedule.happened(ms)])
    assert player.over
    for seq in data.draw(st.lists(st.sampled_from([event.seq for event in schedule.path]), max_size=4)):
        player.seek_to(seq)
        assert player.transcript == fold(schedule.path[: schedule.happened(player.ms)])
        assert seq in {event.seq for event in player.heard}


def sessions(data: st.DataObject) -> Log:
    """A session of any mode that ships, interrupted and gone back in as people do, at times of any kind."""
    mode = data.draw(st.sampled_from(["brainstorm", "committee", "discussion", "poll", "refinement"]))
    options: dict[str, JsonValue] = {"options": ["the park", "the office"]} if mode == "committee" else {}
    log = play(begin(opened(mode, people("Ada", "Ben", "Cleo"), options, data.draw(st.integers(0, 9)))))
    kept = data.draw(st.integers(1, len(log.events)))
    log = Log(log.events[:kept])
    for _ in range(data.draw(st.integers(0, 3))):
        append(log, [HumanSpoke(text="And the bus?")])
        if not log.transcript.open and data.draw(st.booleans()):
            append(log, [HeadMoved(to=data.draw(st.sampled_from(log.path())).seq)])
    clocks = st.integers(-(10**6), 10**6).map(lambda seconds: EPOCH + timedelta(days=30, seconds=seconds))
    paces = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 40)), max_size=3).map(
        lambda pace: tuple(sorted(pace))
    )
    timed: list[Event] = []
    for event in log.events:
        late = event.model_copy(update={"at": data.draw(clocks)})
        timed.append(late.model_copy(update={"pace": data.draw(paces)}) if isinstance(late, TurnEnded) else late)
    return Log(timed)


def test_what_a_room_says_after_its_replay_began_is_not_in_it() -> None:
    log = begin(opened("discussion", people("Ada", "Ben")))
    append(log, [HumanSpoke(text="one")])
    player = Player(log)
    append(log, [HumanSpoke(text="two")])
    assert player.whole == fold(player.schedule.path)
    assert player.whole != log.transcript


async def test_the_steps_of_a_turn_go_through_all_of_them_and_back() -> None:
    player = Player(read(shipped()["demo"]))
    places = [0]
    while not player.over:
        player.step(1)
        places.append(player.ms)
    assert len(places) == len({stop.ms for stop in player.schedule.turns} | {0, player.schedule.length})
    for place in reversed(places[:-1]):
        player.step(-1)
        assert player.ms == place


async def test_it_plays_by_the_clock_at_its_speed_and_stops_at_the_end(clock: Callable[[], float]) -> None:
    player = Player(read(shipped()["poll"]), speed=16, clock=clock)
    player.play()
    await asyncio.wait_for(player.ended(), 10)
    assert player.over
    assert not player.playing
    player.play()
    assert player.ms == 0
    player.pause()
    await player.aclose()


@pytest.fixture
def clock() -> Callable[[], float]:
    """A clock that is a second on whenever one looks at it."""
    seconds = iter(range(1_000_000))
    return lambda: float(next(seconds))


async def test_instantly_all_of_it_is_there() -> None:
    player = Player(read(shipped()["demo"]), speed=INSTANT)
    news = player.watch()
    player.play()
    await player.ended()
    assert [item.seq for item in ready(news) if isinstance(item, Stamped)][-1] == player.schedule.path[-1].seq
    await player.aclose()


async def test_going_on_from_the_beginning_of_a_turn_has_it_said_anew_and_from_its_middle_keeps_it() -> None:
    player = Player(read(shipped()["demo"]))
    player.seek(player.schedule.turns[-1].ms)
    (begun,) = player.transcript.open
    assert player.here < begun.id
    while not player.partials[begun.id].text:
        player.advance(20)
    assert player.here == begun.id


async def test_a_number_before_the_first_event_is_no_place() -> None:
    with pytest.raises(UsageError, match="no #0"):
        Player(read(shipped()["demo"])).seek_to(0)
