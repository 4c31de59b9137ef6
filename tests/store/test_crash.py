from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentchat.events import TurnEnded
from agentchat.log import Log
from agentchat.store import Store


@pytest.fixture
def writers(path: Path, program: tuple[str, str]) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen([*program, "append", str(path)], stdin=pipe, stdout=pipe, text=True) as process:
        yield process


def killed(writers: subprocess.Popen[str], session: str, after: int) -> int:
    """The last event that was acknowledged to a writer killed some acknowledgements after it began."""
    assert writers.stdin
    assert writers.stdout
    writers.stdin.write(session + "\n")
    writers.stdin.flush()
    pid = int(writers.stdout.readline())
    said = [writers.stdout.readline() for _ in range(after)]
    os.kill(pid, signal.SIGKILL)
    said += iter(writers.stdout.readline, "-\n")
    return int(said[-1])


async def all_is_there(path: Path, session: str, acknowledged: int) -> None:
    async with await Store.open(path) as store:
        events = await store.load(session)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert acknowledged <= len(events) == await store.count(session)
        ends = [event for event in events if isinstance(event, TurnEnded)]
        assert len(ends) == len({end.turn for end in ends})
        assert set(await store.partials(session)) <= {turn.id for turn in Log(events).transcript.open}
        for end in ends:
            found = await store.search(f'"{end.text}" session:{session}', 99)  # the word itself, not what begins so
            assert (session, end.seq) in [(hit.session, hit.seq) for hit in found]
        assert (await store.take_lease(session)).epoch == 2


async def test_a_writer_killed_at_any_moment_loses_nothing_it_acknowledged(
    path: Path, writers: subprocess.Popen[str]
) -> None:
    chance = random.Random(11)
    for point in range(30):
        await all_is_there(path, f"s{point}", killed(writers, f"s{point}", chance.randrange(1, 12)))


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_a_writer_killed_three_hundred_times_loses_nothing_it_acknowledged(
    path: Path, writers: subprocess.Popen[str]
) -> None:
    chance = random.Random()
    for point in range(300):
        await all_is_there(path, f"s{point}", killed(writers, f"s{point}", chance.randrange(1, 120)))
