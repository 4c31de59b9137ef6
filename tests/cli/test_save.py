from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import script


@pytest.fixture
def session(agentchat: Terminalless, tmp_path: Path) -> str:
    (tmp_path / "notes.md").write_text("We have one server. The key is sk-proj-a1B2c3D4e5F6g7H8i9J0k1L2m3N4")
    ran = agentchat(
        "run", "Which database?", "-p", "ada", "-p", "ben", "--rounds", "1", "-f", "notes.md",
        "--model", script(tmp_path),
    )  # fmt: skip
    assert ran.code == 0, ran.err
    (tmp_path / "notes.md").unlink()
    return ran.err.rpartition("agentchat sessions show ")[2].split()[0]


def test_the_room_of_a_kept_session_is_a_file_that_runs(agentchat: Terminalless, session: str) -> None:
    ran = agentchat("sessions", "export", session, "--output", "room.toml")
    assert (ran.code, ran.out) == (0, "room.toml\n"), ran.err
    assert "Beside it: notes.md" in ran.err
    assert "masked" in ran.err
    assert "sk-proj-a1B2" not in Path("notes.md").read_text()
    assert "[settings]\nrounds = 1\n" in Path("room.toml").read_text()
    assert 'model = "scripted/script.toml"' in Path("room.toml").read_text()
    assert agentchat("personas", "check", "room.toml").code == 0
    again = agentchat("run", "room.toml", "--format", "jsonl")
    assert again.code == 0, again.err
    assert json.loads(again.out.splitlines()[0])["topic"] == "Which database?"


def test_it_is_never_written_over_another_and_named_by_itself(agentchat: Terminalless, session: str) -> None:
    ran = agentchat("sessions", "export", session, "--format", "room")
    assert ran.out == f"which-database-{session}.toml\n"
    refused = agentchat("sessions", "export", session, "--format", "room")
    assert refused.code == 2
    assert "is there already" in refused.err
    assert agentchat("sessions", "export", session, "--format", "room", "--force").code == 0
    printed = agentchat("sessions", "export", session, "--format", "room", "--output", "-")
    assert 'topic = "Which database?"' in printed.out
    assert "which are not written here: notes.md" in printed.err


def test_a_session_that_ships_gives_its_room_too(agentchat: Terminalless) -> None:
    ran = agentchat("sessions", "export", "committee", "--output", "room.toml")
    assert ran.code == 0, ran.err
    assert 'mode = "committee"' in Path("room.toml").read_text()
