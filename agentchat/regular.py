"""Opening a file that somebody else wrote: a regular file of bounded size, or none.

A link, a pipe or a device is named and left alone; nothing here can block, or leave the folder.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

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

UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""How a file of UTF-16 begins."""


class Unread(Exception):  # noqa: N818 (it says what happened)
    """Why a file is not read, as the end of a sentence that its name begins, and what to do."""

    def __init__(self, why: str, hint: str = "", *, large: bool = False) -> None:
        super().__init__(why)
        self.hint = hint
        self.large = large


def opened(path: Path, limit: int) -> BinaryIO:
    """The regular file at `path`, of at most `limit` bytes when it was opened. Raises Unread."""
    try:
        # Looked at before it is opened, since opening some devices already does something; and again once it is open,
        # since it may be another by then.
        _must_be_regular(path.lstat(), limit)
        descriptor = os.open(path, _FLAGS)
        file = os.fdopen(descriptor, "rb")
    except OSError as error:
        raise Unread(f"cannot be read: {error.strerror or error}") from None
    except ValueError:  # a null byte in the path
        raise Unread("is not the name of a file") from None
    try:
        _must_be_regular(os.fstat(descriptor), limit)
    except Unread:
        file.close()
        raise
    return file


def _must_be_regular(status: os.stat_result, limit: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "no regular file")
        raise Unread(f"is {kind}", "only regular files are read: copy it here instead")
    if status.st_size > limit:
        raise Unread("is too large", large=True)
