"""However the app ends, and whenever: gone in two seconds, the terminal as it was, each session to be gone on with."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.apps import SLOW
from support.rooms import script
from support.terminals import Terminal, restored

from agentchat.events import TurnEnded
from agentchat.log import Log
from agentchat.store import Store

SOON = 2.0
"""Seconds."""

FAILING = """
import asyncio, signal, sys
from agentchat.tui import app

def fail():
    raise RuntimeError("something broke")

begin = app.Agentchat.on_mount

def mounted(self):
    begin(self)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, lambda: self.call_later(fail))

app.Agentchat.on_mount = mounted
sys.exit(app.run_app())
"""
"""The app, which breaks in its own loop at a signal."""


def quit_by_key(terminal: Terminal) -> None:
    terminal.type("\x11")


def break_down(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGUSR1)


def be_told_to_end(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGTERM)


def be_hung_up_on(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGHUP)


def lose_the_terminal(terminal: Terminal) -> None:
    os.close(terminal.file)


def be_killed(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGKILL)


WAYS: tuple[Callable[[Terminal], None], ...] = (
    quit_by_key,
    break_down,
    be_told_to_end,
    be_hung_up_on,
    lose_the_terminal,
    be_killed,
)


def leave(folder: Path, way: Callable[[Terminal], None], after: float, *, in_a_room: bool) -> float:
    """The seconds it took to be gone."""
    terminal = Terminal(folder, script(folder, SLOW), FAILING)
    before = termios.tcgetattr(terminal.file)
    terminal.until("What shall we talk about?")
    if in_a_room:
        terminal.until("Nothing yet")
        terminal.type("boats\r")
        terminal.until("economist")
        terminal.type("\r")
        terminal.until("thinking")
    terminal.rest(after)
    begin = time.monotonic()
    way(terminal)
    if way is lose_the_terminal:
        while os.waitpid(terminal.pid, os.WNOHANG) == (0, 0):
            assert time.monotonic() - begin < 10, "it did not end"
            time.sleep(0.01)
        return time.monotonic() - begin
    terminal.end()
    took = time.monotonic() - begin
    if way is not be_killed:
        assert restored(terminal)
        assert termios.tcgetattr(terminal.file) == before
    os.close(terminal.file)
    return took


async def sessions_are_whole(folder: Path) -> int:
    """How many there are; each is read, driven by nobody, and can be gone on with."""
    path = folder / "sessions" / "agentchat.db"
    if not path.exists():
        return 0
    async with await Store.open(path) as store:
        rows = await store.sessions()
        for row in rows:
            assert await store.damage(row.id) == []
            log = Log(await store.load(row.id))
            ends = [event.turn for event in log.events if isinstance(event, TurnEnded)]
            assert len(ends) == len(set(ends))
            assert (await store.take_lease(row.id)).epoch >= 2
        return len(rows)


@pytest.mark.skipif(os.name == "nt", reason="terminals")
@pytest.mark.parametrize("way", WAYS)
def test_left_in_mid_turn_it_is_gone_and_all_is_as_it_should_be(
    tmp_path: Path, way: Callable[[Terminal], None]
) -> None:
    leave(tmp_path, way, random.Random(way.__name__).uniform(0, 0.5), in_a_room=True)  # how soon is for the long test
    assert asyncio.run(sessions_are_whole(tmp_path)) == 1


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_left_two_hundred_times_it_is_gone_at_once_every_time(tmp_path: Path) -> None:
    chance = random.Random()
    took: list[tuple[float, str]] = []
    for number in range(200):
        way = WAYS[number % len(WAYS)]
        folder = tmp_path / str(number)
        folder.mkdir()
        in_a_room = chance.random() < 0.8
        took.append((leave(folder, way, chance.uniform(0, 1.5), in_a_room=in_a_room), way.__name__))
        assert asyncio.run(sessions_are_whole(folder)) in ({1} if in_a_room else {0})
    for way in WAYS:
        each = sorted(seconds for seconds, name in took if name == way.__name__)
        median = each[len(each) // 2]
        sys.stdout.write(f"{way.__name__}: {len(each)} times, median {median:.2f} s, longest {each[-1]:.2f} s\n")
    assert max(took)[0] <= SOON
