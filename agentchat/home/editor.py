"""A person's own editor, opened on one file."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

from agentchat.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

USUAL = ("sensible-editor", "nano", "vim", "vi", "notepad")
"""What is tried where nobody named one."""
ON_TERMINALS = frozenset((*USUAL[:-1], "editor", "view", "nvim", "pico", "micro", "hx", "kak", "joe", "mcedit", "ne"))
"""Those that read keys from a terminal: started without one, they hang, or leave it in disorder."""


def editor(environ: Mapping[str, str]) -> list[str]:
    """The command a person edits with. Raises UsageError where there is none."""
    said = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip()
    try:
        words = shlex.split(said)
    except ValueError:
        words = [said]
    words = words or [one for one in USUAL if shutil.which(one, path=environ.get("PATH"))][:1]
    if not words:
        raise UsageError("there is no editor here", hint="Name yours in $EDITOR, as in: export EDITOR=nano")
    return words


def needs_terminal(environ: Mapping[str, str]) -> str:
    """The editor's name where it draws on a terminal, and nobody sits at one; empty where it can be opened.

    Raises UsageError where there is no editor.
    """
    name = PurePath(editor(environ)[0]).name
    return name if name in ON_TERMINALS and not (sys.stdin.isatty() and sys.stdout.isatty()) else ""


def edit(path: Path, environ: Mapping[str, str]) -> None:
    """Let the person change the file, and wait until the editor is closed. Raises UsageError where it fails."""
    words = editor(environ)
    try:
        code = subprocess.run([*words, str(path)], check=False, env=dict(environ)).returncode  # noqa: S603
    except OSError as error:
        hint = "$VISUAL or $EDITOR names your editor, as in: export EDITOR=nano"
        raise UsageError(f"{words[0]} cannot be started: {error.strerror}", hint=hint) from None
    if code:
        raise UsageError(f"{words[0]} ended with exit code {code}", hint="What you saved before that is kept.")
