from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from agentchat.conduct import gist
from agentchat.events import HeadMoved, HumanSpoke, TurnEnded, TurnStarted
from agentchat.folding import fold
from agentchat.log import Log
from agentchat.testing import append, begin, opened, people, play
from agentchat.transcript import Turn


def room() -> Log:
    return begin(opened("discussion", people("Ada", "Ben"), {"first_thoughts": False, "agreement": False}))


def test_the_transcript_is_the_fold_of_the_path() -> None:
    log = play(room())
    assert fold(log.path()) == log.transcript


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9), st.sampled_from([{}, {"order": "moderated", "rounds": 3}, {"stop": "turns:3"}]))
def test_folding_event_by_event_and_folding_all_at_once_are_the_same(seed: int, wish: dict[str, str | int]) -> None:
    log = play(begin(opened("discussion", people("Ada", "Ben", "Cleo"), wish, seed)))
    one_by_one = Log(log.events[:1])
    for event in log.events[1:]:
        one_by_one.append(event)
    assert one_by_one.transcript == log.transcript == Log(log.events).transcript


def test_a_log_that_does_not_begin_with_its_opening_is_refused() -> None:
    with pytest.raises(ValueError, match="session_opened"):
        Log([HumanSpoke(text="hello", seq=1)])


def test_after_the_head_moved_what_comes_next_is_a_sibling_and_both_stay_reachable() -> None:
    log = room()
    first, second = append(log, [HumanSpoke(text="one"), HumanSpoke(text="two")])
    append(log, [HeadMoved(to=first.seq)])
    assert log.head == first.seq
    other = append(log, [HumanSpoke(text="three")])[0]
    assert log.children(first.seq) == [second, other]
    assert [e.text for e in log.transcript.entries if isinstance(e, HumanSpoke)] == ["one", "three"]
    assert [e.text for e in log.path(second.seq) if isinstance(e, HumanSpoke)] == ["one", "two"]


def test_the_move_of_the_head_is_part_of_no_path() -> None:
    log = room()
    said = append(log, [HumanSpoke(text="one")])[0]
    append(log, [HeadMoved(to=said.seq), HumanSpoke(text="two")])
    assert not [event for event in log.path() if isinstance(event, HeadMoved)]


def test_undo_refunds_nothing() -> None:
    log = room()
    start = append(log, [TurnStarted(speaker="ada")])[0]
    said = TurnEnded(turn=start.seq, speaker="ada", outcome="said", model="m", tokens_in=10, tokens_out=5, cost=0.5)
    append(log, [said])
    append(log, [HeadMoved(to=1)])
    assert (log.transcript.spent.tokens_in, log.transcript.spent.cost) == (10, 0.5)
    assert Log(log.events).transcript.spent == log.transcript.spent


def test_a_copied_turn_costs_nothing_again() -> None:
    log = room()
    start = append(log, [TurnStarted(speaker="ada")])[0]
    copy = TurnEnded(turn=start.seq, speaker="ada", outcome="said", text="x", model="m", tokens_in=9, copied_from=4)
    append(log, [copy])
    assert log.transcript.spent.tokens_in == 0


def test_two_alternatives_of_one_turn_fold_to_two_different_transcripts() -> None:
    log = play(room())
    turn = next(entry for entry in log.transcript.entries if isinstance(entry, Turn))
    append(log, [HeadMoved(to=turn.start.parent or 1)])
    play(log, lambda start: TurnEnded(turn=start.turn, speaker=start.speaker, outcome="said", text="otherwise"))
    assert gist(fold(log.path(turn.end.seq if turn.end else 0))) != gist(log.transcript)
