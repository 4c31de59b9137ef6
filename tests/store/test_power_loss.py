"""A power cut leaves the database, and of the write-ahead log what had reached the disk: a beginning, or worse."""

# ruff: noqa: ASYNC240
from __future__ import annotations

import random
import re
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentchat.events import Event, HumanSpoke, TurnEnded, TurnStarted
from agentchat.store import Store

if TYPE_CHECKING:
    from store.conftest import Sitting

HEADER, FRAME = 32, 24 + 4096
"""Bytes of a write-ahead log: its head, and each page in it with what stands before it."""


@dataclass
class Written:
    """What a power cut may cut: the files, and how long the log was as each append was acknowledged."""

    database: bytes
    log: bytes
    events: list[Event]
    acknowledged: list[tuple[int, int]]
    """Bytes of the log, and events by then."""

    def kept(self, size: int) -> int:
        """How many events are safe where the log is whole up to there."""
        return max((events for length, events in self.acknowledged if length <= size), default=0)

    def frames(self) -> int:
        return (len(self.log) - HEADER) // FRAME


@pytest.fixture
async def written(path: Path, store: Store, sitting: Sitting) -> Written:
    """Turns, each of three commits, the second of two events."""
    log = path.with_name(path.name + "-wal")
    before = path.read_bytes()
    events = await sitting.open()
    acknowledged = [(log.stat().st_size, len(events))]
    for turn in range(12):
        events += await sitting.add(TurnStarted(speaker="ada"))
        acknowledged.append((log.stat().st_size, len(events)))
        await store.checkpoint("s1", sitting.seq, "So far")
        end = TurnEnded(turn=sitting.seq, speaker="ada", outcome="said", text=f"word{turn} " * 700)
        events += await sitting.add(end, HumanSpoke(text="Go on."))
        acknowledged.append((log.stat().st_size, len(events)))
    assert path.read_bytes() == before, "the log was folded in meanwhile: there is nothing to cut"
    return Written(before, log.read_bytes(), events, acknowledged)


@pytest.fixture
def cut(written: Written, tmp_path: Path) -> Cut:
    return Cut(written, tmp_path)


class Cut:
    """Comes back after power cuts, each in a folder of its own."""

    def __init__(self, written: Written, folder: Path) -> None:
        self.written, self._folder, self._numbers = written, folder, count()

    async def leaves(self, log: bytes, whole: int) -> int:
        """How many events are there, once it is sure that they are a beginning of what was acknowledged."""
        path = self._folder / f"cut{next(self._numbers)}" / "agentchat.db"
        path.parent.mkdir()
        path.write_bytes(self.written.database)
        path.with_name(path.name + "-wal").write_bytes(log)
        async with await Store.open(path) as store:
            events = await store.load("s1") if await store.sessions() else []
            assert events == self.written.events[: len(events)]
            assert len(events) in {0, *(each for _, each in self.written.acknowledged)}, "half a commit"
            assert len(events) >= self.written.kept(whole)
            if events:
                assert await store.damage("s1") == []
                assert await store.count("s1") == len(events)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        shutil.rmtree(path.parent)
        return len(events)


async def test_a_log_cut_off_at_any_page_holds_every_commit_before_it_and_no_half_one(cut: Cut) -> None:
    ends = [HEADER + FRAME * n for n in range(cut.written.frames() + 1)]
    left = [await cut.leaves(cut.written.log[:end], end) for end in [0, *ends[:20], *ends[-30:]]]
    assert left == sorted(left)
    assert left[-1] == len(cut.written.events)


async def test_a_log_cut_off_at_any_byte_holds_every_commit_before_it(cut: Cut) -> None:
    chance = random.Random(4)
    for _ in range(40):
        end = chance.randrange(len(cut.written.log))
        await cut.leaves(cut.written.log[:end], end)


async def test_a_tail_that_is_zeros_or_noise_counts_for_nothing(cut: Cut) -> None:
    chance = random.Random(5)
    log = cut.written.log
    for _ in range(15):
        end = chance.randrange(HEADER, len(log))
        await cut.leaves(log[:end] + bytes(len(log) - end), end)
        await cut.leaves(log[:end] + chance.randbytes(len(log) - end), end)


async def test_a_page_that_never_reached_the_disk_takes_all_after_it_along_and_nothing_before(cut: Cut) -> None:
    chance = random.Random(6)
    log = cut.written.log
    for _ in range(15):
        at = HEADER + FRAME * chance.randrange(cut.written.frames())
        await cut.leaves(log[:at] + bytes(FRAME) + log[at + FRAME :], at)
        flipped = bytearray(log)
        flipped[at + chance.randrange(FRAME)] ^= 1 << chance.randrange(8)
        await cut.leaves(bytes(flipped), at)


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_the_end_of_a_turn_is_synced_before_it_is_acknowledged(
    path: Path, program: tuple[str, str], tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    calls = "trace=pwrite64,write,fdatasync,fsync"
    command = ["strace", "-f", "-qq", "-y", "-s", "16", "-e", calls, "-e", "signal=none", "-o", str(trace), *program]
    pipe = subprocess.PIPE
    with subprocess.Popen([*command, "append", str(path)], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("s1\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            pytest.skip("strace may not look here")
        said = [process.stdout.readline() for _ in range(20)]
        subprocess.run(["kill", "-KILL", line.strip()], check=True)
        process.send_signal(signal.SIGTERM)
    starts = set(range(2, 1000, 3))
    unsynced, checked = False, 0
    for call in trace.read_text().splitlines():
        if "agentchat.db-wal" in call:
            unsynced = "sync(" not in call
        elif (told := re.search(r'write\(1<.*"(\d{1,3})\\n"', call)) and int(told[1]) not in starts:
            assert not unsynced, f"event {told[1]} was acknowledged while it could still be lost"
            checked += 1
    assert checked >= len(said) // 2
