from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import script

HOME_PARTS = {"Python", "Packages", "Home", "Database", "Personas", "Model", "Keys", "Ollama", "Starter", "xllamacpp",
              "Terminal"}  # fmt: skip


@pytest.fixture(autouse=True)
def _a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path))


def findings(agentchat: Terminalless) -> dict[str, dict[str, str]]:
    return {one["what"]: one for one in json.loads(agentchat("doctor", "--json").out)}


def test_a_well_home_is_well_and_stays_as_it_is(agentchat: Terminalless) -> None:
    looked = agentchat("doctor")
    assert looked.code == 0
    assert "none yet: the first room makes it" in looked.out
    assert list(Path(os.environ["AGENTCHAT_HOME"]).iterdir()) == []
    assert set(findings(agentchat)) == HOME_PARTS


def test_keys_are_named_and_never_shown(agentchat: Terminalless, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "a-very-secret-value")
    looked = agentchat("doctor")
    assert "GROQ_API_KEY" in looked.out
    assert "a-very-secret-value" not in looked.out + looked.err


def test_a_foreign_database_is_broken_and_left_alone(agentchat: Terminalless) -> None:
    database = Path(os.environ["AGENTCHAT_HOME"]) / "sessions" / "agentchat.db"
    database.parent.mkdir()
    database.write_bytes(b"somebody else's words" * 99)
    assert agentchat("doctor").code == 1
    found = findings(agentchat)["Database"]
    assert (found["state"], "is not an agentchat database" in found["found"]) == ("broken", True)
    assert database.read_bytes() == b"somebody else's words" * 99


def test_a_bad_configuration_is_named_with_its_key(agentchat: Terminalless) -> None:
    (Path(os.environ["AGENTCHAT_HOME"]) / "config.toml").write_text('modell = "x"\n')
    assert agentchat("doctor").code == 1
    found = findings(agentchat)["config.toml"]
    assert "modell" in found["found"]
    assert "model" in found["todo"]


def test_a_missing_model_is_broken_and_says_how_to_get_one(
    agentchat: Terminalless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AGENTCHAT_MODEL")
    monkeypatch.setenv("AGENTCHAT_DATA", str(tmp_path / "none"))
    found = findings(agentchat)
    assert found["Model"]["state"] == "broken"
    assert "agentchat models pull" in found["Model"]["todo"]


def test_a_starter_that_is_another_file_is_found_out(
    agentchat: Terminalless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_DATA", str(tmp_path))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf").write_bytes(b"another")
    assert findings(agentchat)["Starter"]["found"] == "its hash is wrong"


def test_a_damaged_database_is_named_with_what_to_do_and_made_anew(agentchat: Terminalless) -> None:
    database = Path(os.environ["AGENTCHAT_HOME"]) / "sessions" / "agentchat.db"
    assert agentchat("run", "Which way?", "-p", "ada", "-p", "ben", "--rounds", "1").code == 0
    assert "not damaged" in agentchat("doctor", "--repair").out
    (one,) = json.loads(agentchat("sessions", "list", "--json").out)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            """UPDATE events SET body = CAST(replace(body, 'schools', 'skools') AS BLOB)
               WHERE id = (SELECT min(id) FROM events WHERE type = 'turn_ended')"""
        )
    spoiled = database.read_bytes()
    assert "agentchat doctor --repair" in findings(agentchat)["Database"]["todo"]
    ran = agentchat("doctor", "--repair")
    assert ran.code == 0
    assert f"{one['id'][:8]}  Which way?:" in ran.out
    assert "what was said in a turn" in ran.out
    (aside,) = [each for each in database.parent.iterdir() if ".damaged-" in each.name]
    assert aside.read_bytes() == spoiled
    assert str(aside) in ran.out
    assert findings(agentchat)["Database"]["state"] == "ok"
    shown = agentchat("sessions", "show", one["id"]).out
    assert "begin with the schools" in shown
    assert json.loads(agentchat("doctor", "--repair", "--json").out) == {"damaged": None, "sessions": []}


def test_a_database_that_does_not_open_says_what_to_do(agentchat: Terminalless) -> None:
    database = Path(os.environ["AGENTCHAT_HOME"]) / "sessions" / "agentchat.db"
    assert agentchat("run", "Which way?", "-p", "ada", "-p", "ben", "--rounds", "1").code == 0
    content = database.read_bytes()
    database.write_bytes(content[:100] + b"\xff" * 60 + content[160:])
    looked = findings(agentchat)["Database"]
    assert (looked["state"], "agentchat doctor --repair" in looked["todo"]) == ("broken", True)
    ran = agentchat("doctor", "--repair")
    assert "saved, all of it" in ran.out
    assert findings(agentchat)["Database"]["state"] == "ok"


def test_where_there_is_no_database_there_is_nothing_to_repair(agentchat: Terminalless) -> None:
    assert agentchat("doctor", "--repair").code == 2
