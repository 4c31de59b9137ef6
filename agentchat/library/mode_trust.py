"""Which mode files a person trusts: the very text of each, by its SHA-256, at the very place it lies.

Kept in a small file of the home, for its owner's eyes, written aside and moved into place; beside it the texts, so that
who is asked about a file again is shown what changed. A home that was copied from somewhere brings no trust with it:
its files lie elsewhere now.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.errors import AgentchatError
from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.plain_file import read_text

if TYPE_CHECKING:
    from agentchat.library.mode_files import ModeFile

KEPT = "trusted-modes.json"
"""The file in a home."""
TEXTS = "trusted-modes"
"""The folder of the texts."""


class Trust:
    """What was trusted, as it is kept now: read anew each time, as another window may have changed it."""

    def __init__(self, home: Path) -> None:
        self.path = home / KEPT
        self.texts = home / TEXTS
        self.flaw: Flaw | None = None
        """Why nothing of it counts."""

    def of(self, path: Path) -> str:
        """The SHA-256 of the text that is trusted at this place; empty where none is."""
        return self._kept().get(_place(path), "")

    def holds(self, file: ModeFile) -> bool:
        """Whether this very text is trusted here."""
        return self.of(file.path) == file.sha256

    def text(self, path: Path) -> str:
        """The text that is trusted at this place; empty where none is, or it was not kept."""
        try:
            return read_text(self._copy(self.of(path)))
        except FlawError:
            return ""

    def add(self, file: ModeFile) -> None:
        """Trust this text, and no other, at this place. Raises AgentchatError where that cannot be kept."""
        before = self._kept()
        _put(self._copy(file.sha256), file.text.encode())
        self._keep(before, before | {_place(file.path): file.sha256})

    def drop(self, path: Path) -> bool:
        """Trust nothing at this place any more; whether something was. Raises AgentchatError."""
        before, place = self._kept(), _place(path)
        if place not in before:
            return False
        self._keep(before, {one: sha256 for one, sha256 in before.items() if one != place})
        return True

    def _kept(self) -> dict[str, str]:
        self.flaw = None
        if not os.path.lexists(self.path):
            return {}
        try:
            raw = json.loads(read_text(self.path))
        except FlawError as error:
            self.flaw = error.flaw
            return {}
        except (ValueError, RecursionError):
            raw = None
        if not isinstance(raw, dict) or not all(isinstance(one, str) for one in raw.values()):
            self.flaw = Flaw(self.path, 0, "is damaged: no mode file counts as trusted", "delete it, and trust anew")
            return {}
        return raw

    def _keep(self, before: dict[str, str], now: dict[str, str]) -> None:
        _put(self.path, json.dumps(now, indent=2, sort_keys=True).encode() + b"\n")
        for sha256 in {*before.values()} - {*now.values()}:
            with suppress(OSError):
                self._copy(sha256).unlink(missing_ok=True)

    def _copy(self, sha256: str) -> Path:
        return self.texts / f"{sha256}.txt"


def _put(path: Path, content: bytes) -> None:
    """Write a file for its owner's eyes aside, and move it into place. Raises AgentchatError."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise AgentchatError(f"{path} could not be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _place(path: Path) -> str:
    return os.path.realpath(path)
