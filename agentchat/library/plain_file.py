"""Reading a file that somebody else wrote: regular files only, of bounded size, in UTF-8.

A link, a pipe or a device in a personas folder is named and left alone; nothing here can block or leave the folder.
"""

from __future__ import annotations

from pathlib import Path

from agentchat.library.flaw import Flaw, FlawError
from agentchat.regular import UTF16, Unread, opened

MAX_BYTES = 256 * 1024


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """The file's text with `\\n` at every line's end and no byte order mark. Raises FlawError."""
    raw = read_bytes(path, limit)
    return decoded(raw, path)


def decoded(raw: bytes, path: Path) -> str:
    """The text these bytes are, with `\\n` at every line's end. Raises FlawError."""
    if raw.startswith(UTF16):
        raise FlawError(Flaw(path, 1, "is written in UTF-16", "save it as UTF-8"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FlawError(Flaw(path, line, f"byte {raw[error.start]:#04x} is not UTF-8", "save it as UTF-8")) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path, limit: int) -> bytes:
    """What the regular file at `path` holds, at most `limit` bytes. Raises FlawError."""
    try:
        with opened(path, limit) as file:
            raw = file.read(limit + 1)
    except Unread as error:
        raise _too_large(path, limit) if error.large else FlawError(Flaw(path, 0, str(error), error.hint)) from None
    except OSError as error:
        raise FlawError(Flaw(path, 0, f"cannot be read: {error.strerror or error}")) from None
    if len(raw) > limit:
        raise _too_large(path, limit)
    return raw


def _too_large(path: Path, limit: int) -> FlawError:
    return FlawError(Flaw(path, 0, f"is larger than {limit // 1024} KB", "shorten it: no model reads that much"))
