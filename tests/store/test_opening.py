# ruff: noqa: ASYNC221, ASYNC240
from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import stat
import subprocess
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.disks import mounted

from agentchat.events import HumanSpoke
from agentchat.store import Store, StoreFault
from agentchat.store.opening import writer
from agentchat.store.schema import MIGRATIONS, version

if TYPE_CHECKING:
    from store.conftest import Sitting


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_files_and_folders_are_the_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "home" / "sessions" / "agentchat.db"
    before = os.umask(0)
    try:
        async with await Store.open(path) as store:
            await store.take_lease("s1")
            files = {file.name: mode(file) for file in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert files == {"agentchat.db": 0o600, "agentchat.db-wal": 0o600, "agentchat.db-shm": 0o600}
    assert (mode(path.parent), mode(path.parent.parent)) == (0o700, 0o700)


async def test_a_database_others_could_read_is_made_private(path: Path, store: Store) -> None:
    await store.aclose()
    path.chmod(0o644)
    await (await Store.open(path)).aclose()
    assert mode(path) == 0o600


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "foreign"),
        (b"Dear diary, " * 50, "foreign"),
        (b"SQLite format 3\0", "foreign"),
        (os.urandom(8192), "foreign"),
    ],
)
async def test_what_is_no_database_of_ours_is_refused_and_left_as_it_is(path: Path, content: bytes, kind: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    for read_only in (False, True):
        with pytest.raises(StoreFault, match="left as it is") as refused:
            await Store.open(path, read_only=read_only)
        assert refused.value.kind == kind
        assert refused.value.hint
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_another_programs_database_is_refused_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE sessions (mine TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreFault, match="not an agentchat database"):
        await Store.open(path)
    assert path.read_bytes() == before


async def test_a_folder_or_a_pipe_of_that_name_is_refused(tmp_path: Path) -> None:
    folder, pipe = tmp_path / "folder", tmp_path / "pipe"
    folder.mkdir()
    os.mkfifo(pipe)
    for path in (folder, pipe):
        with pytest.raises(StoreFault, match="not an agentchat database"):
            await Store.open(path)


async def test_half_a_database_is_refused_in_words_and_left_as_it_is(
    path: Path, sitting: Sitting, store: Store
) -> None:
    await sitting.open()
    await sitting.add(*(HumanSpoke(text="Some words. " * 40) for _ in range(200)))
    await store.aclose()
    whole = path.read_bytes()
    for size in (4096, len(whole) // 2 + 100):
        path.write_bytes(whole[:size])
        with pytest.raises(StoreFault, match="is damaged") as refused:
            await read_all(path)
        assert refused.value.kind == "damaged"
        assert path.read_bytes() == whole[:size]


async def read_all(path: Path) -> None:
    async with await Store.open(path) as store:
        await store.sessions()
        await store.load("s1")
        await store.search("words")


async def test_a_newer_database_is_read_and_not_written(path: Path, sitting: Sitting, store: Store) -> None:
    events = await sitting.open()
    await store.aclose()
    with closing(sqlite3.connect(path)) as aside:
        aside.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    async with await Store.open(path) as newer:
        assert newer.read_only
        assert "newer agentchat" in newer.why_read_only
        assert await newer.load("s1") == events
        with pytest.raises(StoreFault, match="newer agentchat") as refused:
            await newer.take_lease("s1")
        assert (refused.value.kind, refused.value.hint[:16]) == ("read_only", "Update agentchat")
    assert path.read_bytes() == before


async def test_opened_for_reading_it_writes_nothing_and_creates_nothing(path: Path) -> None:
    with pytest.raises(StoreFault, match="no database"):
        await Store.open(path, read_only=True)
    assert not path.parent.exists()


async def test_one_store_reads_while_another_writes(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open()
    async with await Store.open(path, read_only=True) as beside:
        assert await beside.count("s1") == 1
        await sitting.say("Later.")
        assert await beside.count("s1") == 2


@pytest.mark.skipif(os.name == "nt", reason="mounts")
@pytest.mark.parametrize("closed", [True, False])
async def test_on_a_read_only_disk_it_reads_and_says_why_it_does_not_write(tmp_path: Path, closed: bool) -> None:
    with mounted(tmp_path / "disk", "size=4m") as disk:
        path = disk / "sessions" / "agentchat.db"
        store = await Store.open(path)
        await store.take_lease("s1")
        if closed:
            await store.aclose()
        else:
            saved = {file.name: file.read_bytes() for file in path.parent.iterdir()}
            await store.aclose()
            for name, content in saved.items():
                (path.parent / name).write_bytes(content)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        async with await Store.open(path) as again:
            assert again.read_only
            assert "may not be written" in again.why_read_only
            assert await again.sessions() == []
            with pytest.raises(StoreFault, match=r"^Nothing can be kept: [^:]+ may not be written\.$"):
                await again.checkpoint("s1", 1, "text")
        with pytest.raises(StoreFault, match="may not be written"):
            await Store.open(disk / "elsewhere" / "agentchat.db")


async def test_a_full_disk_is_said_and_what_was_kept_stays(tmp_path: Path, sit: type[Sitting]) -> None:
    with mounted(tmp_path / "disk", "size=1m") as disk:
        path = disk / "sessions" / "agentchat.db"
        await fill(path, sit)
        with suppress(OSError), (disk / "junk").open("wb", buffering=0) as junk:
            while True:
                junk.write(bytes(4096))
        async with await Store.open(path) as again:
            kept = await again.load("s1")
            sitting = sit(again)
            sitting.seq = len(kept)
            with pytest.raises(StoreFault, match="The disk is full"):
                await say_without_end(sitting)
            assert (await again.load("s1"))[: len(kept)] == kept
        with pytest.raises(StoreFault, match="The disk is full"):
            await Store.open(disk / "other.db")


async def test_a_database_that_may_not_grow_is_full(path: Path, sit: type[Sitting]) -> None:
    await fill(path, sit, pages=60)


async def say_without_end(sitting: Sitting) -> None:
    while True:
        await sitting.say(os.urandom(2000).hex())


async def fill(path: Path, sit: type[Sitting], pages: int = 0) -> None:
    async with await Store.open(path) as store:
        sitting = sit(store)
        await sitting.open()
        if pages:
            assert store._writing
            await store._writing.run(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").close())
        with pytest.raises(StoreFault, match="The disk is full") as full:
            await say_without_end(sitting)
        assert full.value.kind == "full"
        kept = await store.load("s1")
        assert len(kept) == sitting.seq - 1 == await store.count("s1")
        with pytest.raises(StoreFault, match="The disk is full"):
            await store.append("s1", [sitting.next(HumanSpoke(text="x" * 9000), len(kept))], lease=None)
    async with await Store.open(path) as again:
        assert await again.load("s1") == kept


async def test_a_file_deleted_while_open_is_noticed_and_not_replaced(
    path: Path, sitting: Sitting, store: Store
) -> None:
    await sitting.open()
    path.unlink()
    with pytest.raises(StoreFault, match="deleted or replaced") as gone:
        await sitting.say("Into nothing.")
    assert gone.value.kind == "gone"
    with pytest.raises(StoreFault, match="still holds words of it"):
        await Store.open(path)
    assert not path.exists()


async def test_a_file_replaced_while_open_is_noticed(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open()
    other = path.with_name("other.db")
    await (await Store.open(other)).aclose()
    other.replace(path)
    before = path.read_bytes()
    with pytest.raises(StoreFault, match="deleted or replaced"):
        await sitting.say("Into nothing.")
    assert path.read_bytes() == before


def test_twenty_processes_that_start_at_once_all_open(path: Path, program: tuple[str, str]) -> None:
    run = subprocess.run([*program, "open", str(path), "20"], capture_output=True, text=True)
    assert (run.stderr, run.stdout.split()) == ("", ["0"] * 20)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def second(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE sessions ADD COLUMN later TEXT")


def failing(connection: sqlite3.Connection) -> None:
    second(connection)
    raise sqlite3.IntegrityError("this step does not work out")


async def test_an_older_database_is_brought_up_to_date_and_a_copy_of_it_kept(
    path: Path, sitting: Sitting, store: Store
) -> None:
    events = await sitting.open()
    await store.aclose()
    with closing(writer(path, (*MIGRATIONS, second))) as upgraded:
        assert version(upgraded) == len(MIGRATIONS) + 1
        assert upgraded.execute("SELECT later FROM sessions").fetchall() == [(None,)]
    copy = path.with_name(f"{path.name}.v{len(MIGRATIONS)}.bak")
    assert mode(copy) == 0o600
    async with await Store.open(copy) as older:
        assert await older.load("s1") == events


async def test_a_copy_kept_by_an_earlier_start_stays(path: Path, sitting: Sitting, store: Store) -> None:
    events = await sitting.open()
    await store.aclose()
    earlier = path.with_name(f"{path.name}.v{len(MIGRATIONS)}.bak")
    earlier.write_text("Kept before.")
    writer(path, (*MIGRATIONS, second)).close()
    assert earlier.read_text() == "Kept before."
    another = path.with_name(f"{path.name}.v{len(MIGRATIONS)}.2.bak")
    async with await Store.open(another) as older:
        assert await older.load("s1") == events
    assert sorted(file.name for file in path.parent.iterdir()) == sorted([path.name, earlier.name, another.name])


async def test_only_the_newest_copies_of_older_versions_are_kept_and_a_persons_own_are_theirs(
    path: Path, store: Store
) -> None:
    await store.aclose()
    own = [path.with_name(name) for name in ("agentchat.db.bak", "before-v1.bak", "agentchat.db.v1.bak.mine")]
    kept = [path.with_name(f"agentchat.db.v{name}.bak") for name in ("1", "1.2", "2", "3")]
    for age, each in enumerate([*own, *kept]):
        each.write_text("Kept before.")
        os.utime(each, (age, age))
    writer(path, (*MIGRATIONS, second)).close()
    new = path.with_name(f"agentchat.db.v{len(MIGRATIONS)}.bak")
    assert set(path.parent.iterdir()) == {path, *own, *kept[-2:], new}


@pytest.mark.skipif(os.name == "nt", reason="mounts")
async def test_where_no_copy_can_be_kept_the_older_database_is_left_as_it_is(
    tmp_path: Path, sit: type[Sitting]
) -> None:
    with mounted(tmp_path / "disk", "size=8m") as disk:
        path = disk / "sessions" / "agentchat.db"
        async with await Store.open(path) as store:
            sitting = sit(store)
            await sitting.open()
            for _ in range(40):
                await sitting.say(os.urandom(4000).hex())
        with (disk / "junk").open("wb", buffering=0) as junk:
            with suppress(OSError):
                while True:
                    junk.write(bytes(4096))
            junk.truncate(junk.tell() - 300_000)
        before = hashlib.sha256(path.read_bytes()).digest()
        with pytest.raises(StoreFault, match=r"left so: no copy .* The disk is full") as refused:
            writer(path, (*MIGRATIONS, second))
        assert (refused.value.kind, refused.value.hint) == ("full", "Free some space, then go on.")
        assert hashlib.sha256(path.read_bytes()).digest() == before
        assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_a_migration_that_fails_changes_nothing(path: Path, store: Store) -> None:
    await store.aclose()
    before = hashlib.sha256(path.read_bytes()).digest()
    with pytest.raises(sqlite3.IntegrityError):
        writer(path, (*MIGRATIONS, failing))
    assert hashlib.sha256(path.read_bytes()).digest() == before
    async with await Store.open(path) as again:
        assert not again.read_only


def test_many_upgrades_at_once_happen_once(path: Path) -> None:
    writer(path).close()

    async def upgrade() -> None:
        def opened() -> None:
            with closing(writer(path, (*MIGRATIONS, second))) as connection:
                assert version(connection) == len(MIGRATIONS) + 1

        await asyncio.gather(*(asyncio.to_thread(opened) for _ in range(8)))

    asyncio.run(upgrade())
