"""A text a person names by its file."""

from __future__ import annotations

from pathlib import Path

from agentchat.errors import UsageError

MOST = 200_000
"""Characters of a draft that is read from a file."""


def text_of(name: str) -> str:
    """What stands in it. Raises UsageError, also where it is too long for a draft."""
    path = Path(name).expanduser()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise UsageError(f"{path} cannot be read: {why}", hint="It takes the path of a text file.") from error
    if len(text) > MOST:
        raise UsageError(f"{path} has {len(text):,} characters, and a draft may have {MOST:,}")
    return text
