"""What every test stands on: a home of its own, and no key or setting of the person who runs it."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code; `timeout` in pyproject.toml ends what hangs.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

OF_A_PERSON = ("_API_KEY", "_API_BASE", "_BASE_URL")


def pytest_collection_finish() -> None:
    """All that was imported and collected stays to the end: no garbage collection need look through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders, numbered without a look at those there are, which takes longer the more tests have been."""
    street = tmp_path_factory.mktemp("homes")
    return (street / str(number) for number in count())


@pytest.fixture(autouse=True)
def _a_home_of_its_own(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.endswith(OF_A_PERSON) or name.startswith("AGENTCHAT_"):
            monkeypatch.delenv(name)
    home = next(_homes)
    home.mkdir()
    monkeypatch.setenv("AGENTCHAT_HOME", str(home))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[1]
