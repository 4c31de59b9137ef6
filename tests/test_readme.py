"""Every command that the README shows exists, with the options it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from support.command import Terminalless

FENCE = re.compile(r"^```(?:sh|console|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(readme: str, program: str) -> list[list[str]]:
    """The words after the program's name, of each line in a shell block that starts it."""
    lines = (line.removeprefix("$ ").strip() for block in FENCE.findall(readme) for line in block.splitlines())
    return [words[1:] for line in lines if (words := shlex.split(line, comments=True))[:1] == [program]]


def test_every_make_target_in_the_readme_exists(root: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE)
    used = {words[0] for words in commands((root / "README.md").read_text("utf-8"), "make") if words}
    assert used
    assert used - set(targets) == set()


def test_every_agentchat_command_in_the_readme_exists_with_its_options(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    agentchat = Terminalless(capsys, monkeypatch)
    for words in commands((root / "README.md").read_text("utf-8"), "agentchat"):
        path = [word for word in words[:2] if re.fullmatch(r"[a-z]+", word)]
        shown = agentchat(*path, "--help")
        assert shown.code == 0, f"agentchat {shlex.join(words)}: {shown.err}"
        for option in (word for word in words if re.fullmatch(r"--?[a-z-]+", word)):
            assert option in shown.out, f"agentchat {shlex.join(words)}: no {option}"
