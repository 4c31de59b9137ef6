# ruff: noqa: ASYNC240
"""What personas held, beside the sessions it comes from: it grows and goes with them; what is erased stays so."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentchat.events import Event, HumanSpoke, SessionOpened, encode, stamp
from agentchat.memory import Fact
from agentchat.store import Behind, Store, StoreFault
from agentchat.store.repair import repair

if TYPE_CHECKING:
    from store.conftest import Sitting

NOW = datetime(2026, 11, 2, tzinfo=UTC)
ONE = Fact("1", "ada", "said", 2, NOW, "Which xylophone?", "voted for Bassoons: they are loud")
TWO = replace(ONE, id="2", who="ben", text="voted for Oboes")


async def held(store: Store, *people: str) -> dict[str, list[str]]:
    return {who: [one.fact.id for one in kept] for who, kept in (await store.memories.of(people)).items()}


async def behind(store: Store) -> list[Behind]:
    return await store.memories.behind()


async def test_what_is_kept_comes_back_whole_each_persona_s_own_with_the_stems_of_its_words(
    store: Store, sitting: Sitting
) -> None:
    await sitting.open()
    await store.memories.keep(Behind("s1", 1), (ONE, TWO))
    assert await held(store) == {"ada": ["1"], "ben": ["2"]}
    (kept,) = (await store.memories.of(["ada"]))["ada"]
    assert (kept.session, kept.fact) == ("s1", ONE)
    assert sorted(kept.asked | kept.words) == ["bassoon", "loud", "vot", "xylophon"]


async def test_a_session_is_behind_until_it_was_gathered_and_again_when_it_grew(store: Store, sitting: Sitting) -> None:
    await sitting.open()
    (first,) = await behind(store)
    assert first == Behind("s1", 1)
    await store.memories.keep(first, (ONE,))
    assert await behind(store) == []
    await sitting.say("More.")
    (again,) = await behind(store)
    await store.memories.keep(again, (TWO,))
    assert await held(store) == {"ben": ["2"]}


async def test_what_is_erased_is_in_no_file_any_more_and_no_gathering_brings_it_back(
    path: Path, store: Store, sitting: Sitting
) -> None:
    await sitting.open()
    await store.memories.keep(Behind("s1", 1), (ONE, TWO))
    await store.memories.erase([("s1", "1"), ("s2", "9")])
    assert await held(store) == {"ben": ["2"]}
    assert all(b"Bassoons" not in file.read_bytes() for file in path.parent.iterdir())
    await store.memories.keep(Behind("s1", 1), (ONE, TWO))
    assert await held(store) == {"ben": ["2"]}


async def test_a_session_in_the_bin_does_not_count_and_one_that_is_deleted_takes_all_along(
    store: Store, sit: type[Sitting]
) -> None:
    for session in ("s1", "s2"):
        await sit(store, session).open()
        await store.memories.keep(Behind(session, 1), (ONE,))
    await store.throw_away("s1", NOW)
    assert [one.session for one in (await store.memories.of())["ada"]] == ["s2"]
    await store.throw_away("s1", None)
    assert len((await held(store))["ada"]) == 2
    await store.delete("s1")
    await store.memories.keep(Behind("s1", 1), (ONE,))
    assert [one.session for one in (await store.memories.of())["ada"]] == ["s2"]


async def test_where_a_session_from_elsewhere_ends_and_one_s_own_begins_is_known(
    store: Store, sit: type[Sitting]
) -> None:
    (first,) = await sit(store, "s1").open()
    assert isinstance(first, SessionOpened)
    await store.take_in("s2", line(first.model_copy(update={"session": "s2"})))
    assert {one.session: one.arrived for one in await behind(store)} == {"s1": 0, "s2": 1}
    for session in ("s1", "s2"):
        await store.take_in(session, line(stamp(HumanSpoke(text="More."), 2, 1, NOW)))
    assert {one.session: one.arrived for one in await behind(store)} == {"s1": 0, "s2": 2}


def line(event: Event) -> list[tuple[Event, bytes]]:
    return [(event, encode(event))]


async def test_an_older_database_that_can_only_be_read_remembers_nothing(tmp_path: Path) -> None:
    path = tmp_path / "agentchat.db"
    path.write_bytes(gzip.decompress((Path(__file__).parent / "version-1.gz").read_bytes()))
    async with await Store.open(path, read_only=True) as older:
        assert (await held(older), await behind(older)) == ({}, [])
        with pytest.raises(StoreFault, match="opened for reading"):
            await older.memories.erase([("s1", "1")])
    async with await Store.open(path) as store:
        (one,) = await behind(store)
        assert one.arrived == one.events  # nobody ever drove it here


async def test_a_repair_keeps_what_was_erased_and_where_sessions_came_from(path: Path, sit: type[Sitting]) -> None:
    async with await Store.open(path) as store:
        for session in ("s1", "s2"):
            sitting = sit(store, session)
            await sitting.open()
            await sitting.say("x" * 900)
        await store.memories.keep(Behind("s1", 2), (ONE, TWO))
        await store.memories.erase([("s1", "1")])
    content = path.read_bytes()
    path.write_bytes(content.replace(b"x" * 900, b"x" * 899 + b"y"))
    assert repair(path).aside
    async with await Store.open(path) as store:
        assert {one.session for one in await behind(store)} == {"s1", "s2"}
        await store.memories.keep(Behind("s1", 2), (ONE, TWO))
        assert await held(store) == {"ben": ["2"]}
