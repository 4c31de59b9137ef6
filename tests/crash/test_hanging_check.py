"""A check that hangs is stopped with all it started, however the room stops."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import pytest
from support.command import ended, started
from support.rooms import script

SCRIPT = """
["*"]
critique = ['{"issues": [], "scores": {"correctness": 5, "clarity": 5, "completeness": 5, "tone": 5}}']
"*" = ["We have twelve houses near the school."]
"""


@pytest.mark.parametrize(
    "stop",
    [signal.SIGINT, *(pytest.param(each, marks=pytest.mark.soak) for each in (signal.SIGTERM, signal.SIGHUP))],
)
def test_stopping_a_run_stops_its_hanging_check(tmp_path: Path, stop: signal.Signals) -> None:
    os.mkfifo(begun := tmp_path / "begun")
    check = f"trap '' HUP INT TERM; sleep 600 & echo $! > '{begun}'; wait"
    words = ("run", "A note", "-m", "refinement", "-p", "ada", "-p", "ben", "--check", check)
    run = started(*words, "--model", script(tmp_path, SCRIPT), cwd=tmp_path, environ={"AGENTCHAT_HOME": str(tmp_path)})
    pid = int(begun.read_text())
    sleeping = os.pidfd_open(pid)
    try:
        run.send_signal(stop)
        ran = ended(run)
        assert (ran.code, "Go on with: agentchat run --resume" in ran.err) == (130, True)
        assert select.select([sleeping], [], [], 5)[0], "what the check started goes on"
    finally:
        os.close(sleeping)
