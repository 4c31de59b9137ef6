from __future__ import annotations

from pathlib import Path

import pytest
from support.command import Terminalless


@pytest.fixture
def agentchat(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminalless:
    """Runs commands in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Terminalless(capsys, monkeypatch)
