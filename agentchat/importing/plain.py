"""The lines of a file that may be anything: regular files only, never more than so much of one in memory.

A link, a pipe or a device is named and left alone; nothing here can block.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.regular import UTF16, Unread, opened
from agentchat.views.clean import clean_line
from agentchat.views.entries import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, Self

LARGEST = 256 * 1024 * 1024
LONGEST = 16 * 1024 * 1024
"""Bytes of a file, and of one line: the longest reply there is has half of that."""

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
            if line.startswith(UTF16):
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
    try:
        return opened(path.expanduser(), LARGEST)
    except Unread as error:
        if error.large:
            raise UsageError(f"{named(path)} is larger than {size(LARGEST)}", hint="No session is that long.") from None
        raise UsageError(f"{named(path)} {error}", hint=sentence(error.hint)) from None
