# ruff: noqa: ASYNC240
from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue

from agentchat.errors import UsageError
from agentchat.events import (
    EscalationRaised,
    HumanSpoke,
    ModeEntered,
    Noted,
    Recorded,
    SessionClosed,
    SessionOpened,
    TurnEnded,
    TurnStarted,
)
from agentchat.persona import Persona
from agentchat.store import Change, Store

if TYPE_CHECKING:
    from store.conftest import Sitting


@pytest.fixture
async def town(store: Store, sit: type[Sitting]) -> Store:
    """Two sessions about trams."""
    one = sit(store, "s1")
    ada, ben = Persona(id="ada", name="Ada", prompt="x"), Persona(id="ben-2", name="Ben Lee", prompt="x")
    opened = SessionOpened(session="s1", topic="Win families", mode="discussion", personas=(ada, ben))
    await one.add(opened, HumanSpoke(text="What of trams?", intent="ask"))  # 2
    await one.turn("Trams are loved.")  # 4
    (start,) = await one.add(TurnStarted(speaker="ben-2", kind="draft"))
    await one.add(TurnEnded(turn=start.seq, speaker="ben-2", kind="draft", outcome="said", text="Trams, a draft."))  # 6
    await one.add(Recorded(kind="decision_reached", reason="3 of 4", data={"winner": "Trams", "points": 3}))  # 7
    two = sit(store, "s2")
    await two.add(SessionOpened(session="s2", topic="About trams", mode="committee", personas=(ada,)))  # 1
    await two.turn("No trams here.")  # 3
    return store


async def places(store: Store, typed: str, *, best: bool = False) -> list[tuple[str, int]]:
    return [(hit.session, hit.seq) for hit in await store.search(typed, best=best)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("trams", ["s2 3", "s2 1", "s1 7", "s1 6", "s1 4", "s1 2"]),
        ("trams persona:Ada", ["s2 3", "s1 4"]),
        ('trams persona:"ben lee"', ["s1 6"]),
        ("trams persona:ada persona:ben-2", ["s2 3", "s1 6", "s1 4"]),
        ("trams -persona:ada", ["s2 1", "s1 7", "s1 6", "s1 2"]),
        ("trams mode:committee", ["s2 3", "s2 1"]),
        ("trams -mode:committee kind:draft", ["s1 6"]),
        ("trams session:s1 -is:draft", ["s1 7", "s1 4", "s1 2"]),
        ("is:decision", ["s1 7"]),
        ("is:question", ["s1 2"]),
        ("is:mine", ["s2 1", "s1 2", "s1 1"]),
        ("trams -loved -draft -here", ["s2 1", "s1 7", "s1 2"]),
        ('"trams are"', ["s1 4"]),
        ('"are trams"', []),
        ("-trams", ["s1 1"]),
        ("trams before:2026-11-01", []),
        ("trams after:2026-11-02", []),
        ("trams after:2026-11 before:2026-12 kind:draft", ["s1 6"]),
    ],
)
async def test_filters_say_where_to_look(town: Store, typed: str, found: list[str]) -> None:
    expected = [(session, int(seq)) for session, seq in map(str.split, found)]
    assert await places(town, typed) == expected
    assert sorted(await places(town, typed, best=True)) == sorted(expected)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("persona:adda", "ada"),
        ("mode:comittee", "committee"),
        ("kind:drft", "draft"),
        ("tag:work", "none yet"),
        ("session:x9", "sessions list"),
    ],
)
async def test_a_name_that_nothing_has_is_said_with_the_nearest(town: Store, typed: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        await town.search(typed)
    assert hint in caught.value.hint


async def test_a_hit_says_where_who_when_and_what_with_the_words_marked(town: Store) -> None:
    (hit,) = await town.search("loved tra")
    assert (hit.title, hit.name, hit.kind, hit.at) == (
        "Win families",
        "Ada",
        "say",
        datetime(2026, 11, 1, 12, 0, 4, tzinfo=UTC),
    )
    assert [(piece.text, piece.hit) for piece in hit.pieces] == [
        ("Trams", True),
        (" are ", False),
        ("loved", True),
        (".", False),
    ]


async def test_what_stands_in_a_text_marks_nothing(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.say("A \x03 plain \x02 word \x02\x03.")
    (hit,) = await store.search("plain")
    assert hit.snippet.replace("\x02", "").replace("\x03", "").split() == ["A", "plain", "word", "."]


async def test_the_best_come_first_where_that_is_asked(sitting: Sitting, store: Store) -> None:
    await sitting.open("Anything")
    await sitting.say("trams trams trams")
    await sitting.say("a long sentence in which trams are only one of many things that could be said of a town")
    assert await places(store, "trams") == [("s1", 3), ("s1", 2)]
    assert await places(store, "trams", best=True) == [("s1", 2), ("s1", 3)]


async def test_the_best_of_a_word_that_is_everywhere_are_soon_found(sitting: Sitting, store: Store) -> None:
    await sitting.open("Anything")
    await sitting.add(*(HumanSpoke(text=f"of trams, the {number}th thing to be said") for number in range(3000)))
    await sitting.say("trams trams trams")
    begun = time.process_time()
    hits = await store.search("trams", best=True)
    # Asked anew for each of those that are ranked, the index took 500 ms.
    assert time.process_time() - begun < 0.3
    assert (len(hits), hits[0].snippet) == (50, "trams trams trams")


async def test_everything_readable_is_found_and_not_the_form_it_has(sitting: Sitting, store: Store) -> None:
    await sitting.open("A topic")
    (start,) = await sitting.add(TurnStarted(speaker="ada", kind="critique"))
    found: dict[str, JsonValue] = {
        "issues": [{"severity": "major", "problem": "The claim lacks a source"}],
        "scores": {"clear": 3},
    }
    raw = '{"issues": [{"severity": "major", "problem": "The claim lacks a source"}]}'
    end = TurnEnded(turn=start.seq, speaker="ada", kind="critique", outcome="structured", text=raw, data=found)
    await sitting.add(end)  # 3
    await sitting.add(EscalationRaised(by="ada", question="Which source do you trust?", options=("a", "b")))  # 4
    await sitting.add(ModeEntered(mode="poll", question="Is the source sound?"))  # 5
    await sitting.add(Noted(kind="decided", description="Trust the source", value="census"))  # 6
    await sitting.add(SessionClosed(outcome="no_decision", summary="No source was found."))  # 7
    assert [seq for _, seq in await places(store, "source")] == [7, 6, 5, 4, 3]
    assert await places(store, "problem") == []
    assert [seq for _, seq in await places(store, "census is:decision")] == [6]
    assert (await store.search("lacks"))[0].snippet == "major · The claim lacks a source"


async def test_a_sealed_ballot_is_found_once_it_is_revealed(sitting: Sitting, store: Store) -> None:
    await sitting.open("A topic")
    (start,) = await sitting.add(TurnStarted(speaker="ada", kind="ballot", sealed=True))
    end = TurnEnded(
        turn=start.seq, speaker="ada", kind="ballot", outcome="structured", text="{}", data={"why": "cheap"}
    )
    await sitting.add(end)
    for typed in ("cheap", "is:mine cheap", "persona:you", "is:decision", "-nothing"):
        assert ("s1", 3) not in await places(store, typed)
    await sitting.add(Recorded(kind="poll_revealed", reveals=(start.seq,), data={"first": {"ada": "cheap"}}))
    assert await places(store, "cheap") == await places(store, "kind:ballot") == [("s1", 3)]


async def test_what_is_archived_is_found_on_wish_and_counted_else(town: Store) -> None:
    await town.label("s2", Change(archived=True))
    assert {session for session, _ in await places(town, "trams")} == {"s1"}
    assert await town.left_out("trams") == 2
    assert await places(town, "trams is:archived") == [("s2", 3), ("s2", 1)]
    assert await town.left_out("trams is:archived") == 0


async def test_what_is_in_the_bin_is_not_found(town: Store) -> None:
    await town.throw_away("s2", datetime.now(UTC))
    assert {session for session, _ in await places(town, "trams")} == {"s1"}
    assert await places(town, "trams mode:committee") == []
    assert await town.left_out("trams") == 0
    await town.throw_away("s2", None)
    assert ("s2", 3) in await places(town, "trams")


async def test_a_session_is_found_by_its_name_and_its_tags(town: Store) -> None:
    await town.label("s2", Change(name="Second try", tags=("work", "Town"), starred=True))
    (hit,) = await town.search("second")
    assert (hit.session, hit.seq, hit.kind, hit.title) == ("s2", 1, "name", "Second try")
    assert await places(town, "trams tag:town") == await places(town, "trams is:starred") == [("s2", 3), ("s2", 1)]
    assert {session for session, _ in await places(town, "trams -tag:WORK")} == {"s1"}
    assert {hit.title for hit in await town.search("trams session:s2")} == {"Second try"}


async def test_what_an_older_database_holds_is_found_once_it_is_brought_up_to_date(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.decompress((Path(__file__).parent / "version-1.gz").read_bytes()))
    async with await Store.open(path) as store:
        (first, *_) = await store.sessions()
        assert (await store.search(first.topic.split()[0], 500))[-1].session
        assert await store.search("is:mine")
