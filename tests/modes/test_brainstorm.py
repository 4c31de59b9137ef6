from __future__ import annotations

import pytest

from agentchat.conduct import conduct
from agentchat.events import Directed, SessionReopened, TurnStarted
from agentchat.modes import make
from agentchat.steps import Finish, Record
from agentchat.testing import agreeable, append, begin, conformance, opened, people, play
from agentchat.transcript import Turn


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("rounds", [1, 3])
def test_a_brainstorm_keeps_the_law_every_mode_keeps(size: int, rounds: int) -> None:
    conformance("brainstorm", {"rounds": rounds}, people("Ada", "Ben", "Cleo", "Dev")[:size])


def test_ideas_come_apart_before_they_come_together() -> None:
    log = play(begin(opened("brainstorm", people("Ada", "Ben"), {"rounds": 1})))
    stages = [event.stage for event in log.events if isinstance(event, TurnStarted)]
    assert stages == ["diverge", "diverge", "build on", "build on", "cluster", "converge", "converge", "closing 1"]


def test_it_goes_on_after_its_end_with_more_rounds_of_building_on() -> None:
    log = play(begin(opened("brainstorm", people("Ada", "Ben"), {"rounds": 1})))
    append(log, [SessionReopened(rounds=2)])
    play(log)
    rounds = [event.round for event in log.events if isinstance(event, TurnStarted) and event.stage == "build on"]
    assert rounds == [1, 1, 2, 2, 3, 3]
    assert log.transcript.closed


@pytest.mark.parametrize("stage", ["diverge", "converge"])
def test_what_was_thought_is_revealed_where_it_was_ended_in_the_middle_and_reopened(stage: str) -> None:
    log = begin(opened("brainstorm", people("Ada", "Ben"), {"rounds": 1}))
    while not (started := [event for event in log.events if isinstance(event, TurnStarted) and event.stage == stage]):
        step = make("brainstorm", log.transcript.frame.settings).next(log.transcript)
        begun = append(log, conduct(log.transcript, step))
        append(log, [agreeable(event) for event in begun if isinstance(event, TurnStarted)])
    append(log, [Directed(verb="end", reason="enough")])
    append(log, conduct(log.transcript, Finish("ended", reason="enough")))
    append(log, [SessionReopened(rounds=1)])
    step = make("brainstorm", log.transcript.frame.settings).next(log.transcript)
    assert isinstance(step, Record)
    assert step.reveals == tuple(start.turn for start in started)
    play(log)
    assert log.transcript.closed
    assert not [entry for entry in log.transcript.entries if isinstance(entry, Turn) and log.transcript.sealed(entry)]


@pytest.mark.parametrize("size", [1, 2, 3, 8, 24])
def test_its_bound_holds_however_many_there_are_and_however_often_it_is_reopened(size: int) -> None:
    log = play(begin(opened("brainstorm", people(*(f"P{n}" for n in range(size))), {"rounds": 6})))
    append(log, [SessionReopened(rounds=12)])
    assert play(log).transcript.closed
    assert max(event.round for event in log.events if isinstance(event, TurnStarted)) == 18
