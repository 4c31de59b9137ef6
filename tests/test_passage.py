from __future__ import annotations

from hypothesis import given, strategies as st

from agentchat.events import EPOCH, Event, HeadMoved, HumanSpoke, stamp
from agentchat.log import Log
from agentchat.passage import Spans, passage
from agentchat.testing import begin, opened, people, play
from agentchat.transcript import Turn

STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 1000), st.integers(1, 3)), max_size=40)
"""Each step is words or a move of the head to one of the events so far, and how far its `seq` is from the last."""


def walked(steps: list[tuple[bool, int, int]]) -> Log:
    log = Log([stamp(opened("discussion", people("Ada")), 1, None, EPOCH)])
    seq = 1
    for moves, where, gap in steps:
        places = [event.seq for event in log.events if not isinstance(event, HeadMoved)]
        seq += gap
        event: Event = HeadMoved(to=places[where % len(places)]) if moves else HumanSpoke(text=str(seq))
        log.append(stamp(event, seq, log.head, EPOCH))
    return log


def spans(log: Log) -> Spans:
    moves = [(event.seq, event.to) for event in log.events if isinstance(event, HeadMoved)]
    return Spans.of(log.events[0].seq, log.events[-1].seq, moves)


@given(STEPS)
def test_the_ranges_of_a_path_hold_its_events_and_no_others(steps: list[tuple[bool, int, int]]) -> None:
    log = walked(steps)
    found = spans(log)
    assert [event.seq for event in log.events if event.seq in found] == [event.seq for event in log.path()]


@given(STEPS, st.integers(0, 60))
def test_what_stands_before_a_place_and_what_stands_after_it_is_all_the_rest(
    steps: list[tuple[bool, int, int]], place: int
) -> None:
    log = walked(steps)
    found, path = spans(log), [event.seq for event in log.path()]
    back = [seq for first, last in found.backward(place) for seq in reversed(range(first, last + 1)) if seq in path]
    assert back == [seq for seq in reversed(path) if seq < place]
    ahead = [seq for first, last in found.forward(place) for seq in range(first, last + 1) if seq in path]
    assert ahead == [seq for seq in path if seq > place]


@given(STEPS, st.floats(0, 1))
def test_a_place_so_far_along_is_on_the_path(steps: list[tuple[bool, int, int]], part: float) -> None:
    found = spans(walked(steps))
    assert found.along(part) in found
    assert (found.along(0), found.along(1)) == (found.first, found.last)


def test_a_passage_of_everything_is_the_transcript() -> None:
    log = play(begin(opened("discussion", people("Ada", "Ben", "Cleo"))))
    first = log.transcript.opened
    turns = {one.id for one in log.transcript.entries if isinstance(one, Turn) and log.transcript.sealed(one)}
    assert passage(first, (), log.path(), frozenset(turns)).entries == log.transcript.entries


def test_what_is_sealed_now_is_sealed_in_a_passage_and_nothing_else_is() -> None:
    log = play(begin(opened("discussion", people("Ada", "Ben", "Cleo"))))
    first = log.transcript.opened
    sealed = [one for one in log.transcript.entries if isinstance(one, Turn) and one.start.sealed]
    window = [event for event in log.path() if event.type in ("turn_started", "turn_ended")]
    found = passage(first, (), window, frozenset({sealed[0].id}))
    assert [one.id for one in found.entries if isinstance(one, Turn) and found.sealed(one)] == [sealed[0].id]
