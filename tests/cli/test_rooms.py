from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import SCRIPT

from agentchat.cli import given

TRIAGE = "---\nname: Triage\nfocus: who can help.\n---\nYou sort.\n"
ROOM = """
topic = "I was billed twice"
mode = "discussion"
personas = ["team/triage.md", "ada"]
material = ["notes.md"]
model = "scripted/script.toml"
[settings]
rounds = 1
synthesis = false
[escalation]
policy = "default"
"""


@pytest.fixture
def room(agentchat: Terminalless, tmp_path: Path) -> Path:
    (tmp_path / "desk" / "team").mkdir(parents=True)
    for name, text in {
        "team/triage.md": TRIAGE,
        "notes.md": "Notes.",
        "script.toml": SCRIPT,
        "room.toml": ROOM,
    }.items():
        (tmp_path / "desk" / name).write_text(text, "utf-8")
    return tmp_path / "desk" / "room.toml"


def opened(agentchat: Terminalless) -> dict[str, object]:
    """How the newest session began."""
    rows = json.loads(agentchat("sessions", "list", "--json").out)
    line = agentchat("sessions", "show", rows[0]["id"], "--format", "jsonl").out.splitlines()[0]
    first = json.loads(line)
    assert isinstance(first, dict)
    return first


def test_a_room_file_is_a_whole_room(agentchat: Terminalless, room: Path) -> None:
    ran = agentchat("run", "desk/room.toml")
    assert ran.code == 0
    assert ran.out.startswith("I was billed twice\nDiscussion with Triage, Ada\n")
    assert "Room: room (desk/room.toml, the room file you named)" in ran.err
    assert "(from room.toml)" in ran.err
    first = opened(agentchat)
    assert first["material"] == [{"name": "notes.md", "text": "Notes."}]
    assert first["escalation"] == {"policy": "default"}
    assert first["models"] == dict.fromkeys(("triage", "ada"), f"scripted/{room.parent / 'script.toml'}")
    assert isinstance(first["settings"], dict)
    assert (first["settings"]["rounds"], first["settings"]["synthesis"]) == (1, False)


def test_what_is_said_outranks_it(agentchat: Terminalless, room: Path, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(SCRIPT, "utf-8")
    ran = agentchat(
        "run", "desk/room.toml", "Another topic", "-p", "ben", "-p", "ada", "--rounds", "2", "--set", "order=free",
        "--model", "scripted/other.toml",
    )  # fmt: skip
    assert ran.code == 0
    first = opened(agentchat)
    assert first["topic"] == "Another topic"
    assert first["models"] == dict.fromkeys(("ben", "ada"), f"scripted/{tmp_path / 'other.toml'}")
    assert isinstance(first["settings"], dict)
    assert [first["settings"][name] for name in ("rounds", "order", "synthesis")] == [2, "free", False]


def test_settings_of_the_file_are_for_its_own_mode(agentchat: Terminalless, room: Path) -> None:
    ran = agentchat("run", "desk/room.toml", "-m", "brainstorm")
    assert "its settings are for discussion and stay behind: you took brainstorm" in ran.err
    assert opened(agentchat)["mode"] == "brainstorm"


def test_a_line_up_brings_its_mode(agentchat: Terminalless, room: Path) -> None:
    ran = agentchat("run", "A mug", "-p", "product-brainstorm", "--model", f"scripted/{room.parent}/script.toml")
    assert "the line-up that -p product-brainstorm names" in ran.err
    assert opened(agentchat)["mode"] == "brainstorm"


@pytest.mark.parametrize(
    ("words", "says", "hint"),
    [
        (("run", "none.toml"), "there is no room file none.toml", "more words than one"),
        (("chat", "./none.toml"), "there is no room file ./none.toml", "more words than one"),
        (("run", "desk/room.toml", "--set", "round=2"), "discussion has no setting 'round'", "rounds"),
        (("run", "Two", "topics"), "one topic, please", "quotes"),
        (("run", "desk/room.toml", "--resume", "3f9a"), "the room file cannot change in a session", ""),
        (("run", "desk/team/triage.toml"), "there is no room file", ""),
        (("run", "/dev/null"), "/dev/null is a file, and no room file", "more words than one"),
        (("chat", "desk"), "desk is a folder, and no room file", "agentchat chat room.toml"),
        (("run", "desk/notes.md", "Which?"), "desk/notes.md is a file, and no room file", "run TOPIC -f"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_created(
    agentchat: Terminalless, room: Path, words: tuple[str, ...], says: str, hint: str
) -> None:
    ran = agentchat(*words)
    assert ran.code == 2
    assert says in ran.err
    assert hint in ran.err
    assert json.loads(agentchat("sessions", "list", "--json").out) == []


def test_a_room_with_a_fault_is_refused_and_nothing_is_created(agentchat: Terminalless, room: Path) -> None:
    room.write_text(ROOM.replace("rounds = 1", "roundz = 1"), "utf-8")
    ran = agentchat("run", "desk/room.toml")
    assert ran.code == 2
    assert "room.toml:8: settings: discussion has no setting 'roundz'" in ran.err
    assert json.loads(agentchat("sessions", "list", "--json").out) == []
    assert agentchat("personas", "check", "desk/room.toml").code == 2


def test_a_topic_may_end_in_toml(agentchat: Terminalless, room: Path) -> None:
    ran = agentchat(
        "run", "What is missing in Cargo.toml", "-p", "ada", "--model", f"scripted/{room.parent}/script.toml"
    )
    assert ran.code == 0
    assert opened(agentchat)["topic"] == "What is missing in Cargo.toml"


def test_a_room_without_a_topic_takes_it_from_a_pipe(agentchat: Terminalless, room: Path) -> None:
    room.write_text(ROOM.replace('topic = "I was billed twice"', ""), "utf-8")
    assert agentchat("run", "desk/room.toml", stdin=b"The invoice is wrong\n").code == 0
    assert opened(agentchat)["topic"] == "The invoice is wrong"


@pytest.mark.parametrize(
    ("policy", "code", "says"),
    [("default", 0, "Ended: discussed"), ("fail", 4, "The room has spent what it may"), (None, 4, "inbox answer")],
)
def test_a_room_whose_budget_is_spent_does_as_its_policy_says(
    agentchat: Terminalless, room: Path, policy: str | None, code: int, says: str
) -> None:
    budget = "\n[budget]\ntokens = 1\n"
    room.write_text(ROOM.replace('[escalation]\npolicy = "default"\n', "").replace("synthesis = false", "") + budget)
    ran = agentchat("run", "desk/room.toml", *(("--on-escalation", policy) if policy else ()))
    assert ran.code == code
    assert says in ran.err
    assert opened(agentchat)["budget"] == {"tokens": 1}


def test_a_budget_is_set_here_and_changed_when_it_goes_on(agentchat: Terminalless, room: Path) -> None:
    words = ("run", "desk/room.toml", "--set", "budget.tokens=1", "--on-escalation", "fail")
    assert agentchat(*words).code == 4
    session = str(json.loads(agentchat("sessions", "list", "--json").out)[0]["id"])
    assert agentchat("run", "--resume", session, "--set", "budget.tokens=no").code == 0
    assert "It may spend what it takes" in agentchat("sessions", "show", session).out
    assert agentchat("run", "desk/room.toml", "--set", "budget.money=1").code == 2


@pytest.mark.parametrize("topic", ["and/or", "~nobody/x", "/etc or /usr?", "w" * 5000, "/no/such/file"])
def test_a_topic_that_merely_looks_like_a_path_is_one(topic: str) -> None:
    assert given.room(topic, "") == ("", topic)
