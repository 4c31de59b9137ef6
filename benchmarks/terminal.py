"""A program in a terminal of its own, watched from outside: what it draws, what it costs, how soon a key comes back."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from math import inf
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

SIZE = (100, 30)
"""Columns and rows."""

ALPHABET = "абвгдежзиклмнопрстуфхцчшэюя"
"""What is typed: letters that nothing else on the screen holds, so that a glyph seen is the key's own."""

LOST = 10.0
"""Seconds after which a key that was not drawn counts as lost."""

CLEAR = b"\x15"
"""ctrl+u: empties the line."""


class Terminal:
    """Runs a command in a pseudo-terminal. `with Terminal(command, home) as terminal:` kills it in the end."""

    def __init__(self, command: Sequence[str], home: Path, more: Mapping[str, str] | None = None) -> None:
        """`home` is its $AGENTCHAT_HOME and $HOME: it knows no key and no model but those given in `more`."""
        self.command = list(command)
        self.environ = environ(home) | dict(more or {})
        self.drawn = bytearray()
        """All it wrote."""
        self._letters = ALPHABET

    def __enter__(self) -> Self:
        self._end, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        # Its controlling terminal, so that it hangs up on the program should we be killed.
        self._process = subprocess.Popen(
            self.command, env=self.environ, pass_fds=(inner,), preexec_fn=lambda: os.login_tty(inner)
        )
        os.close(inner)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._end)

    # ── what it costs ──

    def cpu(self) -> float:
        """Seconds of CPU that all its threads have used so far."""
        # The CPU clock of another process, as clock_getcpuclockid(3) makes it. /proc knows hundredths only.
        return time.clock_gettime((~self._process.pid << 3) | 2)

    def memory(self) -> float:
        """Resident megabytes."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 1e6

    def loaded(self, native: str) -> bool:
        """Whether a native module whose path holds `native` is loaded."""
        return native in Path(f"/proc/{self._process.pid}/maps").read_text("utf-8")

    # ── what it draws ──

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Go on until the text was drawn. Raises TimeoutError, and shows what was drawn instead."""
        wanted = text.encode()
        self._watch(lambda: wanted in self.drawn, seconds)
        if wanted not in self.drawn:
            raise TimeoutError(f"{text!r} never came: …{bytes(self.drawn[-2000:])!r}")

    def rest(self, seconds: float) -> None:
        """Go on for so long."""
        self._watch(lambda: False, seconds)

    def settle(self, idle: float = 0.05, seconds: float = 60) -> None:
        """Go on until it uses less than `idle` of a core, over a second."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            before = self.cpu()
            self.rest(1)
            if self.cpu() - before < idle:
                return
        raise TimeoutError("it never came to rest")

    def _watch(self, done: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not done() and (left := end - time.monotonic()) > 0:
            if select.select([self._end], [], [], left)[0]:
                self._read()

    def _read(self) -> None:
        try:
            self.drawn += os.read(self._end, 1 << 16)
        except OSError:
            raise RuntimeError(f"it ended: …{bytes(self.drawn[-2000:])!r}") from None

    # ── keys ──

    def send(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._end, keys)

    def type(self, keys: int, pace: float, over: Callable[[], bool] = lambda: False) -> list[float]:
        """Type letters, on average `pace` seconds apart whatever comes back, until that is `over`.

        The seconds from each key to its glyph; infinite for one that was lost. Line by line is deleted again.
        """
        took: list[float] = []
        chance = Random(keys)
        while len(took) < keys and not over():
            # A late glyph of the line before must not pass for one of this.
            self._letters = self._letters.swapcase()
            due: dict[bytes, float] = {}
            at = time.monotonic()
            for letter in self._letters[: keys - len(took)]:
                self._meet(due, took, at)
                due[letter.encode()] = time.monotonic()
                self.send(letter.encode())
                if over():
                    break
                at += pace * chance.uniform(0.5, 1.5)
            self._meet(due, took, time.monotonic() + LOST, all_of_them=True)
            took += [inf] * len(due)
            self.send(CLEAR)
            self.rest(2 * pace)
        return took

    def _meet(self, due: dict[bytes, float], took: list[float], until: float, *, all_of_them: bool = False) -> None:
        """Go on, noting when each letter that is due comes."""
        while (left := until - time.monotonic()) > 0 and (due or not all_of_them):
            if select.select([self._end], [], [], left)[0]:
                before = max(len(self.drawn) - 1, 0)
                self._read()
                now = time.monotonic()
                came = [letter for letter in due if self.drawn.find(letter, before) >= 0]
                took += [now - due.pop(letter) for letter in came]


def environ(home: Path) -> dict[str, str]:
    """The least a terminal program needs."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "AGENTCHAT_HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }
