"""What waits for a person outlives the process that asked, and is answered from any terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command import PROGRAM, Ran, Terminalless, ended, started
from support.rooms import script

from agentchat.events import EscalationAnswered, EscalationRaised, Event, HeadMoved, TurnEnded, decode
from agentchat.log import Log

SCRIPT = """
[ada]
say = ["Hm.\\nASK_HUMAN: Which street?", "So be it."]
["*"]
position = ['{"stance": "agree", "why": "it is cheap"}']
"*" = ["Begin with the street."]
"""
ROOM = ("run", "Which way?", "-p", "ada", "-p", "ben", "--rounds", "1")


@pytest.fixture
def model(tmp_path: Path) -> str:
    return script(tmp_path, SCRIPT)


@pytest.fixture
def room(agentchat: Terminalless, model: str) -> Iterator[subprocess.Popen[str]]:
    """A run in another process, that waits for an answer."""
    process = started(*ROOM, "--model", model, "--on-escalation", "wait", cwd=Path.cwd())
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def session(agentchat: Terminalless) -> str:
    (one,) = json.loads(agentchat("sessions", "list", "--json").out)
    return str(one["id"])


def events(agentchat: Terminalless) -> list[Event]:
    shown = agentchat("sessions", "show", session(agentchat), "--format", "jsonl")
    return [decode(line) for line in shown.out.splitlines()]


def answers(agentchat: Terminalless) -> list[tuple[str, str]]:
    return [(one.answer, one.by) for one in events(agentchat) if isinstance(one, EscalationAnswered)]


def waiting(process: subprocess.Popen[str]) -> str:
    """What a run says on stderr until it tells how to answer."""
    said = ""
    assert process.stderr
    while "inbox answer" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    return said


def test_a_run_without_a_terminal_ends_with_4_and_says_how_to_answer_and_the_answer_lets_it_end(
    agentchat: Terminalless, model: str
) -> None:
    ran = agentchat(*ROOM, "--model", model)
    assert ran.code == 4
    place = f"{session(agentchat)[:8]}:9"
    assert f"agentchat: Which street?\n  Answer with: agentchat inbox answer {place}" in ran.err
    assert agentchat("run", "--resume", session(agentchat)).code == 4
    listed = agentchat("inbox", "list").out.splitlines()
    assert re.sub(r"\s+", " ", listed[1]).startswith(f"{place} now Ada Which street?")
    (one,) = json.loads(agentchat("inbox", "list", "--json").out)
    assert (one["by"], one["name"], one["seq"], one["kind"]) == ("ada", "Ada", 9, "escalation")
    answered = agentchat("inbox", "answer", place, "Mill Lane", "--by", "Zoe")
    assert (answered.code, answered.err[:9]) == (0, "Answered.")
    assert "Nothing waits for you." in agentchat("inbox", "list").err
    went_on = agentchat("run", "--resume", session(agentchat))
    assert went_on.code == 0
    assert answers(agentchat) == [("Mill Lane", "Zoe")]


def test_the_default_is_taken_where_the_policy_says_so_at_once_or_in_time(agentchat: Terminalless, model: str) -> None:
    for policy in (("--on-escalation", "default"), ("--escalation-timeout", "0.1")):
        assert agentchat(*ROOM, "--model", model, *policy).code == 0
    for one in json.loads(agentchat("sessions", "list", "--json").out):
        shown = agentchat("sessions", "show", one["id"]).out
        assert "Nobody can say now: go on with the assumption" in shown


def test_a_policy_that_waits_for_nobody_takes_no_time(agentchat: Terminalless, model: str) -> None:
    refused = agentchat(*ROOM, "--model", model, "--on-escalation", "fail", "--escalation-timeout", "3")
    assert refused.code == 2
    assert agentchat(*ROOM, "--on-escalation", "never").code == 2


def test_what_is_not_asked_or_is_not_said_exits_with_2(agentchat: Terminalless, model: str) -> None:
    assert "Nothing waits for you." in agentchat("inbox", "answer", "3f9a", "yes").err
    agentchat(*ROOM, "--model", model)
    for words in (("9999", "yes"), (f"{session(agentchat)[:8]}:1", "yes"), (session(agentchat)[:4],)):
        refused = agentchat("inbox", "answer", *words)
        assert refused.code == 2
        assert "Which street?" in refused.err


def test_nobody_answers_in_the_name_of_a_persona_or_of_the_policy(agentchat: Terminalless, model: str) -> None:
    agentchat(*ROOM, "--model", model)
    for name in ("Ada", "ben", "deadline", "policy"):
        refused = agentchat("inbox", "answer", session(agentchat), "Mill Lane", "--by", name)
        assert (refused.code, "is no person who could answer" in refused.err) == (2, True)
    assert answers(agentchat) == []


def test_a_ballot_is_cast_from_any_terminal_and_abstains_where_the_policy_says_so(
    agentchat: Terminalless, tmp_path: Path
) -> None:
    voters = script(tmp_path, """["*"]\npick = ['{"vote": "A"}']\n"*" = ["So it is."]\n""")
    options = ("-m", "committee", "--option", "Bus", "--option", "Tram", "--set", "you=vote", "--set", "rounds=0")
    assert agentchat("run", "Which way?", "-p", "ada", "-p", "ben", "--model", voters, *options).code == 4
    assert "[A " in agentchat("inbox", "list").out
    refused = agentchat("inbox", "answer", session(agentchat), "Cable")
    assert (refused.code, "Bus" in refused.err, "Tram" in refused.err) == (2, True, True)
    assert agentchat("inbox", "answer", session(agentchat), "tram").code == 0
    assert agentchat("run", "--resume", session(agentchat)).code in (0, 3)
    mine = [one for one in events(agentchat) if isinstance(one, TurnEnded) and one.speaker == "you"]
    assert [(one.outcome, (one.data or {}).get("vote")) for one in mine] == [("structured", "Tram")]
    again = agentchat("run", "Which way?", "-p", "ada", "--model", voters, *options, "--on-escalation", "default")
    assert "abstained" in again.out


def test_a_room_in_another_process_takes_an_answer_within_a_second(
    agentchat: Terminalless, room: subprocess.Popen[str]
) -> None:
    assert "Ada asks you: Which street?" in waiting(room)
    begun = time.monotonic()
    answered = agentchat("inbox", "answer", session(agentchat), "Mill Lane")
    assert time.monotonic() - begun < 3, "the command itself, too"
    assert "open in another window, goes on" in answered.err
    assert ended(room).code == 0
    assert answers(agentchat) == [("Mill Lane", "you")]


def test_killed_while_it_waits_it_is_answered_and_goes_on_as_if_it_had_not_been(
    agentchat: Terminalless, room: subprocess.Popen[str]
) -> None:
    waiting(room)
    room.kill()
    ended(room)
    assert agentchat("inbox", "answer", session(agentchat), "Mill Lane").code == 0
    assert agentchat("run", "--resume", session(agentchat)).code == 0
    log = Log(events(agentchat))
    assert answers(agentchat) == [("Mill Lane", "you")]
    assert sum(isinstance(one, EscalationRaised) for one in log.events) == 1
    assert not log.transcript.open


def test_ctrl_c_while_it_waits_keeps_the_question(agentchat: Terminalless, room: subprocess.Popen[str]) -> None:
    waiting(room)
    room.send_signal(signal.SIGINT)
    assert ended(room).code == 130
    assert "Which street?" in agentchat("inbox", "list").out


def on_a_terminal(*words: str, typed: str) -> Ran:
    """A command whose stdin and stderr are a terminal, at which somebody types once it asks."""
    mine, its = pty.openpty()
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen([*PROGRAM, *words], stdin=its, stdout=subprocess.PIPE, stderr=its, env=environ)
    os.close(its)
    said, answered = "", False
    while select.select([mine], [], [], 20)[0]:
        try:
            said += os.read(mine, 4096).decode()
        except OSError:  # Linux says so at the end
            break
        if not answered and "Type your answer" in said:
            answered = True
            os.write(mine, typed.encode())
    os.close(mine)
    out, _ = process.communicate(timeout=20)
    return Ran(process.returncode, out.decode(), said)


def test_on_a_terminal_it_asks_right_there(agentchat: Terminalless, model: str) -> None:
    ran = on_a_terminal(*ROOM, "--model", model, typed="  Mill Lane\n")
    assert ran.code == 0, ran.err
    assert answers(agentchat) == [("Mill Lane", "you")]


def test_on_a_terminal_the_inbox_shows_the_question_and_asks(agentchat: Terminalless, model: str) -> None:
    agentchat(*ROOM, "--model", model)
    ran = on_a_terminal("inbox", "answer", session(agentchat), typed="Mill Lane\n")
    assert (ran.code, "Which street?" in ran.err) == (0, True)
    assert answers(agentchat) == [("Mill Lane", "you")]


def test_an_answer_off_the_path_does_not_count(agentchat: Terminalless, model: str) -> None:
    agentchat(*ROOM, "--model", model)
    agentchat("inbox", "answer", session(agentchat), "Mill Lane")
    log = Log(events(agentchat))
    raised = next(one for one in log.events if isinstance(one, EscalationRaised))
    assert not log.transcript.escalations
    moved = HeadMoved(seq=log.next_seq, parent=log.head, to=raised.seq, at=log.events[-1].at)
    log.append(moved)
    assert [one.seq for one in log.transcript.escalations] == [raised.seq]
