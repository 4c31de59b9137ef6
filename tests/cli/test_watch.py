"""`agentchat watch`: a session that another process drives, followed to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.apps import BRIEF, SLOW, kept
from support.command import Terminalless, ended, started
from support.rooms import script

from agentchat.export import printout
from agentchat.home import Home, Wish
from agentchat.room import Room

FAST, SLUGGISH = SLOW.replace("pace = 40", ""), SLOW.replace("pace = 40", "pace = 2")
Program = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """Starts commands in the home of this test, on a model of half a second a turn."""
    monkeypatch.setenv("AGENTCHAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    with ExitStack() as all_of_them:

        def start(*words: str) -> subprocess.Popen[str]:
            process = all_of_them.enter_context(started(*words, cwd=tmp_path))
            all_of_them.callback(process.kill)
            return process

        yield start


async def unended(home: Path) -> str:
    """A session that nobody drives, with a round before it; its id."""
    session = await kept(home, "Which way?", script(home.parent, FAST))
    async with Home(home) as there:
        room: Room = await there.open(session)
        await room.reopen()
        await there.leave(room)
    return session


def line(stream: object, words: str) -> str:
    """The first line with these words."""
    assert hasattr(stream, "readline")
    while text := str(stream.readline()):
        if words in text:
            return text
    raise AssertionError(f"nobody said {words}")


async def test_what_another_process_drives_is_printed_to_its_end(tmp_path: Path, program: Program) -> None:
    async with Home(tmp_path / "home") as home:
        room = await home.create(Wish("Which way?", personas=("ada", "ben"), settings=BRIEF))
        watching = program("watch", room.session, "--format", "text")
        line(watching.stderr, f"Process {os.getpid()} drives it.")
        room.start()
        await room.settled()
    watched = ended(watching)
    assert watched.code == 0
    assert watched.out == "".join(printout("text").take(room.log, rest=True))


async def test_where_nobody_drives_it_says_so_and_waits_and_keeps_nobody_from_going_on(
    tmp_path: Path, program: Program
) -> None:
    session = await unended(tmp_path / "home")
    watching = program("watch", session[:6], "--format", "jsonl", "--new")
    line(watching.stderr, "Nobody drives it; waiting for somebody to go on.")
    script(tmp_path, SLOW)
    assert ended(program("run", "--resume", session)).code == 0
    watched = ended(watching)
    assert watched.code == 0
    assert [json.loads(text)["type"] for text in watched.out.splitlines()][-1] == "session_closed"
    assert "drives it" in watched.err


async def test_ctrl_c_ends_it(tmp_path: Path, program: Program) -> None:
    watching = program("watch", await unended(tmp_path / "home"), "--format", "text")
    line(watching.stderr, "Nobody drives it")
    watching.send_signal(signal.SIGINT)
    watched = ended(watching)
    assert watched.code == 130
    assert "Traceback" not in watched.err


async def test_that_it_was_binned_and_then_deleted_is_said(tmp_path: Path, program: Program) -> None:
    session = await unended(tmp_path / "home")
    watching = program("watch", session, "--format", "text")
    line(watching.stderr, "Nobody drives it")
    async with Home(tmp_path / "home") as home:
        await home.delete(session)
        assert "sessions restore" in line(watching.stderr, "put into the bin")
        await home.delete(session, now=True)
    watched = ended(watching)
    assert watched.code == 1
    assert "the session was deleted" in watched.err


@pytest.mark.soak
async def test_who_left_it_and_who_took_it_over_is_said(tmp_path: Path, program: Program) -> None:
    session = await unended(tmp_path / "home")
    script(tmp_path, SLUGGISH)
    first = program("run", "--resume", session)
    watching = program("watch", session, "--format", "text")
    line(watching.stderr, f"Process {first.pid} drives it.")
    first.kill()
    ended(first)
    line(watching.stderr, f"Process {first.pid} has left it")
    script(tmp_path, SLOW)
    second = program("run", "--resume", session)
    line(watching.stderr, f"Process {second.pid} has taken it over.")
    assert ended(second).code == 0
    assert ended(watching).code == 0


def test_which_session_it_is_must_be_said(agentchat: Terminalless) -> None:
    assert agentchat("watch", "9999").code == 2
    assert agentchat("watch", " ").code == 2
    assert "--format text" in agentchat("watch", "9999", "--new").err
