"""What every test stands on: a home of its own, and no key or setting of the person who runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code; `timeout` in pyproject.toml ends what hangs.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

OF_A_PERSON = ("_API_KEY", "_API_BASE", "_BASE_URL")


@pytest.fixture(autouse=True)
def _a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.endswith(OF_A_PERSON) or name.startswith("AGENTCHAT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AGENTCHAT_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[1]
