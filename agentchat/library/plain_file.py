"""Reading a file that somebody else wrote: regular files only, of bounded size, in UTF-8.

A link, a pipe or a device in a personas folder is named and left alone; nothing here can block or leave the folder.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from agentchat.library.flaw import Flaw, FlawError

MAX_BYTES = 256 * 1024

_FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
    _FLAGS |= getattr(os, _name, 0)  # not every platform has each

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """The file's text with `\\n` at every line's end and no byte order mark. Raises FlawError."""
    raw = read_bytes(path, limit)
    return decoded(raw, path)


def decoded(raw: bytes, path: Path) -> str:
    """The text these bytes are, with `\\n` at every line's end. Raises FlawError."""
    if raw.startswith(_UTF16):
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
        # Looked at before it is opened, since opening some devices already does something; and again once it is open,
        # since it may be another by then.
        _require_regular(path, path.lstat(), limit)
        descriptor = os.open(path, _FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            _require_regular(path, os.fstat(descriptor), limit)
            raw = file.read(limit + 1)
    except OSError as error:
        raise FlawError(Flaw(path, 0, f"cannot be read: {error.strerror or error}")) from None
    except ValueError:  # a null byte in the path
        raise FlawError(Flaw(path, 0, "is not the name of a file")) from None
    if len(raw) > limit:
        raise _too_large(path, limit)
    return raw


def _require_regular(path: Path, status: os.stat_result, limit: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "no regular file")
        raise FlawError(Flaw(path, 0, f"is {kind}", "only regular files are read: copy it here instead"))
    if status.st_size > limit:
        raise _too_large(path, limit)


def _too_large(path: Path, limit: int) -> FlawError:
    return FlawError(Flaw(path, 0, f"is larger than {limit // 1024} KB", "shorten it: no model reads that much"))
