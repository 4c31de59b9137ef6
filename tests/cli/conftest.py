from __future__ import annotations

from pathlib import Path

import pytest
from support.command import Terminalless


@pytest.fixture
def agentchat(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminalless:
    """Runs commands in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Terminalless(capsys, monkeypatch)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a module's script is, and the home as its first test has made it: each begins with a copy of that."""
    return tmp_path_factory.mktemp("made")
