"""How soon a key comes back as a glyph: at rest, while LiteLLM is imported, and while four speak at once."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from math import inf
from pathlib import Path
from statistics import median

from benchmarks.report import figure, quantile, title
from benchmarks.server import serving
from benchmarks.speech import PACE
from benchmarks.startup import QUESTION, python
from benchmarks.terminal import Terminal

KEYS = 120
"""In one run, at most."""

RUNS = 5

FOR_EVER = 100_000
"""Tokens."""

BEAT = 0.08
"""Seconds between two keys, on average: a fast typist."""

BUSY = 0.95
"""Of a core, used while four stream: less says that what came before is over."""

SPOKEN = "mill"
"""A word of every reply."""


def at_rest(home: Path) -> list[float]:
    """On the home screen."""
    with Terminal(python("-m", "agentchat"), home) as terminal:
        terminal.wait_for(QUESTION)
        terminal.settle()
        return terminal.type(KEYS, BEAT)


def importing(home: Path, url: str) -> list[float]:
    """In a new room, from its first frame to the first reply."""
    command = python("-m", "agentchat", "chat", "What next?", "--model", "openai/bench", "--api-base", url)
    with Terminal(command, home) as terminal:
        terminal.wait_for("type to speak")
        return terminal.type(KEYS, BEAT, lambda: SPOKEN.encode() in terminal.drawn)


def streaming(home: Path, module: str, *words: str) -> list[float]:
    """While four stream."""
    with Terminal(python("-m", module, *words), home) as terminal:
        terminal.wait_for(SPOKEN)
        terminal.settle(BUSY)
        return terminal.type(KEYS, BEAT)


def typical(runs: Sequence[Sequence[float]], part: float) -> float:
    """The median run's quantile, in milliseconds: one bad moment of a shared machine does not decide."""
    return median(quantile(run, part) for run in runs) * 1000


def show(what: str, runs: Sequence[Sequence[float]], target: float | None = None) -> None:
    """Median and p99 in milliseconds, and how many never came."""
    took = [each for run in runs for each in run]
    figure(f"{what}: p50", typical(runs, 0.5), "ms")
    figure(f"{what}: p99", typical(runs, 0.99), "ms", target)
    figure(f"{what}: keys lost, of {len(took)}", sum(each == inf for each in took), target=0)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        # So that nothing is loaded at rest.
        (home / "config.toml").write_text('model = "scripted/none.toml"\n', "utf-8")
        title("From a key to its glyph: of each run, then the median of the runs")
        show("at rest", [at_rest(home) for _ in range(RUNS)])
        with serving() as url:
            show(
                "while LiteLLM is imported, from a room's first frame to its first reply",
                [importing(home, url) for _ in range(RUNS)],
                150,
            )

        title(f"The same, while four speakers stream {PACE} tokens/s each")
        floor, ours, whole = [], [], []
        with serving(words=FOR_EVER, rate=PACE) as url:
            for _ in range(RUNS):
                floor.append(streaming(home, "benchmarks.floor", "panes", "4"))
                ours.append(streaming(home, "benchmarks.stage", "4", "0", str(FOR_EVER)))
                whole.append(streaming(home, "benchmarks.stage", "models", url))
        ratio = typical(ours, 0.99) / typical(floor, 0.99)
        figure("p99 in the room, against four fixed Static panes fed by one timer", ratio, "×", 1.2)
        show("in the room", ours)
        show("in four Static panes", floor)
        show("in the room, every token received through LiteLLM", whole)


if __name__ == "__main__":
    main()
