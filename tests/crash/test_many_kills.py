"""kill -9 at many random moments of every kind of session: nothing is lost or doubled, and it goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def killed(folder: Path, seeds: range, processes: int) -> tuple[list[str], Counter[str]]:
    """What was wrong after kills at these seeds, in so many processes at once; and how many kills of each sort."""
    running = []
    for number in range(processes):
        (own := folder / str(number)).mkdir()
        words = [sys.executable, "-m", "crash.killer", str(own), *map(str, seeds[number::processes])]
        environ = {**os.environ, "PYTHONPATH": str(TESTS)}
        running.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environ))
    lines = [line for one in running for line in one.communicate()[0].splitlines()]
    assert [one.returncode for one in running] == [0] * processes
    totals = [Counter(json.loads(line)) for line in lines if line.startswith("{")]
    return [line for line in lines if not line.startswith("{")], sum(totals, Counter())


def test_killed_at_random_a_session_of_any_kind_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    wrong, kills = killed(tmp_path, range(10), processes=2)
    assert not wrong, "\n".join(wrong)
    assert kills.total() >= 10


@pytest.mark.soak
def test_a_thousand_sessions_killed_at_random_end_as_if_they_had_not_been(tmp_path: Path) -> None:
    wrong, kills = killed(tmp_path, range(1000, 2000), processes=2 * (os.cpu_count() or 1))
    assert not wrong, "\n".join(wrong)
    assert kills.total() >= 1000
    assert min(kills[how] for how in ("time", "event", "step")) >= 250
