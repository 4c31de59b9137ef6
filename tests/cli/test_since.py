"""A session gone on with without a screen, where persona files have changed since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import script

MAYA = "---\nname: Maya\ntitle: baker\n---\nYou are Maya, a baker.\n"


@pytest.fixture
def session(agentchat: Terminalless, tmp_path: Path) -> str:
    """A session of Maya's, and her file changed since."""
    folder = tmp_path / ".agentchat" / "personas"
    folder.mkdir(parents=True)
    (folder / "maya.md").write_text(MAYA, "utf-8")
    words = ("run", "Where shall we eat?", "-p", "maya", "-p", "ben", "--rounds", "1")
    assert agentchat(*words, "--model", script(tmp_path)).code == 0
    (folder / "maya.md").write_text(MAYA.replace("title: baker", "title: mayor"), "utf-8")
    (one,) = json.loads(agentchat("sessions", "list", "--json").out)
    return str(one["id"])


def test_what_has_changed_is_said_and_left_as_the_session_has_it(agentchat: Terminalless, session: str) -> None:
    ran = agentchat("run", "--resume", session, "--rounds", "1")
    assert ran.code == 0
    assert "Maya's file has changed: title “baker” is “mayor” now" in ran.err
    assert f"agentchat run --resume {session[:8]} --adopt" in ran.err
    assert "Maya, baker" in ran.out


def test_it_is_adopted_where_that_is_asked_for(agentchat: Terminalless, session: str) -> None:
    ran = agentchat("run", "--resume", session, "--rounds", "1", "--adopt")
    assert ran.code == 0
    assert "Adopted:\n  Maya's file has changed" in ran.err
    assert "Maya, mayor" in ran.out
    assert "" not in ran.err.splitlines()
    again = agentchat("run", "--resume", session, "--rounds", "1", "--adopt")
    assert "Nothing to adopt has changed since." in again.err


def test_elsewhere_it_goes_on_and_says_that_a_file_is_not_there(
    agentchat: Terminalless, session: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    ran = agentchat("run", "--resume", session, "--rounds", "1")
    assert ran.code == 0
    assert "Maya's file is not within reach of here: it goes on as it was" in ran.err


def test_a_model_without_a_key_is_said_with_what_to_do(
    agentchat: Terminalless, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    fork = agentchat("fork", session, "--at", "start", "--model", "openai/gpt-4o")
    assert fork.code == 0
    assert "openai/gpt-4o has no key here: set OPENAI_API_KEY" in fork.err
    assert "--model MODEL" in fork.err


def test_a_new_session_has_nothing_to_adopt(agentchat: Terminalless) -> None:
    ran = agentchat("run", "Where?", "--adopt")
    assert ran.code == 2
    assert "--resume ID --adopt" in ran.err
