from __future__ import annotations

from agentchat.events import TurnStarted
from agentchat.testing import begin, opened, people, play


def test_of_two_the_other_one_is_next_and_nobody_is_called_all_others() -> None:
    log = play(begin(opened("discussion", people("Ada", "Ben"), {"first_thoughts": False})))
    reasons = {event.reason for event in log.events if isinstance(event, TurnStarted) and event.stage == "talk"}
    assert "the other one has spoken" in reasons
    assert not any("all others" in reason for reason in reasons)
