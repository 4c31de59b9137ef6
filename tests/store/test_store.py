from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentchat.events import HumanSpoke, TurnEnded, TurnStarted
from agentchat.store import Store, StoreFault

if TYPE_CHECKING:
    from pathlib import Path

    from store.conftest import Sitting


async def test_what_was_appended_is_there_in_the_next_process(path: Path, sitting: Sitting, store: Store) -> None:
    events = [*await sitting.open(), *await sitting.say("What about schools?")]
    await store.aclose()
    async with await Store.open(path) as again:
        assert await again.load("s1") == events
        assert await again.count("s1") == 2
        assert await again.tail("s1", 1) == events[1:]


async def test_the_first_end_of_a_turn_wins_and_a_second_is_left_out(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    turn = await sitting.turn("First.")
    late = TurnEnded(turn=turn, speaker="ada", outcome="said", text="Second.")
    assert await sitting.add(late) == []
    assert [event.text for event in await store.load("s1") if isinstance(event, TurnEnded)] == ["First."]


async def test_an_event_appended_twice_is_there_once(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    event = sitting.next(HumanSpoke(text="Once."))
    for _ in range(2):
        assert await store.append("s1", [event], lease=None) == [event]
    assert await store.count("s1") == len(await store.load("s1")) == 2


async def test_the_place_of_an_event_is_never_given_away(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.say("Mine.")
    sitting.seq = 1
    with pytest.raises(StoreFault, match="on record with other words"):
        await sitting.say("Theirs.")


async def test_a_list_of_events_is_there_whole_or_not_at_all(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    orphan = sitting.next(HumanSpoke(text="b"), parent=77)
    with pytest.raises(StoreFault, match="follows 77"):
        await store.append("s1", [sitting.next(HumanSpoke(text="a"), parent=1), orphan], lease=None)
    assert len(await store.load("s1")) == 1


async def test_the_end_of_a_turn_removes_its_partial_and_a_late_one_is_not_kept(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    (start,) = await sitting.add(TurnStarted(speaker="ada"))
    await store.checkpoint("s1", start.seq, "So f")
    await store.checkpoint("s1", start.seq, "So far")
    assert await store.partials("s1") == {start.seq: "So far"}
    await sitting.add(TurnEnded(turn=start.seq, speaker="ada", outcome="said", text="So far so good."))
    await store.checkpoint("s1", start.seq, "So far so")
    assert await store.partials("s1") == {}
