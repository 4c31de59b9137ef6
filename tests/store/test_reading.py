# ruff: noqa: ASYNC240
from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentchat.errors import StoreError
from agentchat.events import (
    Event,
    HeadMoved,
    HumanSpoke,
    SessionClosed,
    SessionReopened,
    TurnEnded,
    Unknown,
)
from agentchat.log import Log
from agentchat.store import DAMAGED, Store

if TYPE_CHECKING:
    from store.conftest import Sitting


WORDS = ("trams", "buses", "schools", "homes")


def spoil(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as aside, aside:
        aside.execute(statement, values)


def is_damaged(event: Event) -> bool:
    return event.type == DAMAGED or (isinstance(event, TurnEnded) and event.error_kind == DAMAGED)


async def test_a_damaged_event_has_another_in_its_place_and_hides_no_other(
    path: Path, sitting: Sitting, store: Store
) -> None:
    await sitting.open()
    await sitting.say("Before.")
    (lost,) = await sitting.say("Lost.")
    await sitting.say("After.")
    spoil(path, "UPDATE events SET body = x'ff00ff' WHERE seq = ?", lost.seq)
    events = await store.load("s1")
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert isinstance(events[2], Unknown)
    assert events[2].model_extra == {"was": "human_spoke", "why": "its checksum does not fit"}
    assert [event.text for event in Log(events).path() if isinstance(event, HumanSpoke)] == ["Before.", "After."]
    (damage,) = await store.damage("s1")
    assert (damage.seq, damage.type) == (3, "human_spoke")
    await sitting.say("And on it goes.")


async def test_a_turn_whose_end_is_damaged_has_failed_and_is_not_under_way(
    path: Path, sitting: Sitting, store: Store
) -> None:
    await sitting.open()
    turn = await sitting.turn("Lost.")
    spoil(path, "UPDATE events SET body = replace(body, 'Lost', 'Last') WHERE type = 'turn_ended'")
    end = (await store.load("s1"))[-1]
    assert isinstance(end, TurnEnded)
    assert (end.turn, end.speaker, end.outcome, end.error_kind) == (turn, "ada", "failed", DAMAGED)
    assert Log(await store.load("s1")).transcript.open == ()


async def test_a_word_changed_by_someone_else_is_noticed(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.say("I vote against it.")
    spoil(path, "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'against', 'in favour of') AS BLOB)")
    assert [damage.seq for damage in await store.damage("s1")] == [2]


async def test_an_event_put_into_another_session_is_noticed(
    path: Path, sitting: Sitting, store: Store, sit: type[Sitting]
) -> None:
    await sitting.open()
    await sitting.say("Here.")
    await sit(store, "s2").open()
    spoil(path, "UPDATE events SET session = 's2' WHERE session = 's1' AND seq = 2")
    assert [damage.seq for damage in await store.damage("s2")] == [2]


async def test_an_unknown_event_comes_back_as_it_was(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    strange = sitting.next(Unknown.model_validate({"type": "telepathy_felt", "by": "ada", "strength": 0.3}))
    assert await store.append("s1", [strange], lease=None) == [strange]
    assert (await store.load("s1"))[-1] == strange


@pytest.mark.parametrize(
    ("received", "kept"),
    [("a\ud83d", "a�"), ("\ud83d\ude00", "😀"), ("\ude00b", "�b"), ("nul \0 inside", "nul \0 inside")],
)
async def test_text_no_file_can_hold_loses_no_event(sitting: Sitting, store: Store, received: str, kept: str) -> None:
    await sitting.open()
    (event,) = await sitting.add(
        TurnEnded(turn=1, speaker="ada", outcome="said", text=received, data={received: [received]})
    )
    assert isinstance(event, TurnEnded)
    assert (event.text, event.data) == (kept, {kept: [kept]})
    assert (await store.load("s1"))[-1] == event
    assert await store.search(received) is not None
    assert await store.sessions(received) is not None


async def test_a_listing_that_rotted_is_made_anew_from_the_events(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open("Trams or buses?")
    await sitting.turn("Trams, of course.")
    before = await store.sessions()
    spoil(path, "UPDATE sessions SET personas = '{', created = 'yesterday'")
    assert await store.sessions() == before == await store.sessions("trams")
    assert await store.sessions("ferries") == []
    await sitting.say("Go on.")
    assert (await store.session("s1")).events == 4


async def test_an_index_of_words_that_rotted_is_made_anew(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open()
    for n in range(29):
        await sitting.say(f"Sentence {n} about trams.")
    spoil(path, "UPDATE words_data SET block = zeroblob(length(block))")
    await sitting.say("One more about trams.")
    assert len(await store.search("trams", 99)) == 30


async def whole(path: Path, sit: type[Sitting]) -> tuple[bytes, list[Event]]:
    """A database of some pages, and the events in it."""
    async with await Store.open(path) as store:
        sitting = sit(store)
        await sitting.open()
        chance = random.Random(3)
        texts = [" ".join(chance.choice(WORDS) for _ in range(60)) for _ in range(1500)]
        await sitting.add(*(HumanSpoke(text=text) for text in texts))
        events = await store.load("s1")
    return path.read_bytes(), events


async def flips(path: Path, sit: type[Sitting], times: int, chance: random.Random) -> None:
    content, events = await whole(path, sit)
    opened, undamaged = 0, 0
    for _ in range(times):
        spoiled = bytearray(content)
        for _ in range(8):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        path.write_bytes(spoiled)
        try:
            async with await Store.open(path, read_only=True) as store:
                read = await store.load("s1")
                await store.sessions()
        except StoreError:
            continue
        finally:
            assert path.read_bytes() == spoiled
        opened += 1
        known = {event.seq: event for event in events}
        for event in read:
            assert is_damaged(event) or event == known[event.seq]
        undamaged += sum(not is_damaged(event) for event in read)
    assert opened >= times * 0.8
    assert undamaged >= opened * len(events) * 0.99


async def test_bytes_that_rotted_cost_only_the_events_they_are_in(path: Path, sit: type[Sitting]) -> None:
    await flips(path, sit, 12, random.Random(5))


@pytest.mark.soak
async def test_bytes_that_rotted_cost_only_the_events_they_are_in_a_hundred_times(
    path: Path, sit: type[Sitting]
) -> None:
    await flips(path, sit, 100, random.Random())


async def test_a_number_that_rotted_into_text_costs_only_its_event(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open()
    for n in range(4):
        await sitting.say(f"Sentence {n}.")
    spoil(path, "UPDATE events SET seq = 'x' WHERE seq = 3")
    spoil(path, "UPDATE sessions SET events = events + 1")
    assert [event.seq for event in await store.load("s1")] == [1, 2, 4, 5]


async def test_a_broken_page_costs_only_the_events_in_it(path: Path, sit: type[Sitting]) -> None:
    content, events = await whole(path, sit)
    with closing(sqlite3.connect(path)) as aside:
        (page,) = aside.execute(
            "SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf' LIMIT 1 OFFSET 5"
        ).fetchone()
    path.write_bytes(content[: (page - 1) * 4096] + b"\xff" * 4096 + content[page * 4096 :])
    async with await Store.open(path) as store:
        read = await store.load("s1")
        assert [event.seq for event in read] == [event.seq for event in events]
        assert 0 < sum(map(is_damaged, read)) < 20
        assert [event for event in read if not is_damaged(event)] == [
            event for event, other in zip(events, read, strict=True) if not is_damaged(other)
        ]
        Log(read)


async def test_a_session_whose_end_was_undone_is_listed_as_open_and_as_closed_where_it_is_redone(
    sitting: Sitting, store: Store
) -> None:
    await sitting.open()
    await sitting.say("Trams?")
    await sitting.add(SessionClosed(outcome="discussed"))
    assert [(row.status, row.outcome) for row in await store.sessions()] == [("closed", "discussed")]
    await sitting.add(HeadMoved(to=2))
    assert [(row.status, row.outcome) for row in await store.sessions()] == [("open", "")]
    await store.append("s1", [sitting.next(HumanSpoke(text="Buses?"), 2)], lease=None)
    assert [(row.status, row.head) for row in await store.sessions()] == [("open", 5)]
    await sitting.add(HeadMoved(to=3))
    assert [(row.status, row.outcome, row.head) for row in await store.sessions()] == [("closed", "discussed", 3)]
    await store.append("s1", [sitting.next(SessionReopened(), 3)], lease=None)
    await sitting.add(HeadMoved(to=7))
    assert [(row.status, row.outcome) for row in await store.sessions()] == [("open", "")]
