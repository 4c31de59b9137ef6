"""A session of a hundred thousand events: how soon it opens, what it holds in memory, how soon its middle is there."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.memory import READY
from benchmarks.report import figure, quantile, title
from benchmarks.session import keep
from benchmarks.startup import python
from benchmarks.terminal import Terminal

RUNS = 5
EVENTS = 100_000
PAGES = 300
"""Pages up, and as many down again."""
JUMPS = 200

PAGE_UP, PAGE_DOWN = b"\x1b[5~", b"\x1b[6~"


def opened(home: Path, session: str, pages: int = 0) -> tuple[float, float, float]:
    """Seconds and CPU seconds until its room stood, and megabytes once it was paged through."""
    with Terminal(python("-m", "agentchat", "resume", session), home) as terminal:
        begun = time.monotonic()
        terminal.wait_for(READY)
        took, used = time.monotonic() - begun, terminal.cpu()
        terminal.settle()
        for key in (PAGE_UP, PAGE_DOWN):
            for _ in range(pages):
                terminal.send(key)
                terminal.rest(0.02)
        terminal.settle()
        return took, used, terminal.memory()


async def jumps(home: Path) -> list[tuple[float, float]]:
    """Milliseconds, and CPU's, from a wish to see a place in the middle until it is drawn, on the real screen."""
    from agentchat.tui.app import Agentchat
    from agentchat.tui.room import RoomScreen

    app = Agentchat(home)
    took: list[tuple[float, float]] = []
    async with app.run_test(size=(100, 30)) as pilot:
        await app.home()
        await app.look_into("long")
        screen = app.screen
        assert isinstance(screen, RoomScreen)
        assert screen.leaves
        await screen.leaves.fill()
        await pilot.pause()
        for number in range(JUMPS):
            begun, used = time.perf_counter(), time.process_time()
            # Ever another place, so that nothing of it was drawn before.
            await screen.leaves.land(EVENTS // 2 + 150 * (number - JUMPS // 2))
            screen._compositor.render_full_update()
            took.append(((time.perf_counter() - begun) * 1000, (time.process_time() - used) * 1000))
            await pilot.pause()
    return took


def main() -> None:
    if len(sys.argv) > 1:
        print(*(part for jump in asyncio.run(jumps(Path(sys.argv[1]))) for part in jump))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config.toml").write_text('model = "scripted/none.toml"\n', "utf-8")
        keep(home, 0, "empty")
        keep(home, EVENTS // 2, "long")
        title(f"A session of {EVENTS:,} events, median of {RUNS} runs in turn")
        runs = [(opened(home, "empty"), opened(home, "long")) for _ in range(RUNS)]
        empty, long = ([median(values) for values in zip(*each, strict=True)] for each in zip(*runs, strict=True))
        figure("from `agentchat resume` to its room, against an empty one, CPU", long[1] / empty[1], "×", 1.2)
        figure("the same, by the clock", long[0] / empty[0], "×", 1.2)
        figure("CPU of the empty one", empty[1], "s")
        paged = opened(home, "long", PAGES)[2]
        figure("memory while it is looked at, against an empty room", long[2] / empty[2], "×", 1.5)
        figure(f"after {PAGES} pages up and down again", paged / empty[2], "×", 1.5)
        figure("memory with the empty room", empty[2], "MB")
        with Terminal(python("-m", "benchmarks.long", folder), home) as terminal:
            terminal.wait_for("\n", 300)
            found = [float(word) for word in terminal.drawn.decode().split()]
            took, used = found[::2], found[1::2]
        figure(f"a jump to its middle, to the drawn page, p99 of {JUMPS}", quantile(took, 0.99), "ms", 100)
        figure("the same, median", median(took), "ms")
        figure("its CPU, p99", quantile(used, 0.99), "ms")


if __name__ == "__main__":
    main()
