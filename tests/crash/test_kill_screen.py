"""kill -9 of the app in a terminal, in the middle of a turn: what was said so far is there when it is opened again."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import random
import select
import struct
import subprocess
import termios
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte
import pytest
from support.command import PROGRAM, ended, started
from support.rooms import script

from agentchat.events import Event, TurnEnded, decode
from agentchat.log import Log

WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen end"
SCRIPT = f'pace = 9\n["*"]\n"*" = ["{WORDS}"]\n'
BRIEF = [word for name in ("first_thoughts", "agreement", "synthesis") for word in ("--set", f"{name}=no")]
COLUMNS, ROWS = 100, 30


class Terminal:
    """A terminal in which one program after another may run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drawn = b""
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        self._end, self._inner = pty.openpty()
        fcntl.ioctl(self._inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.before = termios.tcgetattr(self._inner)
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> None:
        """Start a program in it."""
        root = str(Path(__file__).parents[2])
        environ = {**os.environ, "AGENTCHAT_HOME": str(self.folder), "PYTHONPATH": root, "TERM": "xterm-256color"}
        self.drawn = b""
        self.process = subprocess.Popen(
            [*PROGRAM, *words], env=environ, stdin=self._inner, stdout=self._inner, stderr=self._inner, cwd=self.folder
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
        os.close(self._inner)
        os.close(self._end)

    @property
    def text(self) -> str:
        """What it shows, in one line."""
        return " ".join(" ".join(self.screen.display).split())

    def until(self, done: Callable[[], bool], seconds: float = 40) -> None:
        """Go on until something holds."""
        limit = time.monotonic() + seconds
        while not done():
            left = limit - time.monotonic()
            assert left > 0, "\n".join(self.screen.display)
            if select.select([self._end], [], [], min(left, 0.1))[0]:
                piece = os.read(self._end, 1 << 16)
                self.drawn += piece
                # pyte does not know the answers to what Kitty's protocol and others are asked for
                self._stream.feed(piece)

    def rest(self, seconds: float) -> None:
        """Go on for so long."""
        limit = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > limit, seconds + 1)

    def press(self, keys: bytes) -> None:
        os.write(self._end, keys)

    def kill(self) -> None:
        """As nothing can be caught, the terminal is left as it is; then do as `reset` does."""
        assert self.process
        self.process.kill()
        self.process.wait()
        termios.tcsetattr(self._inner, termios.TCSANOW, self.before)
        self.screen.reset()

    def gone(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def session(folder: Path) -> str:
    (one,) = json.loads(ended(started("sessions", "list", "--json", cwd=folder, environ=at(folder))).out)
    return str(one["id"])


def stored(folder: Path, name: str) -> list[Event]:
    shown = ended(started("sessions", "show", name, "--format", "jsonl", cwd=folder, environ=at(folder)))
    return [decode(line) for line in shown.out.splitlines()]


def at(folder: Path) -> dict[str, str]:
    return {"AGENTCHAT_HOME": str(folder)}


def killed_and_opened_again(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    with Terminal(folder) as terminal:
        model = script(folder, SCRIPT)
        terminal.run("chat", "Which way?", "-p", "ada", "-p", "ben", "--set", "rounds=1", *BRIEF, "--model", model)
        terminal.until(lambda: "one two" in terminal.text)
        # What there is of a turn is saved once a second: after that, a crash leaves it on record.
        terminal.until(lambda: "ten eleven" in terminal.text)
        terminal.rest(chance.uniform(0, 2.5))
        terminal.kill()
        name = session(folder)
        before = stored(folder, name)
        lost = Log(before).transcript.open
        terminal.run("resume", name)
        terminal.until(lambda: "Paused" in terminal.text or "Ended" in terminal.text)
        terminal.press(b" ")
        terminal.until(lambda: "Ended: discussed" in terminal.text)
        terminal.press(b"\x11")
        terminal.until(terminal.gone)
        terminal.rest(0.2)
        assert terminal.process
        assert terminal.process.returncode == 0
        assert all(back in terminal.drawn for back in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"))
    events = stored(folder, name)
    assert events[: len(before)] == before
    ends = [event for event in events if isinstance(event, TurnEnded)]
    assert set(Counter(end.turn for end in ends).values()) == {1}
    assert [end.text for end in ends if end.outcome == "said"] == [WORDS, WORDS]
    for turn in lost:
        (cut,) = [end for end in ends if end.turn == turn.id]
        assert (cut.outcome, cut.by, WORDS.startswith(cut.text)) == ("interrupted", "crash", True)


def test_killed_in_the_middle_of_a_turn_the_app_shows_what_there_was_and_asks_it_again(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        model = script(tmp_path, SCRIPT)
        terminal.run("chat", "Which way?", "-p", "ada", "-p", "ben", "--set", "rounds=1", *BRIEF, "--model", model)
        terminal.until(lambda: "twelve thirteen" in terminal.text)
        terminal.kill()
        terminal.run("resume", session(tmp_path))
        terminal.until(lambda: "was cut off by a crash, and is asked again: “one two" in terminal.text)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_killed_at_a_random_moment_of_its_turns_the_app_goes_on_and_leaves_the_terminal_as_it_was(
    tmp_path: Path, seed: int
) -> None:
    killed_and_opened_again(tmp_path, seed)
