from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from agentchat.errors import UsageError
from agentchat.events import ModeEntered, ModeLeft, Recorded, TurnEnded, TurnStarted
from agentchat.store import Store

if TYPE_CHECKING:
    from store.conftest import Sitting


async def found(store: Store, words: str) -> list[int]:
    return [hit.seq for hit in await store.search(words)]


async def test_what_people_and_personas_said_is_found_the_newest_first(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.say("What about the trams?")
    turn = await sitting.turn("Trams are loved, and dear.")
    newest, oldest = await store.search("trams")
    assert (newest.session, newest.seq, newest.speaker) == ("s1", turn + 1, "ada")
    assert (oldest.seq, oldest.speaker, oldest.snippet) == (2, "you", "What about the trams?")


async def test_all_the_words_must_be_there_and_the_last_may_be_a_beginning(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.say("A café by the river, for families.")
    assert await found(store, "CAFE fam") == [2]
    assert await found(store, "caf families") == []
    assert await found(store, "café river trams") == []


async def test_a_long_text_is_shown_around_the_words(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.say("before " * 200 + "the needle itself " + "after " * 200)
    (hit,) = await store.search("needle")
    assert "needle" in hit.snippet
    assert hit.snippet.startswith("…")
    assert len(hit.snippet) < 300


@pytest.mark.parametrize(
    "typed",
    ['"', "AND", "a OR", "NEAR(", "text:", "*", "-", "^", "(", "'; DROP TABLE events", "\0", "\ud800", "", " "],
)
async def test_what_is_typed_is_never_a_query(sitting: Sitting, store: Store, typed: str) -> None:
    await sitting.open()
    await sitting.say("A plain sentence.")
    assert await found(store, typed) == []
    await store.sessions(typed)


async def test_quotes_and_brackets_around_words_are_no_matter(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.say('She called it "cheap" (sic).')
    assert await found(store, '"cheap"') == await found(store, "(sic") == await found(store, "cheap* it") == [2]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_can_be_looked_for(tmp_path: Path, typed: str) -> None:
    import asyncio

    async def look() -> None:
        async with await Store.open(tmp_path / "any.db") as store:
            with suppress(UsageError):
                await store.search(typed)
            await store.sessions(typed)
            with pytest.raises(UsageError):
                await store.find(typed)

    asyncio.run(look())


async def test_what_is_sealed_is_found_only_once_it_is_revealed(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    first = await sitting.turn("My secret: trams.", sealed=True)
    second = await sitting.turn("My secret: buses.", sealed=True)
    assert await found(store, "secret") == []
    assert await store.sessions("secret") == []
    await sitting.add(Recorded(kind="thoughts_opened", reveals=(first,)))
    assert await found(store, "secret") == [first + 1]
    await sitting.add(Recorded(kind="thoughts_opened", reveals=(first, second)))
    assert await found(store, "secret") == [second + 1, first + 1]


async def test_leaving_a_frame_reveals_what_was_sealed_in_it_and_nothing_else(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    outer = await sitting.turn("Outer secret.", sealed=True)
    (entered,) = await sitting.add(ModeEntered(mode="poll"))
    inner = await sitting.turn("Inner secret.", sealed=True, frame=entered.seq)
    await sitting.add(ModeLeft(outcome="done", frame=entered.seq))
    assert await found(store, "secret") == [inner + 1]
    await sitting.add(Recorded(kind="opened", reveals=(outer,)))
    assert await found(store, "secret") == [inner + 1, outer + 1]


async def test_a_turn_revealed_before_its_end_is_found_when_it_ends(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    (start,) = await sitting.add(TurnStarted(speaker="ada", sealed=True))
    await sitting.add(Recorded(kind="opened", reveals=(start.seq,)))
    await sitting.add(TurnEnded(turn=start.seq, speaker="ada", outcome="said", text="Open now."))
    assert await found(store, "open") == [4]


async def test_an_index_made_anew_holds_no_more_than_before(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.turn("A sealed secret.", sealed=True)
    await sitting.turn("An open word.")
    (start,) = await sitting.add(TurnStarted(speaker="ada"))
    await sitting.add(
        TurnEnded(turn=start.seq, speaker="ada", outcome="interrupted", by="crash", text="A word cut off.")
    )
    before = await found(store, "a*")
    with closing(sqlite3.connect(path)) as aside, aside:
        aside.execute("INSERT INTO words (words) VALUES ('rebuild')")
    assert await found(store, "a*") == before
    assert await found(store, "secret") == await found(store, "cut") == []
    assert await found(store, "word") == [5]


async def test_a_listing_is_filtered_by_topic_by_name_and_by_what_was_said(store: Store, sit: type[Sitting]) -> None:
    for session, topic in (("s1", "ÜBER die Straßenbahn"), ("s2", "100% of buses"), ("s3", "Nothing much")):
        sitting = sit(store, session)
        await sitting.open(topic)
        await sitting.say(f"Said in {session}: ferry_{session}.")

    async def ids(like: str) -> list[str]:
        return sorted(row.id for row in await store.sessions(like))

    assert await ids("über") == await ids("strassenbahn") == ["s1"]
    assert await ids("100%") == await ids("OF 100") == ["s2"]
    assert await ids("ada") == ["s1", "s2", "s3"]
    assert await ids("ferry_s3") == ["s3"]
    assert await ids("%") == ["s2"]
    assert await ids("ferries") == []


async def test_an_id_is_found_by_any_beginning_that_only_it_has(store: Store, sit: type[Sitting]) -> None:
    for session in ("abc1", "abd2", "xyz3", "xyz34"):
        await sit(store, session).open(f"Topic of {session}")
    assert await store.find("abc") == "abc1"
    assert await store.find("xyz3") == "xyz3"
    with pytest.raises(UsageError, match="More than one session begins with 'ab'") as more:
        await store.find("ab")
    assert "abc1" in more.value.hint
    assert "abd2" in more.value.hint
    with pytest.raises(UsageError, match="No session begins with 'abx2'") as none:
        await store.find("abx2")
    assert "abd2" in none.value.hint
    with pytest.raises(UsageError, match="No session begins with '%'"):
        await store.find("%")
    with pytest.raises(UsageError, match="Which session"):
        await store.find("")
