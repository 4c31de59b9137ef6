from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from pydantic import JsonValue
from support.command import Ran, Terminalless, played
from support.rooms import script

from agentchat.events import SessionClosed, SessionReopened, decode, encode

WORDS = ("run", "Where shall we eat?", "-p", "ada", "-p", "ben", "--rounds", "1")


@pytest.fixture
def model(agentchat: Terminalless, tmp_path: Path) -> str:
    return script(tmp_path)


def sessions(agentchat: Terminalless) -> list[dict[str, JsonValue]]:
    rows = json.loads(agentchat("sessions", "list", "--json").out)
    assert isinstance(rows, list)
    return rows


def test_a_room_runs_to_its_end_and_prints_whole_turns(agentchat: Terminalless, model: str) -> None:
    ran = agentchat(*WORDS, "--model", model)
    assert ran.code == 0
    assert ran.out.startswith("Where shall we eat?\nDiscussion with Ada, Ben\n")
    assert "\nAda, economist\n  I think we should begin with the schools.\n" in ran.out
    assert "Ended: agreed" in ran.out


def test_which_model_and_why_goes_to_stderr_and_scripted_replies_are_labelled(
    agentchat: Terminalless, model: str
) -> None:
    ran = agentchat(*WORDS, "--model", model)
    assert f"Model: {model} (from --model)" in ran.err
    assert "no model is asked" in ran.err


def test_the_result_goes_to_a_file_of_its_owner_alone(agentchat: Terminalless, model: str, tmp_path: Path) -> None:
    ran = agentchat(*WORDS, "--model", model, "--output", "out.txt")
    assert (tmp_path / "out.txt").read_text() == "I think we should begin with the schools.\n"
    assert stat.S_IMODE((tmp_path / "out.txt").stat().st_mode) == 0o600
    assert "Ada, economist" in ran.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.txt", "script.toml"]


def test_a_whole_session_goes_to_a_file_and_the_discussion_to_stdout(
    agentchat: Terminalless, model: str, tmp_path: Path
) -> None:
    ran = agentchat(*WORDS, "--model", model, "--format", "md", "--output", "out.md")
    assert (tmp_path / "out.md").read_text().startswith("# Where shall we eat?\n")
    assert ran.out.startswith("Where shall we eat?\n")


def test_without_a_synthesis_the_result_is_the_discussion(agentchat: Terminalless, model: str, tmp_path: Path) -> None:
    agentchat(*WORDS, "--model", model, "--set", "synthesis=no", "--output", "out.txt")
    assert (tmp_path / "out.txt").read_text().startswith("Where shall we eat?\n")


def test_raw_lines_are_the_events_as_they_are_stored(agentchat: Terminalless, model: str) -> None:
    ran = agentchat(*WORDS, "--model", model, "--format", "jsonl")
    lines = ran.out.splitlines()
    assert [encode(decode(line)).decode() for line in lines] == lines
    assert isinstance(decode(lines[-1]), SessionClosed)
    shown = agentchat("sessions", "show", json.loads(lines[0])["session"][:7], "--format", "jsonl")
    assert shown.out == ran.out


@pytest.mark.parametrize("words", [("run", "-"), ("run",)])
def test_a_topic_is_read_from_a_pipe(agentchat: Terminalless, model: str, words: tuple[str, ...]) -> None:
    ran = agentchat(*words, "-p", "ada", "--model", model, stdin=b"What is for lunch?\n")
    assert ran.code == 0
    assert ran.out.startswith("What is for lunch?\n")


def test_material_is_read_from_a_file_and_from_a_pipe(agentchat: Terminalless, model: str, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("\ufeffWe like soup.")
    ran = agentchat(*WORDS, "--model", model, "-f", "notes.md", "-f", "-", "--format", "jsonl", stdin=b"And bread.")
    material = json.loads(ran.out.splitlines()[0])["material"]
    assert material == [{"name": "notes.md", "text": "We like soup."}, {"name": "stdin", "text": "And bread."}]


def test_seed_and_settings_are_kept(agentchat: Terminalless, model: str) -> None:
    ran = agentchat(*WORDS, "--model", model, "--seed", "7", "--set", "order=round-robin", "--set", "words=50",
                    "--set", "timeouts.total=9", "--format", "jsonl")  # fmt: skip
    opened = json.loads(ran.out.splitlines()[0])
    assert opened["seed"] == 7
    assert (opened["settings"]["order"], opened["settings"]["words"]) == ("round-robin", 50)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run",), "a room needs a topic"),
        (("run", "-", "-f", "-"), "stdin cannot be both"),
        (("run", "x", "-p", "nobdy"), "no persona is called 'nobdy'"),
        (("run", "x", "-m", "discusion"), "Did you mean discussion"),
        (("run", "x", "--set", "ruonds=2"), "Did you mean"),
        (("run", "x", "--set", "timeouts.first=2"), "first_token"),
        (("run", "x", "--rounds", "99"), "rounds"),
        (("run", "x", "--rounds", "1", "--set", "rounds=2"), "the same thing twice"),
        (("run", "x", "-f", "missing.md"), "missing.md cannot be read"),
        (("run", "x", "-f", "/dev/zero"), "too long"),
        (("run", "x", "-f", "/bin/ls"), "no UTF-8 text"),
        (("run", "x", "--output", "no/such/folder/x"), "cannot be written"),
        (("run", "x", "--output", "."), "cannot be written"),
        (("run", "--resume", ""), "which session?"),
        (("run", "--resume", "abc", "-p", "ada"), "cannot change in a session that goes on"),
        (("run", "--resume", "abc"), "No session begins with 'abc'"),
        (("run", "x", "--model", "scripted/missing.toml"), "missing.toml"),
        (("run", "x", "--model", "local/missing.gguf"), "missing.gguf"),
    ],
)
def test_what_cannot_be_done_is_said_at_once_and_nothing_is_created(
    agentchat: Terminalless, model: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", model)
    ran = agentchat(*words)
    assert ran.code == 2, ran.err
    assert told in ran.err
    assert ran.out == ""
    assert sessions(agentchat) == []


def test_without_any_model_it_says_how_to_get_one(
    agentchat: Terminalless, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AGENTCHAT_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    ran = agentchat(*WORDS)
    assert ran.code == 1
    assert "`agentchat models pull`" in ran.err
    assert sessions(agentchat) == []


def refused(agentchat: Terminalless, tmp_path: Path) -> Ran:
    (tmp_path / "out").mkdir()
    return agentchat(*WORDS, "--model", script(tmp_path / "out", '["*"]\n"*" = ["!fail auth"]\n'))


def test_an_outage_says_why_and_how_to_go_on_and_uses_no_turn_up(agentchat: Terminalless, tmp_path: Path) -> None:
    ran = refused(agentchat, tmp_path)
    assert ran.code == 1
    assert "the script says: auth" in ran.err
    assert [row["turns"] for row in sessions(agentchat)] == [0]
    again = agentchat(*played(ran.err.splitlines()).split(), "--model", script(tmp_path))
    assert again.code == 0
    assert "Ended: agreed" in again.out


def test_a_room_in_which_nobody_can_speak_has_failed(agentchat: Terminalless, tmp_path: Path) -> None:
    ran = agentchat(*WORDS, "--model", script(tmp_path, '["*"]\n"*" = ["!fail bad_request"]\n'))
    assert ran.code == 1
    assert "Ended: failed" in ran.err


def test_an_address_alone_does_not_say_which_model(agentchat: Terminalless, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    ran = agentchat(*WORDS, "--api-base", "http://127.0.0.1:9/v1")
    assert ran.code == 2
    assert "which model is to be asked at http://127.0.0.1:9/v1?" in ran.err


def test_a_session_that_has_ended_says_so_and_goes_on_only_if_asked_to(agentchat: Terminalless, model: str) -> None:
    agentchat(*WORDS, "--model", model)
    session = str(sessions(agentchat)[0]["id"])
    idle = agentchat("run", "--resume", session[:6])
    assert (idle.code, idle.out) == (0, "")
    assert "Ended: agreed" in idle.err
    more = agentchat("run", "--resume", session[:6], "--rounds", "1", "And if it rains?", "--format", "jsonl")
    assert more.code == 0
    first = decode(more.out.splitlines()[0])
    assert isinstance(first, SessionReopened)
    assert (first.rounds, first.question) == (1, "And if it rains?")


def test_bytes_that_are_no_text_do_no_harm(agentchat: Terminalless, model: str) -> None:
    ran = agentchat("run", os.fsdecode(b"caf\xe9?"), "-p", "ada", "--model", model)
    assert ran.code == 0
    assert ran.out.startswith("caf\ufffd?\n")


def test_a_room_that_named_nobody_says_who_takes_part_and_how_all_of_a_line_up_does(
    agentchat: Terminalless, tmp_path: Path
) -> None:
    room = ("run", "How to get more customers for a bakery", "--rounds", "1", "--model", script(tmp_path))
    guessed = agentchat(*room)
    assert "You named nobody, so it is Hana, Ben, Femi and Ada: Product brainstorm, since the topic says" in guessed.err
    assert "-p product-brainstorm takes all of that room, its mode (Brainstorm) and its settings too" in guessed.err
    assert "Discussion with Hana" in guessed.out
    assert "You named nobody" not in agentchat(*room, "-p", "ada", "-p", "ben").err
