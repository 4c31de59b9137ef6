"""The result of a room, in a file: whole or not there at all, and its owner's alone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.errors import AgentchatError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


def must_be_writable(path: Path) -> None:
    """Raise UsageError, before anything is asked or paid for, where the file could not be written at the end."""
    folder = path.expanduser().absolute().parent
    if not folder.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {folder}")
    if path.is_dir() or not os.access(folder, os.W_OK):
        raise UsageError(f"{path} cannot be written", hint="Name a file in a folder of yours.")


def write(path: Path, chunks: Iterable[str]) -> None:
    """Write the chunks aside, then move the file into place. Raises AgentchatError."""
    path = path.expanduser().absolute()
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        hint = "The session is kept: agentchat sessions show ID prints it."
        raise AgentchatError(f"{path} could not be written: {error.strerror}", hint=hint) from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
