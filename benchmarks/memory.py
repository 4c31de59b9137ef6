"""What the app holds in memory, at rest and with a very long session open, and how long that takes to open."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks.report import figure, title
from benchmarks.session import keep
from benchmarks.startup import QUESTION, python
from benchmarks.terminal import Terminal

RUNS = 3
MESSAGES = 10_000

READY = "type to speak"
"""What the composer says once a room stands."""

REAL = {"AGENTCHAT_MODEL": "openai/bench", "AGENTCHAT_API_BASE": "http://127.0.0.1:9/v1"}
"""A model that LiteLLM would be asked for, where nobody listens."""


def at_rest(home: Path, more: Mapping[str, str]) -> float:
    """Megabytes on the home screen, once all has come to rest."""
    with Terminal(python("-m", "agentchat"), home, more) as terminal:
        terminal.wait_for(QUESTION)
        terminal.settle()
        return terminal.memory()


def opened(home: Path, session: str) -> tuple[float, float, float]:
    """Megabytes with a session open; seconds and CPU seconds from the start of the program until its room stood."""
    with Terminal(python("-m", "agentchat", "resume", session), home) as terminal:
        begun = time.monotonic()
        terminal.wait_for(READY)
        took, used = time.monotonic() - begun, terminal.cpu()
        terminal.settle()
        return terminal.memory(), took, used


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        title("Memory, and a long session")
        real = median(at_rest(home, REAL) for _ in range(RUNS))
        figure("the home screen at rest, before the first call to a provider's model", real, "MB", 80)
        none = median(at_rest(home, {}) for _ in range(RUNS))
        figure("the home screen at rest, no key there and no starter fetched", none, "MB", 80)

        # With scripted replies the app never loads LiteLLM, which would hide what a session holds.
        (home / "config.toml").write_text('model = "scripted/none.toml"\n', "utf-8")
        keep(home, 0, "empty")
        keep(home, MESSAGES, "long")
        runs = [(opened(home, "empty"), opened(home, "long")) for _ in range(RUNS)]
        empty, long = ([median(values) for values in zip(*each, strict=True)] for each in zip(*runs, strict=True))
        figure(f"a session of {MESSAGES:,} messages open, against an empty room", long[0] / empty[0], "×", 1.5)
        figure("with the long session", long[0], "MB")
        figure("with the empty room", empty[0], "MB")
        figure("from `agentchat resume` to the long session's room", long[1], "s")
        figure("from `agentchat resume` to the empty room", empty[1], "s")
        figure("CPU that the long session costs more", long[2] - empty[2], "s")


if __name__ == "__main__":
    main()
