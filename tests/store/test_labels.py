from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from agentchat.events import Directed
from agentchat.store import SORTS, Change, LeaseHeld, Listing, Place, Store, StoreFault
from agentchat.store.labels import tagged

if TYPE_CHECKING:
    from pathlib import Path

    from store.conftest import Sitting


async def listed(store: Store, wanted: Listing) -> list[str]:
    return [row.id for row in await store.listing(wanted)]


async def test_a_name_stands_where_the_title_did_and_goes_again(sitting: Sitting, store: Store) -> None:
    await sitting.open("A long topic")
    await store.label("s1", Change(name="  Short\n one "))
    row = await store.session("s1")
    assert (row.title, row.name, row.topic) == ("Short one", "Short one", "A long topic")
    assert [row.title for row in await store.sessions("short")] == ["Short one"]
    await store.label("s1", Change(name=""))
    assert (await store.session("s1")).title == "A long topic"


async def test_a_session_in_the_bin_comes_out_of_it_once_somebody_speaks_in_it(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await store.throw_away("s1", datetime.now(UTC))
    await sitting.add(Directed(verb="pause"))
    assert await listed(store, Listing(place="bin")) == ["s1"]
    await sitting.say("On.")
    assert await listed(store, Listing()) == ["s1"]
    assert await store.stale(datetime.now(UTC)) == []
    await store.throw_away("s1", datetime.now(UTC))
    await sitting.turn("Yes.")
    assert await listed(store, Listing()) == ["s1"]


async def test_labels_stay_as_the_session_goes_on(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await store.label("s1", Change(name="Mine", tags=("work",), starred=True))
    await sitting.say("More.")
    await store.label("s1", Change(untagged=("nothing",), tags=("Work", "town")))
    row = await store.session("s1")
    assert (row.name, row.tags, row.starred, row.archived, row.events) == ("Mine", ("work", "town"), True, False, 2)


@given(tags=st.lists(st.text(max_size=3)), on=st.lists(st.text(max_size=3)), off=st.lists(st.text(max_size=3)))
def test_a_tag_is_there_once_and_one_taken_off_is_gone(tags: list[str], on: list[str], off: list[str]) -> None:
    kept = [tag.casefold() for tag in tagged(tags, on, off)]
    assert len(set(kept)) == len(kept)
    assert set(kept) == {tag.casefold() for tag in (*tags, *on)} - {tag.casefold() for tag in off}


async def test_a_listing_is_of_one_place_and_filtered_and_sorted(store: Store, sit: type[Sitting]) -> None:
    for number, session in enumerate(("s1", "s2", "s3", "s4"), 1):
        sitting = sit(store, session)
        await sitting.open(f"Topic {'dcba'[number - 1]}")
        for _ in range(number):
            await sitting.turn("word")
    await store.label("s2", Change(tags=("work",), starred=True))
    await store.label("s3", Change(archived=True, tags=("work",)))
    await store.throw_away("s4", datetime.now(UTC))
    places: tuple[Place, ...] = ("kept", "archived", "bin", "any")
    assert [sorted(await listed(store, Listing(place=place))) for place in places] == [
        ["s1", "s2"],
        ["s3"],
        ["s4"],
        ["s1", "s2", "s3", "s4"],
    ]
    assert await listed(store, Listing(tags=("WORK",))) == await listed(store, Listing(starred=True)) == ["s2"]
    assert await listed(store, Listing(mode="committee")) == []
    by = {sort: await listed(store, Listing(sort=sort, place="any")) for sort in SORTS}
    assert by["longest"] == by["turns"] == by["newest"] == ["s4", "s3", "s2", "s1"]
    assert by["oldest"] == ["s1", "s2", "s3", "s4"]
    assert by["name"] == ["s4", "s3", "s2", "s1"]


async def test_what_is_thrown_away_comes_back_as_it_was(sitting: Sitting, store: Store) -> None:
    events = await sitting.open()
    await store.label("s1", Change(starred=True))
    await store.throw_away("s1", datetime(2026, 11, 1, tzinfo=UTC))
    assert await store.sessions() == []
    assert (await store.session("s1")).deleted
    assert await store.stale(datetime(2026, 11, 1, tzinfo=UTC)) == []
    assert await store.stale(datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=1)) == ["s1"]
    await store.throw_away("s1", None)
    (row,) = await store.sessions()
    assert (row.starred, row.deleted) == (True, None)
    assert await store.load("s1") == events


async def test_what_is_open_elsewhere_is_not_thrown_away_and_what_is_not_there_has_no_labels(
    path: Path, sitting: Sitting, store: Store
) -> None:
    await sitting.open()
    async with await Store.open(path) as other:
        await other.take_lease("s1")
        with pytest.raises(LeaseHeld):
            await store.throw_away("s1", datetime.now(UTC))
    with pytest.raises(StoreFault, match="no session s9"):
        await store.label("s9", Change(starred=True))
