"""The command line as a person calls it: here in this process, or as one of its own."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from agentchat.cli import edge

PROGRAM = (sys.executable, "-m", "agentchat")


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


class Terminalless:
    """Runs commands in this process, with text or a pipe as stdin."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *words: str | Path, stdin: bytes = b"") -> Ran:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        self._capsys.readouterr()
        code = edge.run([str(word) for word in words])
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)


def the_same(home: Path, copy: Path, make: Callable[[], object]) -> None:
    """Have in a home what `make` puts there: done once, and copied from then on."""
    if copy.exists():
        shutil.copytree(copy, home, dirs_exist_ok=True)
    else:
        make()
        shutil.copytree(home, copy)


def started(*words: str, cwd: Path, environ: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """A command in a process of its own, its output in pipes."""
    return subprocess.Popen(
        [*PROGRAM, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **(environ or {})},
    )


def ended(process: subprocess.Popen[str]) -> Ran:
    """How it ended."""
    out, err = process.communicate(timeout=60)
    return Ran(process.returncode, out, err)


def played(lines: Sequence[str]) -> str:
    """The first line of these that begins with `Go on with`, as the words to give agentchat."""
    line = next(line for line in lines if "Go on with: agentchat " in line)
    return line.partition("Go on with: agentchat ")[2].strip()
