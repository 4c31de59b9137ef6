"""Every command that the README shows exists, with the options it shows."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

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


def test_every_agentchat_command_in_the_readme_exists_with_its_options(root: Path) -> None:
    for words in commands((root / "README.md").read_text("utf-8"), "agentchat"):
        path = [word for word in words[:2] if re.fullmatch(r"[a-z]+", word)]
        shown = subprocess.run(
            [sys.executable, "-m", "agentchat", *path, "--help"], capture_output=True, text=True, check=False
        )
        assert shown.returncode == 0, f"agentchat {shlex.join(words)}: {shown.stderr}"
        for option in (word for word in words if re.fullmatch(r"--?[a-z-]+", word)):
            assert option in shown.stdout, f"agentchat {shlex.join(words)}: no {option}"
