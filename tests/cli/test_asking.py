"""How long a run waits for its person."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.rooms import fluent, improvised, new_room, opened_store

from agentchat.cli.asking import patience, policy
from agentchat.errors import UsageError
from agentchat.events import EscalationRaised, TurnStarted

QUESTION = EscalationRaised(by="room", question="Which?")


async def test_a_run_waits_as_its_policy_says_and_only_for_what_can_come(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", models=improvised(fluent))

        def waits() -> list[float | None]:
            found = []
            for one in (policy("wait", None), policy("wait", 9), policy("default", None), policy("fail", None)):
                room.policy = one
                found.append(patience(room))
            return found

        assert waits() == [0, 0, 0, 0], "nobody is asked anything"
        await room.writer.commit([TurnStarted(speaker="you", kind="pick", choices=("a", "b"))])
        assert waits() == [None, None, None, 0], "the clock passes it"
        await room.writer.commit([QUESTION.model_copy(update={"default": "This one"})])
        assert waits() == [None, None, None, 0], "the clock takes the default"
        await room.writer.commit([QUESTION])
        assert waits() == [None, 9, 0, 0], "there is no default to take"
        await room.aclose()


def test_where_no_terminal_shows_that_it_asks_it_waits_for_nobody_unless_told() -> None:
    assert (policy(None, None).on, policy(None, 5).on, policy("wait", None).on) == ("fail", "wait", "wait")
    with pytest.raises(UsageError, match="waits for nobody"):
        policy("fail", 5)
