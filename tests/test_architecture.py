"""What holds of the code as a whole: how long its files are, and what is really loaded."""

from __future__ import annotations

import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

HEAVY = {"aiosqlite", "httpx", "litellm", "openai", "pydantic", "rich", "textual", "yaml"}
PURE = (
    "persona",
    "events",
    "kinds",
    "steps",
    "transcript",
    "log",
    "directives",
    "conduct",
    "modes",
    "prompting",
    "views",
)


def loaded_by(*words: str) -> set[str]:
    """The top-level packages a Python process with these arguments loads."""
    run = subprocess.run([sys.executable, "-X", "importtime", *words], capture_output=True, text=True, check=True)
    rows = (line for line in run.stderr.splitlines() if line.startswith("import time:"))
    return {row.rpartition("|")[2].strip().partition(".")[0] for row in rows}


@pytest.mark.parametrize("folder", ["agentchat", "tests", "benchmarks"])
def test_no_file_is_over_400_lines(root: Path, folder: str) -> None:
    files = chain((root / folder).rglob("*.py"), (root / folder).rglob("*.tcss"))
    lengths = {str(file.relative_to(root)): len(file.read_text("utf-8").splitlines()) for file in files}
    assert {file: lines for file, lines in lengths.items() if lines > 400} == {}


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(word: str) -> None:
    assert loaded_by("-m", "agentchat", word) & HEAVY == set()


def test_what_is_pure_loads_no_screen_no_store_and_no_network() -> None:
    modules = ", ".join(f"agentchat.{name}" for name in PURE)
    assert loaded_by("-c", f"import {modules}") & (HEAVY - {"pydantic"}) == set()
