"""A model server in a process of its own, so that its CPU is not counted with ours."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.fake_provider import FakeProvider

from benchmarks import speech


@contextmanager
def serving(words: int = 40, rate: float = 0) -> Iterator[str]:
    """The address of a server whose replies have so many words, at `rate` a second where that is not 0."""
    command = [sys.executable, "-m", "benchmarks.server", str(words), str(rate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


async def _serve(words: int, rate: float) -> None:
    async with FakeProvider(text=speech.words(words).strip(), tokens_per_second=rate) as server:
        sys.stdout.write(server.url + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2])))
