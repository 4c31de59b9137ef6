# ruff: noqa: ASYNC240
from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentchat.events import HumanSpoke
from agentchat.store import Store, StoreFault
from agentchat.store.backup import back_up

if TYPE_CHECKING:
    from store.conftest import Sitting


async def test_a_copy_made_while_a_room_writes_is_of_one_moment(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.add(*(HumanSpoke(text="Some words. " * 40) for _ in range(100)))

    async def write(done: asyncio.Event) -> None:
        while not done.is_set():
            await sitting.say("Meanwhile. " * 40)

    done = asyncio.Event()
    writing = asyncio.create_task(write(done))
    before = os.umask(0)
    try:
        made = await asyncio.to_thread(back_up, path, path.with_name("copy.db"))
    finally:
        os.umask(before)
        done.set()
    await writing
    assert (made.sessions, made.flaws) == (1, ())
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert made.size == made.path.stat().st_size
    whole = await store.load("s1")
    async with await Store.open(made.path) as copy:
        kept = await copy.load("s1")
        assert len(kept) >= 101
        assert kept == whole[: len(kept)]
        assert await copy.count("s1") == len(kept)
        assert len(await copy.search("some words", 999)) == 100
    assert sorted(file.name for file in path.parent.iterdir() if "copy" in file.name) == ["copy.db"]


async def test_a_file_that_is_there_is_not_written_over_unless_told_so(
    path: Path, sitting: Sitting, store: Store
) -> None:
    await sitting.open()
    to = path.with_name("copy.db")
    to.write_text("Mine.")
    with pytest.raises(StoreFault, match="left as it is") as refused:
        back_up(path, to)
    assert "--force" in refused.value.hint
    assert to.read_text() == "Mine."
    assert back_up(path, to, over=True).sessions == 1
    with pytest.raises(StoreFault, match="no copy of itself"):
        back_up(path, path, over=True)


async def test_what_rotted_is_copied_and_said(path: Path, sitting: Sitting, store: Store) -> None:
    await sitting.open()
    await sitting.say("Lost.")
    await store.aclose()
    path.write_bytes(path.read_bytes().replace(b"Lost.", b"Last."))
    made = back_up(path, path.with_name("copy.db"))
    assert made.flaws == ("session s1, event 2: its checksum does not fit",)


async def test_a_copy_that_has_no_room_leaves_nothing_behind(tmp_path: Path, path: Path, store: Store) -> None:
    with pytest.raises(StoreFault, match="could not be used"):
        back_up(path, tmp_path / "nowhere" / "copy.db")
    assert not (tmp_path / "nowhere").exists()
