"""Two programs at one session: one drives it, the other is told; what both want is done once."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.command import Ran, ended, started
from support.rooms import script

from agentchat.events import EscalationAnswered, Event, TurnEnded, decode
from agentchat.log import Log

SCRIPT = """
pace = 40
[ada]
say = ["Hm, that depends on where it is to be.\\nASK_HUMAN: Which street?", "So be it."]
["*"]
position = ['{"stance": "agree", "why": "it is cheap"}']
"*" = ["Begin with the street between the school and the station."]
"""
TALK = ("run", "Which way?", "-p", "ada", "-p", "ben", "--rounds", "2", "--format", "jsonl")
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts programs in one home, and leaves none behind."""
    running: list[subprocess.Popen[str]] = []

    def begin(*words: str) -> subprocess.Popen[str]:
        running.append(started(*words, cwd=tmp_path, environ={"AGENTCHAT_HOME": str(tmp_path)}))
        return running[-1]

    yield begin
    for one in running:
        one.kill()
        one.communicate()


def talk(start: Start, folder: Path, *more: str) -> tuple[subprocess.Popen[str], str]:
    """A room at work in a process of its own, and its session."""
    process = start(*TALK, "--model", script(folder, SCRIPT), *more)
    assert process.stdout
    return process, json.loads(process.stdout.readline())["session"]


def until(process: subprocess.Popen[str], kind: str) -> None:
    """Read what a room says up to an event of that type."""
    assert process.stdout
    for line in process.stdout:
        if json.loads(line)["type"] == kind:
            return
    raise AssertionError(f"no {kind}")


def stored(start: Start, session: str) -> list[Event]:
    ran = ended(start("sessions", "show", session, "--format", "jsonl"))
    return [decode(line) for line in ran.out.splitlines()]


def is_whole(events: list[Event]) -> None:
    """Ended, numbered one by one, and no turn twice."""
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    ends = Counter(event.turn for event in events if isinstance(event, TurnEnded))
    assert set(ends.values()) == {1}
    assert Log(events).transcript.closed


def goes_on(start: Start, session: str) -> Ran:
    return ended(start("run", "--resume", session, "--on-escalation", "default", "--format", "jsonl"))


def test_the_second_is_refused_and_has_it_at_once_when_the_first_is_killed(start: Start, tmp_path: Path) -> None:
    first, session = talk(start, tmp_path, "--on-escalation", "default")
    until(first, "turn_started")
    first.send_signal(signal.SIGSTOP)  # it is in the middle of a turn, for as long as this takes
    refused = goes_on(start, session)
    assert (refused.code, refused.out) == (1, "")
    assert "is open in another window" in refused.err
    assert f"agentchat resume {session[:8]} follows it live" in refused.err
    first.kill()
    first.wait()
    assert goes_on(start, session).code == 0
    is_whole(stored(start, session))


@pytest.mark.soak
def test_who_was_silent_for_too_long_writes_nothing_more_and_says_so(start: Start, tmp_path: Path) -> None:
    first, session = talk(start, tmp_path, "--on-escalation", "default")
    until(first, "turn_started")
    first.send_signal(signal.SIGSTOP)
    with sqlite3.connect(tmp_path / "sessions" / "agentchat.db") as connection:
        connection.execute("UPDATE leases SET heartbeat = heartbeat - 31")  # as if so many seconds had gone by
    connection.close()
    assert goes_on(start, session).code == 0
    events = stored(start, session)
    first.send_signal(signal.SIGCONT)
    late = ended(first)
    assert late.code == 1
    assert "was taken over by another window" in late.err
    assert "Nothing more is written from here" in late.err
    assert stored(start, session) == events
    is_whole(events)


@pytest.mark.parametrize("driven", [True, False])
def test_of_two_answers_given_at_once_one_counts_and_the_other_is_told(
    start: Start, tmp_path: Path, driven: bool
) -> None:
    room, session = talk(start, tmp_path, "--on-escalation", "wait" if driven else "fail")
    if driven:
        until(room, "escalation_raised")
    else:
        assert ended(room).code == 4
    both = {words: start("inbox", "answer", session, words) for words in ("Mill Lane", "High Street")}
    ran = {words: ended(process) for words, process in both.items()}
    if driven:
        assert ended(room).code == 0
    else:
        assert goes_on(start, session).code == 0
    events = stored(start, session)
    is_whole(events)
    (counted,) = [event for event in events if isinstance(event, EscalationAnswered)]
    assert ran.pop(counted.answer).code == 0
    (other,) = ran.values()
    assert other.code != 0
    assert any(
        words in other.err
        for words in (
            "answered already",
            "took its place",
            "Nobody asks that any more",
            "Nothing waits for you",
            "not open any more",
        )
    ), other.err
