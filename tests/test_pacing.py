from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from agentchat.events import EPOCH, Event, HumanSpoke, TurnEnded, TurnStarted, stamp
from agentchat.home.recordings import read, shipped
from agentchat.pacing import BREATH, LONGEST, Schedule
from agentchat.testing import end, opened, people

RECORDINGS = sorted(shipped().values())


def path(*events: Event, seconds: float = 3600) -> list[Event]:
    """A log of a session in which each event came so many seconds after the one before."""
    first = stamp(opened("discussion", people("Ada", "Ben")), 1, None, EPOCH)
    made: list[Event] = [first]
    for seq, event in enumerate(events, 2):
        made.append(stamp(event, seq, seq - 1, EPOCH + timedelta(seconds=seconds * seq)))
    return made


def said(text: str, pace: tuple[tuple[int, int], ...] = (), latency: float | None = None) -> tuple[Event, Event]:
    start = stamp(TurnStarted(speaker="ada"), 2, 1, EPOCH)
    return start, end(start, "said", text).model_copy(update={"pace": pace, "latency": latency})


def test_a_turn_takes_the_time_it_took_and_its_words_come_as_they_came() -> None:
    schedule = Schedule(path(*said("Begin here.", ((400, 6), (900, 11)))))
    begun = schedule.turns[0].ms
    assert schedule.length - begun == 900
    assert [schedule.text(2, begun + ms) for ms in (0, 399, 400, 899, 900)] == [
        "",
        "",
        "Begin ",
        "Begin ",
        "Begin here.",
    ]


def test_nobody_waits_longer_than_a_breath_between_two_turns() -> None:
    spoken = HumanSpoke(text="One more."), HumanSpoke(text="And one.")
    assert Schedule(path(*spoken, seconds=86_400)).at == (0, BREATH, 2 * BREATH)


def test_a_turn_without_a_pace_is_read_in_its_latency_or_at_the_speed_of_reading_but_not_for_ever() -> None:
    for text, latency, takes in (("Yes.", 2.5, 2500), ("Yes.", None, 100), ("so " * 9000, None, LONGEST)):
        schedule = Schedule(path(*said(text, latency=latency)))
        assert schedule.length - schedule.turns[0].ms == takes


def test_turns_asked_together_speak_together() -> None:
    one, two = (stamp(TurnStarted(speaker=who), seq, seq - 1, EPOCH) for seq, who in ((2, "ada"), (3, "ben")))
    ends = (
        end(two, "said", "No.").model_copy(update={"pace": ((300, 3),)}),
        end(one, "said", "Yes, if it is cheap.").model_copy(update={"pace": ((800, 20),)}),
    )
    schedule = Schedule(path(one, two, *ends, seconds=0))
    assert schedule.at == (0, 0, 0, 300, 800)


def rounds(schedule: Schedule) -> list[int]:
    """The first turn of each round that shows."""
    shown = {stop.seq for stop in schedule.turns}
    starts = [event for event in schedule.path if isinstance(event, TurnStarted) and event.seq in shown and event.round]
    return [next(one.seq for one in starts if one.round == number) for number in sorted({one.round for one in starts})]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_a_shipped_recording_takes_about_as_long_as_it_took(recording: Path) -> None:
    log = read(recording)
    schedule = Schedule(log.path())
    took = (log.events[-1].at - log.events[0].at).total_seconds()
    # What nobody watches come in, a bid or a verdict, is not waited for.
    assert 0.4 * took <= schedule.length / 1000 <= 1.5 * took
    assert list(schedule.at) == sorted(schedule.at)
    assert schedule.turns
    assert [stop.seq for stop in schedule.stops if stop.kind == "round"] == rounds(schedule)
    assert schedule.stops[-1].kind == "end"


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 40)), max_size=6), st.integers(0, 12_000))
def test_whatever_pace_is_on_record_a_text_only_grows_and_is_whole_in_the_end(
    pace: list[tuple[int, int]], look: int
) -> None:
    ordered = tuple(zip(sorted(ms for ms, _ in pace), sorted(at for _, at in pace), strict=True))
    whole = "x" * (ordered[-1][1] if ordered else 7)
    schedule = Schedule(path(*said(whole, ordered)))
    begun, last = schedule.turns[0].ms, schedule.length
    before, after = schedule.text(2, begun + look), schedule.text(2, begun + look + 50)
    assert after.startswith(before)
    assert schedule.text(2, last) == whole


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_every_place_of_a_recording_can_be_gone_to_by_its_number(recording: Path) -> None:
    schedule = Schedule(read(recording).path())
    for event in schedule.path:
        happened = schedule.path[: schedule.happened(schedule.place(event.seq))]
        assert event in happened
        if isinstance(event, TurnStarted):
            assert any(isinstance(one, TurnEnded) and one.turn == event.turn for one in happened)
