from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import script

from agentchat.models.download import starter_path

NO_OLLAMA = "127.0.0.1:9"


@pytest.fixture(autouse=True)
def _no_model_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", NO_OLLAMA)


def test_what_would_be_asked_and_why_is_said(agentchat: Terminalless, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISTRAL_API_KEY", "a-very-secret-value")
    listed = agentchat("models", "list")
    assert "MISTRAL_API_KEY is set" in listed.err
    found = json.loads(agentchat("models", "list", "--json").out)
    assert found["chosen"]["model"].startswith("mistral/")
    assert [one["source"] for one in found["models"] if one["ready"] and "KEY" in one["source"]] == ["MISTRAL_API_KEY"]
    assert "a-very-secret-value" not in listed.out + listed.err + json.dumps(found)


def test_a_model_that_answers_is_measured(agentchat: Terminalless, tmp_path: Path) -> None:
    model = script(tmp_path, 'pace = 200\n["*"]\n"*" = ["Hello there, all of you."]\n')
    asked = agentchat("models", "check", model)
    assert asked.code == 0
    assert "Hello there, all of you." in asked.out
    facts = json.loads(agentchat("models", "check", model, "--json").out)
    assert facts["tokens"] == 5
    assert 0 < facts["seconds_to_first_text"] < facts["seconds"]
    assert facts["tokens_per_second"] > 0


def test_a_model_that_does_not_answer_is_an_error_in_words(agentchat: Terminalless, tmp_path: Path) -> None:
    asked = agentchat("models", "check", script(tmp_path, '["*"]\n"*" = ["!fail quota"]\n'))
    assert asked.code == 1
    assert asked.out == ""
    assert "the script says: quota" in asked.err


def test_pulling_what_is_there_does_nothing_and_says_nothing(
    agentchat: Terminalless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_DATA", str(tmp_path))
    path = starter_path({"AGENTCHAT_DATA": str(tmp_path)})
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a model")
    pulled = agentchat("models", "pull")
    assert (pulled.code, pulled.out, pulled.err) == (0, "", "")
    assert path.read_bytes() == b"a model"


def test_pulling_from_nowhere_is_an_error_in_words(
    agentchat: Terminalless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_DATA", str(tmp_path))
    monkeypatch.setenv("PIP_INDEX_URL", f"http://{NO_OLLAMA}/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    pulled = agentchat("models", "pull")
    assert pulled.code == 1
    assert "could not be downloaded" in pulled.err
    assert "Traceback" not in pulled.err
