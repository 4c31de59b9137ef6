"""A long session, read leaf by leaf: the same as read whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.long import LIVELY, kept, lively, talk

from agentchat.events import Event, HeadMoved, HumanSpoke, Recorded, TurnEnded, TurnStarted
from agentchat.home import Home, reader as reader_module
from agentchat.home.reader import CONTEXT, LEAF, LONG, PAUSED, Leaf, Reader
from agentchat.log import Log
from agentchat.store import Store
from agentchat.testing import append
from agentchat.views.fold import Fold
from agentchat.views.room import Entry

MOST_HEARD = 30


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "sessions" / "agentchat.db") as opened:
        yield opened


async def backwards(reader: Reader) -> list[Entry]:
    leaf = reader.end()
    found = list(leaf.entries)
    while not leaf.begins:
        leaf = await reader.before(leaf)
        found[:0] = leaf.entries
    return found


async def forwards(reader: Reader) -> list[Entry]:
    leaf = await reader.beginning()
    found = list(leaf.entries)
    while not leaf.ends:
        leaf = await reader.after(leaf)
        found += leaf.entries
    return found


def whole(log: Log) -> list[Entry]:
    return list(Fold().view(log.transcript, PAUSED, {}, {}).entries)


@pytest.mark.parametrize("mode", LIVELY)
async def test_leaf_by_leaf_either_way_it_is_the_page_of_the_whole(store: Store, mode: str) -> None:
    log = lively(mode, 5 * LEAF)
    reader = await Reader.open(store, await kept(store, log))
    await reader.fill()
    assert await forwards(reader) == whole(log)
    assert await backwards(reader) == whole(log)


async def test_only_the_path_is_read_where_the_head_has_moved(store: Store) -> None:
    log = talk(400)
    append(log, [HeadMoved(to=log.path()[300].seq), HumanSpoke(text="another way")])
    append(log, [HeadMoved(to=log.path()[100].seq), HumanSpoke(text="and another")])
    for _ in range(200):
        append(log, [HumanSpoke(text="on it goes")])
    reader = await Reader.open(store, await kept(store, log))
    assert await backwards(reader) == await forwards(reader) == whole(log)


async def test_it_lands_where_something_was_said_also_by_the_end_of_a_turn(store: Store) -> None:
    log = talk(1000)
    reader = await Reader.open(store, await kept(store, log))
    ended = next(event for event in log.path()[1000:] if isinstance(event, TurnEnded))
    leaf, key = await reader.around(ended.seq)
    assert key == ended.turn
    assert key in [entry.key for entry in leaf.entries]
    assert not leaf.begins
    assert not leaf.ends


async def test_what_another_process_writes_comes_in_at_the_end(store: Store) -> None:
    log = talk(300)
    session = await kept(store, log)
    reader = await Reader.open(store, session)
    told = asyncio.Event()
    following = asyncio.create_task(reader.follow(told.set))
    for length in range(MOST_HEARD):
        events = append(log, [HumanSpoke(text=f"word {length}")])
        await store.append(session, events, lease=None)
    await seen(reader, told, f"word {MOST_HEARD - 1}")
    append(log, [HeadMoved(to=log.path()[200].seq), HumanSpoke(text="back there")])
    await store.append(session, log.events[-2:], lease=None)
    await seen(reader, told, "back there")
    assert await backwards(reader) == whole(log)
    following.cancel()


async def seen(reader: Reader, told: asyncio.Event, words: str) -> Leaf:
    async with asyncio.timeout(10):
        while getattr(reader.end().entries[-1], "text", "") != words:
            told.clear()
            await told.wait()
    return reader.end()


async def test_a_turn_of_another_process_shows_once_it_has_ended(store: Store) -> None:
    log = talk(200)
    session = await kept(store, log)
    reader = await Reader.open(store, session)
    told = asyncio.Event()
    following = asyncio.create_task(reader.follow(told.set))
    (start,) = append(log, [TurnStarted(speaker="ada")])
    await store.append(session, [start], lease=None)
    (end,) = append(log, [TurnEnded(turn=start.seq, speaker="ada", outcome="said", text="at last")])
    await store.append(session, [end], lease=None)
    assert (await seen(reader, told, "at last")).entries[-1].key == start.seq
    following.cancel()


async def test_only_long_sessions_are_read_so(tmp_path: Path) -> None:
    async with Home(tmp_path, {}) as home:
        store = await home.store()
        short = await kept(store, talk(20))
        long = await kept(store, talk(LONG // 2 + 1), "long")
        assert await home.archive.reader(short) is None
        reader = await home.archive.reader(long)
        assert reader is not None
        assert (reader.session, reader.turns) == (long, LONG // 2 + 1)


async def test_the_timeline_has_the_speakers_all_along(store: Store) -> None:
    log = talk(1000)
    reader = await Reader.open(store, await kept(store, log))
    await reader.fill()
    marks = await reader.marks()
    assert len(marks) == 240
    assert {mark.kind for mark in marks} == {"turn"}


async def test_a_sealed_turn_of_another_process_is_on_no_leaf_before_its_reveal(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "MOST", LEAF + CONTEXT + 10)
    log = talk(400)
    session = await kept(store, log)
    reader = await Reader.open(store, session)
    await reader.fill()
    told = asyncio.Event()
    following = asyncio.create_task(reader.follow(told.set))

    async def more(*events: Event) -> None:
        added = append(log, events)
        await store.append(session, added, lease=None)

    await more(TurnStarted(speaker="ada", kind="thought", sealed=True))
    turn = log.head
    await more(TurnEnded(turn=turn, speaker="ada", kind="thought", outcome="said", text="A secret thought."))
    for number in range(12):  # until its end is read anew
        await more(HumanSpoke(text=f"word {number}"))
    await seen(reader, told, "word 11")
    leaf, _ = await reader.around(turn)
    for shown in (leaf, reader.end(), *[await reader.before(reader.end())]):
        assert "A secret thought." not in repr(shown.entries)
    assert leaf.entries[-1:] == tuple(whole(log))[-1:]
    await more(Recorded(kind="thoughts_revealed", reveals=(turn,)), HumanSpoke(text="open"))
    await seen(reader, told, "open")
    assert "A secret thought." in repr((await reader.around(turn))[0].entries)
    assert await backwards(reader) == whole(log)
    following.cancel()


async def test_what_another_process_spends_is_not_forgotten_once_its_end_is_read_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "MOST", LEAF + CONTEXT + 4)
    log = talk(400)
    session = await kept(store, log)
    reader = await Reader.open(store, session)
    told = asyncio.Event()
    following = asyncio.create_task(reader.follow(told.set))
    for number in range(6):
        (start,) = append(log, [TurnStarted(speaker="ada")])
        end = TurnEnded(
            turn=start.seq, speaker="ada", outcome="said", text=f"so {number}", model="m", tokens_out=100, cost=0.5
        )
        await store.append(session, [start, *append(log, [end])], lease=None)
    await seen(reader, told, "so 5")
    assert reader.transcript.spent.tokens_out == log.transcript.spent.tokens_out == 600
    assert reader.transcript.spent.cost == 3.0
    assert reader.turns == 406
    following.cancel()
