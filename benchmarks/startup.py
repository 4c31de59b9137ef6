"""What it costs to start: the CPU until the first frame stands, and that of the two commands a shell asks most."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.report import figure, title
from benchmarks.terminal import Terminal, environ

RUNS = 9
QUESTION = "What shall we talk about?"
"""The first frame has it, ours and the bare app's."""

HEAVY = ("litellm", "textual", "pydantic", "aiosqlite", "asyncio")
"""What a command that only prints has no use for."""


def python(*words: str) -> list[str]:
    """A module, or a program, in this Python."""
    return [sys.executable, *words]


def first_frame(module: str, home: Path) -> float:
    """CPU seconds of the whole process until its first frame has reached the terminal."""
    with Terminal(python("-m", module), home) as terminal:
        terminal.wait_for(QUESTION)
        return terminal.cpu()


def whole(words: list[str], home: Path) -> float:
    """CPU seconds of a command from its start to its end."""
    process = subprocess.Popen(words, env=environ(home), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return used.ru_utime + used.ru_stime


def loaded(option: str, home: Path) -> set[str]:
    """The top-level modules that were imported by the time a command ended."""
    told = subprocess.run(
        python("-X", "importtime", "-m", "agentchat", option),
        env=environ(home),
        capture_output=True,
        text=True,
        check=True,
    )
    return {row.rpartition("|")[2].strip().partition(".")[0] for row in told.stderr.splitlines()}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        frames: dict[str, list[float]] = {"benchmarks.floor": [], "agentchat": []}
        prints: dict[str, list[float]] = {"--help": [], "--version": []}
        for _ in range(RUNS + 1):
            for module, took in frames.items():
                took.append(first_frame(module, home))
            for option, took in prints.items():
                took.append(whole(python("-m", "agentchat", option), home))
        floor, ours = (median(took[1:]) for took in frames.values())
        title(f"From nothing to the first frame, median of {RUNS} runs in turn")
        figure("CPU of `agentchat` to its first frame, against one Static", ours / floor, "×", 1.5)
        figure("CPU of `agentchat` to its first frame", ours, "s")
        figure("CPU of a Textual app with one Static to its first frame", floor, "s")
        for option, took in prints.items():
            figure(f"CPU of `agentchat {option}`", median(took[1:]), "s", 0.15)
            heavy = sorted(loaded(option, home) & set(HEAVY))
            figure(f"of {', '.join(HEAVY)} it imports {', '.join(heavy) or 'none'}", len(heavy), target=0)


if __name__ == "__main__":
    main()
