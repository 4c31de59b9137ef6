from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentchat.store import LeaseHeld, Store, StoreFault

if TYPE_CHECKING:
    from store.conftest import Sitting


async def holder(program: tuple[str, str], path: Path) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        *program, "hold", str(path), "s1", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert (await process.stdout.readline()).startswith(b"epoch")
    return process


async def test_a_second_process_is_told_who_has_the_session(path: Path, store: Store, program: tuple[str, str]) -> None:
    process = await holder(program, path)
    with pytest.raises(LeaseHeld, match=f"process {process.pid} on {socket.gethostname()}"):
        await store.take_lease("s1")
    assert process.stdin
    process.stdin.close()
    await process.wait()
    assert (await store.take_lease("s1")).epoch == 2


async def test_the_lease_of_a_process_that_died_is_taken_over(
    path: Path, store: Store, program: tuple[str, str]
) -> None:
    process = await holder(program, path)
    process.send_signal(signal.SIGKILL)
    await process.communicate()
    assert (await store.take_lease("s1")).epoch == 2


async def test_a_lease_without_a_sign_of_life_is_taken_over_and_its_holder_hears_of_it(
    path: Path, store: Store, sitting: Sitting
) -> None:
    old = await store.take_lease("s1")
    with sqlite3.connect(path) as aside:
        aside.execute("UPDATE leases SET heartbeat = heartbeat - 31")
    aside.close()
    async with await Store.open(path) as other:
        new = await other.take_lease("s1")
        assert new.epoch == old.epoch + 1
        sitting.lease = old
        with pytest.raises(StoreFault, match="taken over") as lost:
            await sitting.open()
        assert lost.value.kind == "lost"
        with pytest.raises(StoreFault, match="taken over"):
            await store.renew(old)
        await store.release(old)
        await other.renew(new)


async def test_a_lease_from_before_the_machine_was_restarted_is_taken_over(path: Path, store: Store) -> None:
    await store.take_lease("s1")
    with sqlite3.connect(path) as aside:
        aside.execute("UPDATE leases SET boot = 'another', pid = ?", (os.getppid(),))
    aside.close()
    assert (await store.take_lease("s1")).epoch == 2


async def test_a_process_on_another_machine_is_believed_for_a_while(path: Path, store: Store) -> None:
    await store.take_lease("s1")
    with sqlite3.connect(path) as aside:
        aside.execute("UPDATE leases SET host = 'elsewhere', pid = 999999999")
    aside.close()
    with pytest.raises(LeaseHeld, match="on elsewhere"):
        await store.take_lease("s1")


async def test_without_a_lease_nothing_is_written_to_a_session_that_is_open(sitting: Sitting, store: Store) -> None:
    await sitting.open()
    lease = await store.take_lease("s1")
    with pytest.raises(LeaseHeld):
        await sitting.say("From aside.")
    with pytest.raises(LeaseHeld):
        await store.delete("s1")
    await store.release(lease)
    sitting.seq = 1
    await sitting.say("Now.")


async def test_closing_the_store_releases_its_leases(path: Path) -> None:
    first = await Store.open(path)
    await first.take_lease("s1")
    await first.aclose()
    async with await Store.open(path) as second:
        assert (await second.take_lease("s1")).epoch == 2


async def test_a_renewed_lease_is_held_on(path: Path, store: Store) -> None:
    lease = await store.take_lease("s1")
    with sqlite3.connect(path) as aside:
        aside.execute("UPDATE leases SET heartbeat = 0")
    aside.close()
    await store.renew(lease)
    with pytest.raises(LeaseHeld):
        await store.take_lease("s1")


async def test_a_lease_is_good_for_its_own_session_only(sitting: Sitting, store: Store) -> None:
    sitting.lease = await store.take_lease("another")
    with pytest.raises(StoreFault, match="taken over"):
        await sitting.open()


def test_eight_processes_write_at_once_and_none_is_turned_away(path: Path, program: tuple[str, str]) -> None:
    count = 60
    run = subprocess.run([*program, "many", str(path), "8", str(count)], capture_output=True, text=True)
    assert (run.stderr, run.stdout.split()) == ("", ["0"] * 8)

    async def counts() -> list[int]:
        async with await Store.open(path) as store:
            return [len(await store.load(f"s{n}")) for n in range(8)]

    assert asyncio.run(counts()) == [count] * 8
