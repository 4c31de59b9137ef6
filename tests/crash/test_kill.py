"""kill -9 of the real program at random moments: nothing acknowledged is lost, nothing is doubled, it goes on.

A start of it takes two seconds of CPU: `test_many_kills` kills far more often, and inside the store too.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from agentchat.conduct import gist
from agentchat.events import Directed, Event, TurnEnded, TurnStarted, decode
from agentchat.log import Log
from agentchat.persona import YOU
from agentchat.transcript import Transcript

SCRIPT = """
pace = 60
[ada]
pick = ['{"vote": "the bus"}']
say = ["Rents fell by a third; put that to work.", "I could agree to the bus. @ben how many children?"]
["*"]
say = ["Begin with the street between the school and the station.", "Four children keep the second class."]
position = ['{"stance": "agree", "why": "it is cheap"}']
argument = ["The bus comes first: without it nobody reaches the school.", "Rents first, they are what families look at."]
draft = ["We have houses. Come.", "We have twelve houses near the school. Come and see them on Saturday."]
reply = ['{"replies": [{"issue": 1, "done": "fixed", "reason": ""}, {"issue": 2, "done": "fixed", "reason": ""}]}']
critique = [
  '{"issues": [{"criterion": "clarity", "severity": "blocker", "quote": "Come.", "problem": "nobody knows when", "fix": "name a day"}], "scores": {"correctness": 3, "clarity": 2, "completeness": 2, "tone": 3}}',
  '{"issues": [], "scores": {"correctness": 5, "clarity": 5, "completeness": 4, "tone": 5}}',
]
"*" = ["Cheap houses near the school are what the city cannot offer."]
"""  # noqa: E501

VOTES = """
[ben]
pick = ['{"vote": "the rents"}', '{"vote": "the bus"}']
[cleo]
pick = ['{"vote": "the rents"}', '{"vote": "the rents"}']
"""

PEOPLE = ("-p", "ada", "-p", "ben", "-p", "cleo", "--seed", "7")
ASKED = ("--escalation-timeout", "0.3")
RUNS = {
    "discussion": ("Which way?", *PEOPLE, "--rounds", "2"),
    "committee": ("What first?", *PEOPLE, "--option", "the bus", "--option", "the rents", "--option", "a school"),
    "refinement": ("A note to families", *PEOPLE, "-m", "refinement"),
    "person": ("What first?", *PEOPLE, "--option", "the bus", "--option", "the rents", "--set", "you=vote", *ASKED),
    "midway": (),
}
"""What each is asked for; every one of them ends with its outcome. A person whose ballot is wanted lets it pass;
midway a discussion is asked to vote, by a program beside this one.
"""


class Program:
    """The real program in a home of its own."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True)
        self.environ = {**os.environ, "AGENTCHAT_HOME": str(home)}
        self.script = home / "script.toml"
        self.script.write_text(SCRIPT + VOTES, "utf-8")

    def start(self, *words: str) -> subprocess.Popen[str]:
        return self.run("-m", "agentchat", "run", *words, "--format", "jsonl")

    def run(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            env=self.environ,
        )

    def begin(self, mode: str) -> subprocess.Popen[str]:
        model = f"scripted/{self.script}"
        if mode == "midway":
            return self.run(str(Path(__file__).with_name("vote_midway.py")), model)
        return self.start(*RUNS[mode], "--model", model)

    def resume(self, mode: str, session: str) -> subprocess.Popen[str]:
        return self.start("--resume", session, *(ASKED if mode == "person" else ()))

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
def wholes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Event]]:
    """The session of a mode as it is when nothing kills it."""

    @cache
    def whole(mode: str) -> list[Event]:
        program = Program(tmp_path_factory.mktemp(mode) / "home")
        out, err = (run := program.begin(mode)).communicate(timeout=60)
        assert run.returncode == 0, err
        return [decode(line) for line in out.splitlines()]

    return whole


def essence(transcript: Transcript) -> list[list[object]]:
    """What two runs must share. Sealed turns are taken at once and have no order: one of the person's stays open while
    the others are asked again, and so comes to stand before them.
    """
    parts = groupby(gist(transcript), key=lambda part: isinstance(part, tuple) and part[4] is True)
    return [sorted(group, key=str) if unseen else list(group) for unseen, group in parts]


def killed_and_resumed(folder: Path, mode: str, seed: int, whole: list[Event], after: int = 0) -> None:
    """Kill it at random, or right after the line of that number, and let it go on to its end."""
    chance = random.Random(seed)
    program = Program(folder / "home")
    # What the person does midway is their doing: it is only repeated by who kills after it.
    first = max((number for number, event in enumerate(whole, 1) if isinstance(event, Directed)), default=1)
    lines = acknowledged(program.begin(mode), chance, after or chance.randrange(first, len(whole)))
    session = json.loads(lines[0])["session"]
    if chance.random() < 0.3:
        lines += acknowledged(program.resume(mode, session), chance, chance.randrange(1, 12))
    last = program.resume(mode, session)
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
    assert essence(transcript) == essence(Log(whole).transcript)


@pytest.mark.parametrize("mode", ["discussion", pytest.param("midway", marks=pytest.mark.soak)])
def test_killed_at_a_random_moment_it_ends_as_if_it_had_not_been(
    tmp_path: Path, mode: str, wholes: Callable[[str], list[Event]]
) -> None:
    killed_and_resumed(tmp_path, mode, 0, wholes(mode))


@pytest.mark.soak
def test_killed_while_it_waits_for_a_ballot_of_the_person_it_ends_as_if_they_had_let_it_pass(
    tmp_path: Path, wholes: Callable[[str], list[Event]]
) -> None:
    whole = wholes("person")
    asked = next(n for n, event in enumerate(whole, 1) if isinstance(event, TurnStarted) and event.speaker == YOU)
    ballots = sum(isinstance(event, TurnStarted) and event.stage == "final" for event in whole)
    killed_and_resumed(tmp_path, "person", 0, whole, after=asked + ballots - 1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 110))
@pytest.mark.parametrize("mode", RUNS)
def test_ten_more_kills_of_each(tmp_path: Path, mode: str, seed: int, wholes: Callable[[str], list[Event]]) -> None:
    killed_and_resumed(tmp_path, mode, seed, wholes(mode))
