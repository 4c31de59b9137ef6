"""The lines of a file that may be anything: regular files only, never more than so much of one in memory.

A link, a pipe or a device is named and left alone; nothing here can block.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.views.clean import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, Self

LARGEST = 256 * 1024 * 1024
LONGEST = 16 * 1024 * 1024
"""Bytes of a file, and of one line: the longest reply there is has half of that."""

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
_BOM = b"\xef\xbb\xbf"


class Lines:
    """The lines of one file with their numbers, those that are empty left out. Closed with `with`."""

    def __init__(self, path: Path) -> None:
        """Raises UsageError where it is no file to read."""
        self.path = path
        self._held: tuple[int, bytes] | None = None
        self._number = 0
        self.file = _opened(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def first(self) -> tuple[int, bytes]:
        """The first line, which is given out again; an empty one where there is none. Raises UsageError."""
        self._held = next(self, (self._number, b""))
        return self._held

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        return self

    def __next__(self) -> tuple[int, bytes]:
        if self._held is not None:
            held, self._held = self._held, None
            if held[1]:
                return held
        while True:
            line = self._line()
            if not line:
                raise StopIteration
            if line := line.strip():
                return self._number, line

    def rest(self, most: int) -> bytes:
        """The whole file, from its beginning. Raises UsageError where it has more bytes than that."""
        self.file.seek(0)
        whole = self.file.read(most + 1)
        if len(whole) > most:
            raise UsageError(f"{named(self.path)} is larger than {size(most)}", hint="Take a part of it.")
        return whole.removeprefix(_BOM)

    def _line(self) -> bytes:
        line = self.file.readline(LONGEST + 1)
        self._number += bool(line)
        if self._number == 1:
            if line.startswith(_UTF16):
                raise UsageError(f"{named(self.path)} is written in UTF-16", hint="Save it as UTF-8.")
            line = line.removeprefix(_BOM)
        if len(line) > LONGEST:
            raise UsageError(f"{named(self.path)}, line {self._number}: is longer than {size(LONGEST)}")
        return line


def named(path: Path) -> str:
    """The file as it is called in a message."""
    return clean_line(str(path), 400)


def size(count: int) -> str:
    """Bytes, in words."""
    return f"{count // (1024 * 1024)} MB"


def _opened(path: Path) -> BinaryIO:
    path = path.expanduser()
    try:
        # Looked at before it is opened, since opening some devices already does something; and again once it is open,
        # since it may be another by then.
        _must_be_regular(path, path.lstat())
        descriptor = os.open(path, _FLAGS)
        file = os.fdopen(descriptor, "rb")
    except OSError as error:
        raise UsageError(f"{named(path)} cannot be read: {error.strerror or error}") from None
    except ValueError:  # a null byte in the path
        raise UsageError(f"{named(path)} is not the name of a file") from None
    try:
        _must_be_regular(path, os.fstat(descriptor))
    except UsageError:
        file.close()
        raise
    return file


def _must_be_regular(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "no regular file")
        raise UsageError(f"{named(path)} is {kind}", hint="Only regular files are read: copy it here instead.")
    if status.st_size > LARGEST:
        raise UsageError(f"{named(path)} is larger than {size(LARGEST)}", hint="No session is that long.")
