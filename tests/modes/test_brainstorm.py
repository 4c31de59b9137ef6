from __future__ import annotations

import pytest

from agentchat.events import SessionReopened, TurnStarted
from agentchat.testing import append, begin, conformance, opened, people, play


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
