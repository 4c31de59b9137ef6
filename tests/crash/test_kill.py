"""kill -9 of the real program at random moments: nothing acknowledged is lost, nothing is doubled, it goes on."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from agentchat.conduct import gist
from agentchat.events import Event, TurnEnded, decode
from agentchat.log import Log

SCRIPT = """
pace = 60
[ada]
say = ["Rents fell by a third; put that to work.", "I could agree to the bus. @ben how many children?"]
["*"]
say = ["Begin with the street between the school and the station.", "Four children keep the second class."]
position = ['{"stance": "agree", "why": "it is cheap"}']
"*" = ["Cheap houses near the school are what the city cannot offer."]
"""


class Program:
    """The real program in a home of its own."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True)
        self.environ = {**os.environ, "AGENTCHAT_HOME": str(home)}
        self.script = home / "script.toml"
        self.script.write_text(SCRIPT, "utf-8")

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "agentchat", "run", *words, "--format", "jsonl"]
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            env=self.environ,
        )

    def begin(self) -> subprocess.Popen[str]:
        model = ["--model", f"scripted/{self.script}"]
        return self.start("Which way?", "-p", "ada", "-p", "ben", "-p", "cleo", "--rounds", "2", "--seed", "7", *model)

    def stored(self, session: str) -> list[Event]:
        command = [sys.executable, "-m", "agentchat", "sessions", "show", session, "--format", "jsonl"]
        shown = subprocess.run(command, capture_output=True, text=True, env=self.environ, check=True)
        return [decode(line) for line in shown.stdout.splitlines()]


def acknowledged(program: subprocess.Popen[str], chance: random.Random, most: int) -> list[str]:
    """The lines a run printed before it was killed at a random moment."""
    lines: list[str] = []
    assert program.stdout
    for line in program.stdout:
        lines.append(line)
        if len(lines) >= most:
            break
    if chance.random() < 0.5:
        # Half of the time it dies somewhere inside the turn that follows, and not right at an event.
        with suppress(subprocess.TimeoutExpired):
            program.wait(chance.uniform(0, 0.25))
    program.kill()
    rest = program.stdout.read()
    program.communicate()
    lines += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    return lines


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """The session as it is when nothing kills it."""
    program = Program(tmp_path_factory.mktemp("whole") / "home")
    out, _ = program.begin().communicate(timeout=60)
    return [decode(line) for line in out.splitlines()]


def killed_and_resumed(folder: Path, seed: int, whole: list[Event]) -> None:
    chance = random.Random(seed)
    program = Program(folder / "home")
    lines = acknowledged(program.begin(), chance, chance.randrange(1, len(whole)))
    session = json.loads(lines[0])["session"]
    if chance.random() < 0.3:
        lines += acknowledged(program.start("--resume", session), chance, chance.randrange(1, 12))
    last = program.start("--resume", session)
    out, err = last.communicate(timeout=60)
    assert last.returncode == 0, err
    stored = program.stored(session)
    told = {json.loads(line)["seq"]: line for line in [*lines, *out.splitlines()]}
    by_seq = {event.seq: event for event in stored}
    assert [event.seq for event in stored] == list(range(1, len(stored) + 1))
    assert all(decode(line) == by_seq[seq] for seq, line in told.items())
    ended = Counter(event.turn for event in stored if isinstance(event, TurnEnded))
    assert set(ended.values()) == {1}
    transcript = Log(stored).transcript
    assert not transcript.open
    assert gist(transcript) == gist(Log(whole).transcript)


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_a_random_moment_it_goes_on_as_if_it_had_not_been(
    tmp_path: Path, seed: int, whole: list[Event]
) -> None:
    killed_and_resumed(tmp_path, seed, whole)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 150))
def test_fifty_more_kills(tmp_path: Path, seed: int, whole: list[Event]) -> None:
    killed_and_resumed(tmp_path, seed, whole)
