# ruff: noqa: ASYNC240
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentchat.events import TurnStarted
from agentchat.store import Store, StoreFault

if TYPE_CHECKING:
    from store.conftest import Sitting


async def test_of_a_deleted_session_no_word_stays_in_any_file(path: Path, store: Store, sit: type[Sitting]) -> None:
    for session, word in (("s1", "Xylophone"), ("s2", "Bassoon")):
        sitting = sit(store, session)
        await sitting.open(f"About the {word}")
        await sitting.say(f"The {word} is my {word}.")
        await sitting.turn(f"A sealed {word}.", sealed=True)
        (start,) = await sitting.add(TurnStarted(speaker="ada"))
        await store.checkpoint(session, start.seq, f"A cut-off {word}")
    await store.delete("s1")
    assert [hit.session for hit in await store.search("is my")] == ["s2"]
    for file in path.parent.iterdir():
        content = file.read_bytes().lower()
        assert b"xylophone" not in content
    assert b"bassoon" in path.read_bytes().lower()
    with pytest.raises(StoreFault, match="no session s1"):
        await store.load("s1")
    assert await store.partials("s1") == {}


async def test_after_a_deletion_the_index_of_words_is_sound(path: Path, store: Store, sit: type[Sitting]) -> None:
    for session in ("s1", "s2"):
        sitting = sit(store, session)
        await sitting.open()
        await sitting.turn("A sealed secret.", sealed=True)
        await sitting.turn("A spoken word.")
    await store.delete("s1")
    again = sit(store, "s3")
    await again.open()
    await again.say("Another word.")
    assert [(hit.session, hit.seq) for hit in await store.search("word")] == [("s3", 2), ("s2", 5)]
    await store.aclose()
    with closing(sqlite3.connect(path)) as aside:
        aside.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        assert aside.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert aside.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_what_is_not_there_cannot_be_deleted(store: Store) -> None:
    with pytest.raises(StoreFault, match="no session s9") as missing:
        await store.delete("s9")
    assert missing.value.kind == "missing"
    assert missing.value.hint
