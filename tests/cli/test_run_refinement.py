from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import script

from agentchat.events import Recorded, decode

DRAFT = "def town():\n\treturn 'a small town, and a good one to live in'\n"
SCRIPT = """
["*"]
draft = [
  "<<<TEXT\\ndef town():\\n\\treturn 'a small town where a family finds a house'\\nTEXT>>>",
  "A town of families, and of houses for them.",
]
critique = [
  '{"issues": [{"severity": "major", "problem": "no family"}], "scores": {"truth": 3, "style": 3}}',
  '{"issues": [], "scores": {"truth": 5, "style": 5}}',
  '{"issues": [], "scores": {"truth": 5, "style": 5}}',
]
reply = ['{"replies": [{"issue": 1, "done": "fixed"}]}']
compare = ['{"better": "same"}']
"""
ROOM = ("-p", "ada", "-p", "ben", "-p", "femi", "--set", "criteria=truth:2, style")


@pytest.fixture
def model(agentchat: Terminalless, tmp_path: Path) -> str:
    (tmp_path / "town.py").write_text(DRAFT)
    return script(tmp_path, SCRIPT)


def test_a_file_is_made_better_and_the_result_written(agentchat: Terminalless, model: str, tmp_path: Path) -> None:
    ran = agentchat("run", "--file", "town.py", *ROOM, "--model", model, "--output", "out.py")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("Make town.py better.\nRefinement with ")
    assert (tmp_path / "out.py").read_text() == "def town():\n\treturn 'a small town where a family finds a house'\n"
    assert (tmp_path / "town.py").read_text() == DRAFT


def test_a_draft_is_read_from_a_pipe(agentchat: Terminalless, model: str) -> None:
    ran = agentchat("run", "Shorter", "--file", "-", *ROOM, "--model", model, "--format", "jsonl", stdin=DRAFT.encode())
    assert ran.code == 0
    assert json.loads(ran.out.splitlines()[0])["settings"]["draft"] == DRAFT


def test_the_best_version_is_written_though_it_was_not_accepted(
    agentchat: Terminalless, model: str, tmp_path: Path
) -> None:
    command = 'grep -q castle "$AGENTCHAT_DRAFT" || { echo "no castle"; exit 7; }'
    words = ("run", "--file", "town.py", *ROOM, "--model", model, "--check", command, "--output", "out.py")
    ran = agentchat(*words, "--format", "jsonl")
    assert ran.code == 3
    ran = agentchat(*words)
    assert ran.code == 3
    assert "a family finds a house" in (tmp_path / "out.py").read_text()
    assert "no castle" in ran.out


def test_what_passes_the_check_is_accepted(agentchat: Terminalless, model: str) -> None:
    words = ("run", "--file", "town.py", *ROOM, "--model", model, "--check", "grep -q family", "--format", "jsonl")
    ran = agentchat(*words)
    assert ran.code == 0
    events = [decode(line) for line in ran.out.splitlines()]
    scored = [event.data for event in events if isinstance(event, Recorded) and event.kind == "draft_scored"]
    assert [one["acceptable"] for one in scored] == [False, True]


def test_the_command_of_a_check_is_in_no_log(agentchat: Terminalless, model: str) -> None:
    ran = agentchat(
        "run", "--file", "town.py", *ROOM, "--model", model, "--check", "grep -q family", "--format", "jsonl"
    )
    assert "grep" not in ran.out


def test_a_checked_text_goes_on_only_with_its_check(agentchat: Terminalless, model: str) -> None:
    words = ("--model", model, "--check", "false", "--set", "rounds=1")
    ran = agentchat("run", "--file", "town.py", *ROOM, *words, "--format", "jsonl")
    session = json.loads(ran.out.splitlines()[0])["session"]
    refused = agentchat("run", "--resume", session, "--rounds", "1")
    assert refused.code == 2
    assert "--check CMD" in refused.err
    again = agentchat("run", "--resume", session, "--rounds", "1", "--check", "true")
    assert again.code == 0, again.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--file", "none.md"), "--file takes a text file"),
        (("--file", "empty.md"), "empty.md is empty"),
        (("--file", "-", "-f", "-"), "stdin cannot be both"),
        (("--file", "town.py", "-p", "ada"), "an author and at least one critic; here is only Ada"),
        (("--file", "town.py", "--set", "author=zoe", *ROOM), "zoe is to take part"),
        (("--file", "town.py", "--set", "criteria=style:no", *ROOM[:4]), "style:no"),
        (("--resume", "3f", "--file", "town.py"), "--file cannot change"),
        (("What?", "-m", "discussion", "--file", "town.py", *ROOM[:4]), "no setting 'draft'"),
    ],
)
def test_what_cannot_be_refined_is_said_before_a_room_is_made(
    agentchat: Terminalless, model: str, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "empty.md").write_text(" \n")
    ran = agentchat("run", *words, "--model", model)
    assert ran.code == 2
    assert said in ran.err
    assert json.loads(agentchat("sessions", "list", "--json").out) == []


@pytest.mark.parametrize(("file", "said"), [("-", "agentchat run --file -"), ("none.md", "none.md cannot be read")])
def test_the_app_says_which_draft_it_cannot_open(agentchat: Terminalless, file: str, said: str) -> None:
    ran = agentchat("chat", "--file", file)
    assert ran.code == 2
    assert said in ran.err
