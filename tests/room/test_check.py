from __future__ import annotations

import asyncio
import os
import select
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue
from support.rooms import fluent, improvised, new_room, opened_store

from agentchat.events import TurnStarted
from agentchat.room.check import KEPT, TIMED_OUT, Check, checked
from agentchat.testing import begin, opened, people

START = TurnStarted(turn=7, speaker="check", kind="check", reply_to=3)


async def test_a_command_reads_the_draft_on_stdin_and_as_a_file() -> None:
    found = await Check('cat; echo; cat "$AGENTCHAT_DRAFT"; case "$AGENTCHAT_DRAFT" in *.py) exit 3;; esac', ".py")(
        "Hé"
    )
    assert (found.exit, found.output) == (3, "Hé\nHé")


async def test_a_command_that_reads_nothing_of_a_large_draft_passes() -> None:
    assert (await Check("exec true")("x" * 1_000_000)).exit == 0


async def test_of_a_long_output_both_ends_are_kept() -> None:
    found = await Check(f"echo first; {sys.executable} -c 'print(\"x\" * 300000)'; echo last >&2")("")
    assert found.output.startswith("first\n")
    assert found.output.endswith("last")
    assert len(found.output) < KEPT + 100
    assert "bytes left out" in found.output


async def test_a_command_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    found = await Check(f'sleep 600 & echo $! > "{pid}"; echo begun; wait', patience=0.5)("")
    assert found.exit == TIMED_OUT
    assert found.output == "begun\n(stopped after 0.5 s)"
    assert _gone(int(pid.read_text()))


async def test_what_a_command_leaves_in_the_background_does_not_hold_the_room(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    found = await Check(f'sleep 600 & echo $! > "{pid}"')("")
    assert found.exit == 0
    assert _gone(int(pid.read_text()))


async def test_a_check_that_is_cut_off_is_ended_with_all_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    os.mkfifo(begun := tmp_path / "begun")
    task = asyncio.create_task(Check(f'sleep 600 & echo $! > "{pid}"; echo > "{begun}"; wait')(""))
    await asyncio.to_thread(begun.read_bytes)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _gone(int(pid.read_text()))


async def test_a_check_cut_off_while_it_starts_leaves_nothing_behind(tmp_path: Path) -> None:
    for looks in range(12):
        os.mkfifo(begun := tmp_path / f"begun{looks}")
        task = asyncio.create_task(Check(f'sleep 600 & echo $! > "{begun}"; wait')(""))
        for _ in range(looks):
            await asyncio.sleep(0)
        fifo = os.open(begun, os.O_RDONLY | os.O_NONBLOCK)
        try:
            select.select([fifo], [], [], 0.05)  # the loop stands still: only the shell goes on
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            started = os.read(fifo, 100)
        finally:
            os.close(fifo)
        assert not started or _gone(int(started))


async def test_closing_the_room_ends_a_check_that_hangs_with_all_it_started(tmp_path: Path) -> None:
    os.mkfifo(begun := tmp_path / "begun")
    settings: dict[str, JsonValue] = {"draft": "We have houses.", "check": True}
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", settings, mode="refinement", models=improvised(fluent))
        hangs = Check(f"trap '' HUP INT TERM; sleep 600 & echo $! > '{begun}'; wait")
        room.driver.asking = replace(room.asking, check=hangs)
        room.start()
        pid = int(await asyncio.to_thread(begun.read_text))
        await room.aclose()
        assert _gone(pid)


async def test_what_a_command_prints_cannot_drive_a_terminal() -> None:
    assert (await Check(r"printf 'a\033[2Jb\033]52;c;eA==\007c'")("")).output == "abc"


async def test_a_turn_of_the_check_ends_with_its_exit_code() -> None:
    end = await checked(Check("echo no; exit 2"), START, "text")
    assert (end.outcome, end.data, end.reply_to) == ("structured", {"exit": 2, "output": "no"}, 3)


async def test_without_a_command_the_turn_of_the_check_fails_in_words() -> None:
    end = await checked(None, START, "text")
    assert (end.outcome, end.error_kind) == ("failed", "no_check")
    assert "--check" in end.error


def test_what_is_checked_without_a_turn_is_the_draft_the_mode_was_given() -> None:
    first = opened("discussion", people("Ada")).model_copy(update={"settings": {"draft": "It."}})
    assert begin(first).transcript.draft(None) == "It."


def _gone(pid: int) -> bool:
    """Whether it runs no more, or ends at once: a signal that was sent takes a moment to arrive."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], 5)[0])
    finally:
        os.close(process)
