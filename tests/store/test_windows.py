"""A session read a window at a time, also where it is damaged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentchat.events import HumanSpoke, Recorded, TurnEnded
from agentchat.store import DAMAGED, Store, StoreFault

if TYPE_CHECKING:
    from store.conftest import Sitting


def spoil(path: Path, where: str) -> None:
    with closing(sqlite3.connect(path)) as aside, aside:
        aside.execute(f"UPDATE events SET body = x'ff00ff' WHERE {where}")


async def test_a_turn_that_ends_beyond_the_window_comes_with_its_end(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    turn = await sitting.turn("Trams.")
    windows = store.windows("s1")
    spans = (await windows.spine()).spans
    window = await windows.after(spans, 1, 1)
    assert [event.seq for event in window.events] == [turn]
    assert [end.seq for end in window.ends] == [turn + 1]
    assert await windows.place(turn + 1) == await windows.place(turn) == turn


async def test_a_damaged_end_beyond_the_window_is_a_turn_that_failed(
    path: Path, sitting: Sitting, store: Store
) -> None:
    await sitting.open()
    turn = await sitting.turn("Lost.")
    spoil(path, f"seq = {turn + 1}")
    windows = store.windows("s1")
    (end,) = (await windows.after((await windows.spine()).spans, 1, 1)).ends
    assert isinstance(end, TurnEnded)
    assert (end.speaker, end.outcome, end.error_kind) == ("ada", "failed", DAMAGED)


async def test_a_session_without_its_beginning_is_not_read_so(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open()
    spoil(path, "seq = 1")
    with pytest.raises(StoreFault, match="only be read whole"):
        await store.windows("s1").spine()


async def test_a_session_that_is_not_there_is_missing(store: Store) -> None:
    with pytest.raises(StoreFault, match="s1"):
        await store.windows("s1").spine()


async def test_what_holds_a_session_together_is_read_without_its_turns(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.turn("Trams.")
    await sitting.add(HumanSpoke(text="Yes."), Recorded(kind="options_set", data={}))
    assert [event.type for event in await store.windows("s1").bones(0, 10)] == ["session_opened", "recorded"]


async def test_who_spoke_is_known_of_any_place(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    turn = await sitting.turn("Trams.")
    (said,) = await sitting.say("Yes.")
    assert await store.windows("s1").speakers([1, turn, said.seq]) == ["", "ada", "you"]
