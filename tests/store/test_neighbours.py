"""Another process that only looks must leave the write-ahead log of an open store where it is."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from support.rooms import new_room, script

from agentchat.store import Store

LOOK = """
import asyncio, sys
from pathlib import Path
from agentchat.store import Store

async def look():
    async with await Store.open(Path(sys.argv[1])) as store:
        await store.sessions()

asyncio.run(look())
"""


async def test_a_listing_in_another_process_leaves_the_log_of_an_open_store_alone(tmp_path: Path) -> None:
    path = tmp_path / "sessions" / "agentchat.db"
    async with await Store.open(path) as store:
        room = await new_room(store, script(tmp_path))
        await room.speak("before")
        log = path.with_name(path.name + "-wal")
        inode = log.stat().st_ino
        for _ in range(2):
            subprocess.run([sys.executable, "-c", LOOK, str(path)], check=True)  # noqa: ASYNC221
            assert log.exists()
            assert log.stat().st_ino == inode
        await room.speak("after")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as other:
            said = other.execute("SELECT count(*) FROM events WHERE type = 'human_spoke'").fetchone()
        assert said == (2,)
        await room.aclose()
