from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.store import Store

if TYPE_CHECKING:
    from store.conftest import Sitting


async def test_a_follower_hears_what_was_and_what_comes(path: Path, sitting: Sitting, store: Store) -> None:
    first = await sitting.open()
    async with await Store.open(path, read_only=True) as beside:
        following = aiter(beside.follow("s1"))
        assert await anext(following) == first[0]
        waiting = asyncio.ensure_future(anext(following))
        (said,) = await sitting.say("Now.")
        assert await waiting == said
        later = [*await sitting.say("And"), *await sitting.say("then.")]
        assert [await anext(following), await anext(following)] == later


async def test_a_follower_begins_after_what_it_knows_and_ends_with_the_session(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.say("Known.")
    (new,) = await sitting.say("New.")
    following = aiter(store.follow("s1", after=2))
    assert await anext(following) == new
    await store.delete("s1")
    assert await anext(following, None) is None
