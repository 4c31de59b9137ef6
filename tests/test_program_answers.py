"""What a program answers for its person: too late, or with what is no answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import JsonValue
from support.rooms import PATIENCE, script

import agentchat
from agentchat.errors import UsageError
from agentchat.events import EscalationAnswered

VOTES = """
[ada]
pick = ['{"why": "the smell", "vote": "wood"}']
["*"]
"*" = ["Gas is cheap."]
pick = ['{"why": "cheap", "vote": "gas"}']
"""
TIED: dict[str, JsonValue] = {
    "options": ["gas", "wood"], "rule": "plurality", "you": "tie-break", "quorum": "1/2",
}  # fmt: skip


async def test_an_answer_that_comes_after_its_time_is_too_late_and_no_error(tmp_path: Path) -> None:
    file, asked = tmp_path / "oven.toml", asyncio.Event()
    file.write_text('[escalation]\npolicy = "default"\ntimeout = 0.05\n')

    async def answer(one: agentchat.Asked) -> str:
        async with asyncio.timeout(PATIENCE), room.room.watch() as news:
            while not any(isinstance(event, EscalationAnswered) for event in room.room.log.events):
                await anext(news)
        asked.set()
        return "wood"

    async with agentchat.open_room(
        "Which oven?", personas=["ada", "ben"], mode="committee", model=script(tmp_path, VOTES), settings=TIED,
        room=file, answer=answer,
    ) as room:  # fmt: skip
        assert (await room.run(timeout=PATIENCE)).outcome == "decided"
    assert asked.is_set()


async def test_what_is_no_answer_and_no_policy_is_said(tmp_path: Path) -> None:
    async with agentchat.open_room(
        "Which oven?", personas=["ada", "ben"], mode="committee", model=script(tmp_path, VOTES), settings=TIED,
        answer=lambda _: 5,  # type: ignore[arg-type, return-value]  # that is what is tried
    ) as room:  # fmt: skip
        with pytest.raises(UsageError, match="gave int"):
            await room.run(timeout=PATIENCE)
    with pytest.raises(UsageError, match="on_escalation='maybe'"):
        async with agentchat.open_room("Hm?", on_escalation="maybe"):  # type: ignore[arg-type]  # that is what is tried
            pass
