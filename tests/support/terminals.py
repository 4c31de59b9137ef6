"""The app in a real terminal of its own."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from pathlib import Path

START = "import sys; from agentchat.tui.app import run_app; sys.exit(run_app())"


class Terminal:
    """A real terminal with the app in it."""

    def __init__(self, folder: Path, model: str, code: str = START) -> None:
        self.out = b""
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.environ |= {"AGENTCHAT_HOME": str(folder), "AGENTCHAT_MODEL": model, "TERM": "xterm-256color"}
            os.environ |= {"COLUMNS": "100", "LINES": "30", "OPENAI_API_KEY": "sk-canary-3141592653"}
            os.execv(sys.executable, [sys.executable, "-c", code])

    def read(self, seconds: float) -> bool:
        """Take in what it writes; whether it still may."""
        if not select.select([self.file], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.file, 65536)
        except OSError:
            return False
        self.out += data
        return bool(data)

    def until(self, words: str, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < end, self.text[-2000:]
            assert self.read(0.1), self.text[-2000:]

    def rest(self, seconds: float) -> None:
        """Take in what it writes for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.read(left):
            pass

    @property
    def text(self) -> str:
        """What it wrote, without sequences."""
        return re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b.", "", self.out.decode("utf-8", "replace"))

    def type(self, keys: str) -> None:
        os.write(self.file, keys.encode())

    def end(self, seconds: float = 10) -> int:
        """Its exit code, once it has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.read(0) and select.select([self.file], [], [], 0)[0]:
                    pass
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("it did not end")


def restored(terminal: Terminal) -> bool:
    return all(code in terminal.out for code in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"))
