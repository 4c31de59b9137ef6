"""What words cost to draw as they come, in the room as it is, and whether a long message costs more than a short."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.report import figure, title
from benchmarks.speech import PACE
from benchmarks.startup import python
from benchmarks.terminal import Terminal

RUNS = 3
TOKENS = 1000
LONG = 10_000
"""Tokens that were said before, in a long message."""


def drawn(home: Path, speakers: int, length: int) -> float:
    """CPU seconds of the whole program while that many tokens come, all speakers together."""
    words = (str(speakers), str(length), str(TOKENS // speakers))
    with Terminal(python("-m", "benchmarks.stage", *words), home) as terminal:
        terminal.wait_for(" s\r\n")
        return float(terminal.drawn.rpartition(b"cost: ")[2].split()[0])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config.toml").write_text('model = "scripted/none.toml"\n', "utf-8")
        cases: dict[tuple[int, int], list[float]] = {(1, 0): [], (1, LONG): [], (4, 0): []}
        for _ in range(RUNS):
            for (speakers, length), took in cases.items():
                took.append(drawn(home, speakers, length))
        one, late, four = (median(took) for took in cases.values())
        title(f"To draw {TOKENS:,} tokens, {PACE} a second from each speaker; CPU of the whole program")
        figure("one speaker", one, "s", 0.4)
        figure("four speakers at once", four, "s", 0.4)
        figure(f"one speaker, whose message has {LONG:,} tokens already", late, "s", 0.4)
        figure("the long message against the short", late / one, "×", 1.2)


if __name__ == "__main__":
    main()
