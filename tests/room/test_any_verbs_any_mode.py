"""The same verbs, in any order at any moment, in every mode there is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from room.test_any_verbs import FAULTS, NAMES, Chance, finish, live
from support.rooms import PATIENCE, improvised, new_room, opened_store, same_room

from agentchat.errors import ModelError
from agentchat.models.base import Request
from agentchat.modes import names
from agentchat.room import driving
from agentchat.testing import sample

NEW = ("perspectives", "pipeline", "hierarchy", "hub", "open-floor", "reactive", "staged")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driving, "TYPING", 0.01)


class Filling(Chance):
    """Models that now and then fill in what is to be filled in, and now and then do not."""

    async def speech(self, request: Request, n: int) -> AsyncGenerator[str]:
        if request.schema is not None and self.dice.random() < 0.7:
            if self.dice.random() < 0.1:
                raise ModelError(self.dice.choice(FAULTS), "as chance has it")
            yield json.dumps(sample(request.schema))
            return
        async for word in super().speech(request, n):
            yield word


async def able(request: Request, n: int) -> AsyncGenerator[str]:
    yield (
        json.dumps(sample(request.schema)) if request.schema is not None else f"I think, {n}, of the schools near here."
    )


async def run(seed: int, mode: str, folder: Path) -> None:
    chance = Filling(seed)
    async with opened_store(folder) as store:
        room = await new_room(store, "m", {}, " ".join(NAMES), mode=mode, models=chance.models())
        await live(room, store, chance)
        await live(await same_room(store, models=chance.models()), store, chance)
        async with asyncio.timeout(PATIENCE):
            await finish(await same_room(store, models=improvised(able)))


@pytest.mark.parametrize("mode", NEW)
async def test_verbs_in_any_order_in_any_mode_leave_a_session_that_ends(mode: str, tmp_path: Path) -> None:
    await run(1, mode, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 120))
@pytest.mark.parametrize("mode", names())
async def test_verbs_in_any_order_twenty_times_more(mode: str, seed: int, tmp_path: Path) -> None:
    await run(seed, mode, tmp_path)
