# ruff: noqa: ASYNC240
"""A damaged database made anew: all that was not damaged comes back, and the damaged file is still there."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentchat.events import Event, HeadMoved, TurnEnded
from agentchat.log import Log
from agentchat.store import DAMAGED, Change, Store, StoreFault
from agentchat.store.repair import Repaired, repair

if TYPE_CHECKING:
    from store.conftest import Sitting

WORDS = ("trams", "buses", "schools", "homes")
LENGTHS = (3, 40, 60, 700, 2_500)
"""Words of an event: some fill a page, and some many."""


async def filled(store: Store, sit: type[Sitting]) -> dict[str, list[Event]]:
    """With two sessions, one of them labelled."""
    chance = random.Random(3)
    for session in ("s1", "s2"):
        sitting = sit(store, session)
        await sitting.open(f"Trams in {session}?")
        await sitting.turns(*(" ".join(chance.choices(WORDS, k=chance.choice(LENGTHS))) for _ in range(150)))
    await store.label("s2", Change(name="A name", tags=("work",), starred=True))
    return {session: await store.load(session) for session in ("s1", "s2")}


async def closed(path: Path, sit: type[Sitting]) -> dict[str, list[Event]]:
    """The same in one file."""
    async with await Store.open(path) as store:
        return await filled(store, sit)


def is_damaged(event: Event) -> bool:
    return event.type == DAMAGED or (isinstance(event, TurnEnded) and event.error_kind == DAMAGED)


async def read(path: Path) -> dict[str, list[Event]]:
    """All that is in a database, which must be sound."""
    async with await Store.open(path) as store:
        rows = await store.sessions()
        found = {row.id: await store.load(row.id) for row in rows}
        assert all([await store.damage(row.id) == [] for row in rows])
    for events in found.values():
        Log(events)
    return found


def same(events: list[Event], before: list[Event]) -> int:
    """How many events are as they were; none may be there that was not."""
    known = {event.seq: event for event in before}
    for event in events:
        assert is_damaged(event) or event.type == "session_opened" or event == known[event.seq]
    return sum(event == known.get(event.seq) for event in events)


def told(repaired: Repaired) -> dict[str, tuple[str, ...]]:
    return {one.session: one.lost for one in repaired.sessions}


async def flips(path: Path, sit: type[Sitting], times: int, chance: random.Random) -> None:
    before = await closed(path, sit)
    content = path.read_bytes()
    for _ in range(times):
        spoiled = bytearray(content)
        for _ in range(8):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        path.write_bytes(spoiled)
        repaired = repair(path)
        if repaired.aside:
            assert repaired.aside.read_bytes() == spoiled
            assert path.stat().st_mode & 0o777 == 0o600
            repaired.aside.unlink()
        found = await read(path)
        # Each byte costs one event at most.
        assert sum(same(found[session], before[session]) for session in before) >= sum(map(len, before.values())) - 8
        async with await Store.open(path) as store:
            assert await store.search("trams")
        path.unlink()


async def test_bytes_that_rotted_cost_only_the_events_they_are_in(path: Path, sit: type[Sitting]) -> None:
    await flips(path, sit, 10, random.Random(7))


@pytest.mark.soak
async def test_bytes_that_rotted_cost_only_the_events_they_are_in_a_hundred_times(
    path: Path, sit: type[Sitting]
) -> None:
    await flips(path, sit, 100, random.Random())


async def test_a_sound_database_is_left_as_it_is(path: Path, sit: type[Sitting]) -> None:
    await closed(path, sit)
    content = path.read_bytes()
    assert repair(path) == Repaired(None)
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.iterdir()] == [path.name]


async def test_what_only_the_write_ahead_log_has_comes_back(path: Path, sit: type[Sitting], tmp_path: Path) -> None:
    killed = tmp_path / "killed" / "agentchat.db"
    killed.parent.mkdir()
    log = killed.with_name("agentchat.db-wal")
    async with await Store.open(path) as store:
        before = await filled(store, sit)
        killed.write_bytes(path.read_bytes())
        spoiled = bytearray(path.with_name(log.name).read_bytes())
    spoiled[50_000] ^= 0xFF
    log.write_bytes(spoiled)
    repaired = repair(killed)
    assert repaired.aside
    assert repaired.aside.with_name(f"{repaired.aside.name}-wal").read_bytes() == spoiled
    assert not log.exists()
    found = await read(killed)
    assert sum(same(found[session], before[session]) for session in before) >= sum(map(len, before.values())) - 1


async def test_a_truncated_file_gives_what_is_left_of_it(path: Path, sit: type[Sitting]) -> None:
    before = await closed(path, sit)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3 + 77])
    repaired = repair(path)
    found = await read(path)
    assert same(found["s1"], before["s1"]) > 100
    assert repaired.aside
    assert any(told(repaired).values())


async def test_where_the_sessions_are_gone_their_events_are_not(path: Path, sit: type[Sitting]) -> None:
    before = await closed(path, sit)
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sessions'").fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = random.Random(1).randbytes(4096)
    path.write_bytes(content)
    repaired = repair(path)
    assert await read(path) == before
    assert told(repaired) == {"s1": (), "s2": ()}
    async with await Store.open(path) as store:
        row = await store.session("s2")
        assert (row.title, row.tags, row.starred) == ("A name", ("work",), True)


async def test_where_not_even_the_tables_have_names_all_comes_back(path: Path, sit: type[Sitting]) -> None:
    before = await closed(path, sit)
    content = bytearray(path.read_bytes())
    content[:4096] = random.Random(1).randbytes(4096)
    path.write_bytes(content)
    with pytest.raises(StoreFault):
        await Store.open(path)
    repair(path)
    assert await read(path) == before
    async with await Store.open(path) as store:
        assert (await store.session("s2")).name == "A name"


async def test_what_a_row_says_beside_its_line_may_rot_and_costs_nothing(path: Path, sit: type[Sitting]) -> None:
    before = await closed(path, sit)
    with closing(sqlite3.connect(path)) as aside, aside:
        aside.execute("UPDATE events SET seq = 9000 WHERE session = 's1' AND seq = 8")
        aside.execute("UPDATE events SET seq = 9001, session = 's3' WHERE session = 's1' AND seq = 1")
        aside.execute("UPDATE events SET type = 'turn_begun', parent = 4 WHERE session = 's2' AND seq = 8")
    assert told(repair(path)) == {"s1": (), "s2": ()}
    assert await read(path) == before


async def test_a_version_that_rotted_is_set_right(path: Path, sit: type[Sitting]) -> None:
    before = await closed(path, sit)
    content = bytearray(path.read_bytes())
    for version in (b"\0\0\0\x01", b"\0\0\0\x80"):
        content[60:64] = version
        path.write_bytes(content)
        assert repair(path).aside
        assert await read(path) == before


async def test_a_link_to_a_database_stays_one(path: Path, sit: type[Sitting], tmp_path: Path) -> None:
    before = await closed(path, sit)
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * 8 + content[108:])
    link = tmp_path / "link.db"
    link.symlink_to(path)
    repaired = repair(link)
    assert repaired.aside
    assert repaired.aside.parent == path.parent
    assert link.is_symlink()
    assert await read(link) == before


async def test_where_what_was_saved_cannot_be_written_all_stays_as_it_was(
    path: Path, sit: type[Sitting], monkeypatch: pytest.MonkeyPatch
) -> None:
    await closed(path, sit)
    spoiled = path.read_bytes()[:100] + b"\xff" * 8 + path.read_bytes()[108:]
    path.write_bytes(spoiled)
    monkeypatch.setattr("agentchat.store.opening.WRITER", "PRAGMA max_page_count = 40")
    with pytest.raises(StoreFault) as refused:
        repair(path)
    assert refused.value.kind == "full"
    assert path.read_bytes() == spoiled
    assert list(path.parent.iterdir()) == [path]


async def test_what_was_deleted_stays_so(path: Path, sit: type[Sitting]) -> None:
    before = await closed(path, sit)
    async with await Store.open(path) as store:
        await store.delete("s1")
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * 8 + content[108:])
    assert told(repair(path)) == {"s2": ()}
    assert await read(path) == {"s2": before["s2"]}


async def test_an_event_that_is_lost_has_another_in_its_place_and_is_told(path: Path, sit: type[Sitting]) -> None:
    async with await Store.open(path) as store:
        sitting = sit(store)
        await sitting.open()
        turn = await sitting.turn("LOST WORDS")
        await sitting.say("ALSO LOST")
        await sitting.turn("And on.")
        await sitting.add(HeadMoved(to=turn + 1))
    content = path.read_bytes().replace(b"LOST WORDS", b"L\x01ST WORDS").replace(b"ALSO LOST", b"ALSO L\x01ST")
    path.write_bytes(content)
    assert told(repair(path)) == {"s1": ("event 3, what was said in a turn", "event 4, your words")}
    events = (await read(path))["s1"]
    end = events[2]
    assert isinstance(end, TurnEnded)
    assert (end.turn, end.outcome, end.error_kind) == (turn, "failed", DAMAGED)
    assert events[3].type == DAMAGED
    assert Log(events).transcript.open == ()


async def test_how_a_session_began_is_kept_with_a_wrong_character_or_made_of_what_is_known(
    path: Path, sit: type[Sitting]
) -> None:
    async with await Store.open(path) as store:
        for session in ("s1", "s2"):
            sitting = sit(store, session)
            await sitting.open("Trams?")
            await sitting.turn(f"Yes, {session}.")
    content = path.read_bytes()
    for which, right, wrong in ((b"s1", b"You are Ada", b"You are Aba"), (b"s2", b'"personas"', b'"person\x01s"')):
        at = content.index(right, content.index(b'"session":"' + which))
        content = content[:at] + wrong + content[at + len(right) :]
    path.write_bytes(content)
    lost = told(repair(path))
    found = await read(path)
    assert "a wrong character" in lost["s1"][0]
    assert "how it began" in lost["s2"][0]
    for session in ("s1", "s2"):
        transcript = Log(found[session]).transcript
        assert (transcript.opened.topic, transcript.name("ada")) == ("Trams?", "Ada")


async def test_it_is_refused_while_somebody_has_the_database_open(path: Path, sit: type[Sitting]) -> None:
    await closed(path, sit)
    hold = f"import sqlite3; c = sqlite3.connect({str(path)!r}); c.execute('SELECT * FROM sessions'); print(); input()"
    content = path.read_bytes()
    process = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(StoreFault, match="open in another process"):
            repair(path)
        process.communicate(b"\n")
    assert path.read_bytes() == content


async def test_it_is_refused_while_somebody_drives_a_session(path: Path, sit: type[Sitting]) -> None:
    async with await Store.open(path) as store:
        await sit(store).open()
        await store.take_lease("s1")
        copy = path.with_name("copy.db")
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    with pytest.raises(StoreFault, match="another window"):
        repair(copy)


@pytest.mark.parametrize("content", [b"", b"somebody else's words" * 999, b"SQLite format 3\0" + bytes(9000)])
def test_a_foreign_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "agentchat.db"
    path.write_bytes(content)
    with pytest.raises(StoreFault) as refused:
        repair(path)
    assert refused.value.kind == "foreign"
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "agentchat.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, body BLOB)")
    content = path.read_bytes()
    with pytest.raises(StoreFault, match="not an agentchat database"):
        repair(path)
    assert path.read_bytes() == content
