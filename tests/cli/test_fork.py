from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pydantic import JsonValue
from support.command import Terminalless, played, the_same
from support.rooms import script

from agentchat.events import Event, ParticipantLeft, SessionOpened, SessionReopened, TurnStarted, decode

WORDS = ("run", "Where shall we eat?", "-p", "ada", "-p", "ben", "-p", "cleo", "--rounds", "1")


@pytest.fixture
def session(agentchat: Terminalless, made_once: Path) -> str:
    """A session that has ended."""

    def run() -> None:
        assert agentchat(*WORDS, "--model", script(made_once)).code == 0

    the_same(Path(os.environ["AGENTCHAT_HOME"]), made_once / "home", run)
    (one,) = sessions(agentchat)
    return str(one["id"])


def sessions(agentchat: Terminalless) -> list[dict[str, JsonValue]]:
    rows = json.loads(agentchat("sessions", "list", "--json").out)
    assert isinstance(rows, list)
    return rows


def events(agentchat: Terminalless, session: str) -> list[Event]:
    return [decode(line) for line in agentchat("sessions", "show", session, "--format", "jsonl").out.splitlines()]


def test_a_fork_waits_and_its_id_is_all_that_goes_to_stdout(agentchat: Terminalless, session: str) -> None:
    ran = agentchat("fork", session, "--at", "turn:2", "--swap", "ada=openai/gpt-4o")
    made = ran.out.strip()
    opened = events(agentchat, made)[0]
    assert isinstance(opened, SessionOpened)
    assert opened.forked_from
    assert opened.forked_from.session == session
    assert "Ada now speaks with openai/gpt-4o" in ran.err
    # Three thoughts, asked together, are there or not.
    assert "Fork at turn 3, Ada on gpt-4o: Where shall we eat?" in ran.err
    assert f"agentchat resume {made[:8]}" in ran.err


def test_a_fork_without_one_of_them_runs_to_its_end_and_prints_only_what_is_new(
    agentchat: Terminalless, session: str
) -> None:
    ran = agentchat("fork", session[:5], "--at", "start", "--without", "Ben", "--run")
    assert ran.code == 0
    assert "Ben" not in ran.out
    assert "Ended: agreed" in ran.out
    made = next(str(one["id"]) for one in sessions(agentchat) if one["id"] != session)
    assert f"agentchat compare {session[:8]} {made[:8]}" in ran.err
    whole = events(agentchat, made)
    assert [type(one) for one in whole[2:3]] == [ParticipantLeft]
    assert {one.speaker for one in whole if isinstance(one, TurnStarted)} == {"ada", "cleo"}


def test_a_session_forked_at_its_end_goes_on_for_a_round_when_it_is_run(agentchat: Terminalless, session: str) -> None:
    ran = agentchat("fork", session, "--run", "--format", "jsonl")
    assert ran.code == 0
    news = [decode(line) for line in ran.out.splitlines()]
    assert not [one for one in news if isinstance(one, SessionOpened)]
    assert {one.round for one in news if isinstance(one, TurnStarted) and one.kind == "say"} == {2}
    made = next(str(one["id"]) for one in sessions(agentchat) if one["id"] != session)
    assert [one for one in events(agentchat, made) if isinstance(one, SessionReopened)]


def test_another_model_for_all_is_asked_and_the_result_goes_to_a_file(
    agentchat: Terminalless, session: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    model = script(other, '["*"]\n"*" = ["Soup."]\nposition = [\'{"stance": "agree", "why": "warm"}\']\n')
    ran = agentchat("fork", session, "--at", "start", "--model", model, "--run", "--output", "out.txt")
    assert ran.code == 0
    assert (tmp_path / "out.txt").read_text() == "Soup.\n"


def test_a_fork_that_stops_is_kept_and_goes_on(agentchat: Terminalless, session: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    model = script(other, '["*"]\nposition = [\'{"stance": "agree", "why": "warm"}\']\n"*" = ["ASK_HUMAN: Which?"]\n')
    ran = agentchat("fork", session, "--at", "start", "--model", model, "--run")
    assert ran.code == 4
    assert played(ran.err.splitlines()).startswith("run --resume ")
    assert "agentchat compare" not in ran.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--at", "99999"), "The nearest are #"),
        (("--at", "turn:99"), "It has "),
        (("--at", "noon"), "'noon' is no place in a session"),
        (("--at", "turn:x"), "'turn:x' is no place in a session"),
        (("--without", "bne"), "Did you mean ben?"),
        (("--with", "ada"), "Ada is in the room already"),
        (("--with", "kenij"), "kenji"),
        (("--swap", "ada"), "PERSONA=MODEL"),
        (("--swap", "ada="), "PERSONA=MODEL"),
        (("--swap", "ada=opnai/x"), "openai/x"),
        (("--set", "round=2"), "rounds"),
        (("--rounds", "2", "--set", "rounds=2"), "twice"),
        (("--output", "x.txt"), "--run holds the fork here"),
        (("--format", "md"), "--run holds the fork here"),
    ],
)
def test_what_cannot_be_forked_so_is_said_and_nothing_is_created(
    agentchat: Terminalless, session: str, words: tuple[str, ...], says: str
) -> None:
    ran = agentchat("fork", session, *words)
    assert ran.code == 2
    assert says in ran.err
    assert not ran.out
    assert len(sessions(agentchat)) == 1


def test_an_unknown_session_is_answered_with_the_nearest(agentchat: Terminalless, session: str) -> None:
    ran = agentchat("fork", "zzzz")
    assert ran.code == 2
    assert session in ran.err or "sessions list" in ran.err


def test_a_session_that_ships_or_lies_in_a_file_forks_as_well(agentchat: Terminalless, tmp_path: Path) -> None:
    other = agentchat("fork", "committee", "--at", "turn:3", "--without", "ada").out.strip()
    assert other
    (tmp_path / "session.jsonl").write_text(agentchat("sessions", "show", other, "--format", "jsonl").out, "utf-8")
    again = agentchat("fork", "session.jsonl", "--at", "start")
    assert again.code == 0
    opened = events(agentchat, again.out.strip())[0]
    assert isinstance(opened, SessionOpened)
    assert opened.forked_from
    assert opened.forked_from.session == other
    assert (
        agentchat("compare", "committee", other).out == agentchat("compare", opened_from(agentchat, other), other).out
    )


def opened_from(agentchat: Terminalless, session: str) -> str:
    opened = events(agentchat, session)[0]
    assert isinstance(opened, SessionOpened)
    assert opened.forked_from
    return opened.forked_from.session


@pytest.mark.parametrize(
    ("text", "says"),
    [("hello\n", "line 1: no session begins so"), ("", "is empty"), (None, "cannot be read")],
)
def test_a_file_that_is_no_session_is_said(
    agentchat: Terminalless, tmp_path: Path, text: str | None, says: str
) -> None:
    if text is not None:
        (tmp_path / "x.jsonl").write_text(text, "utf-8")
    ran = agentchat("fork", "x.jsonl")
    assert ran.code == 2
    assert says in ran.err
