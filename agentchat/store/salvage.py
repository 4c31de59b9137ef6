"""What can be read of a broken database without SQLite: each event is found by its shape and known by its checksum.

A row's record says itself how long it is, so one is found wherever it lies: on a page whose head rotted, under a tree
that leads nowhere, beneath a table whose name is gone. A checksum that fits is no chance.
"""

from __future__ import annotations

import mmap
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from agentchat.store.reading import checksum

PAGE = 4096
"""SQLite's own page size, where the file no longer says which."""

TEXT = rb"(?:[\x0d-\x7f]|[\x81-\xff][\x00-\x7f])"
EVENT = re.compile(
    rb"(?=[\x0c-\x10]\x00" + TEXT + rb"[\x01-\x09][\x00-\x09][\x0d-\x7f][\x0d-\x7f][\x01-\x09][\x01-\x09][\x00-\x09]"
    rb"(?:[\x0c-\x7f]|[\x80-\xff]{1,3}[\x00-\x7f])\x2c)"
)
"""How the head of an event's record looks: the types of its eleven columns, the last a blob of 16 bytes."""
LABEL = re.compile(rb"(?=[\x07-\x0a]" + TEXT * 3 + rb"[\x08\x09]{2}(?:\x00|[\x0d-\x7f]))")
"""The same of a row of labels."""

FRAME, LOG_HEAD = 24, 32
CONSTANTS = {0: b"SQLite format 3\0", 18: b"\x01\x01", 20: b"\0\x40\x20\x20", 44: b"\0\0\0", 56: b"\0\0\0\x01"}
"""Bytes of the head of the file that are the same in every database of ours; 18 says that no log stands beside it."""

Value = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Remains:
    """An event of which not all is as it was written."""

    session: str
    seq: int
    parent: int | None
    type: str
    turn: int | None
    body: bytes


@dataclass(slots=True)
class Found:
    """All that was found of the events."""

    sound: dict[str, set[bytes]] = field(default_factory=dict)
    """Lines as they were written, by session. What else a row says may have rotted; they say it themselves."""
    broken: list[Remains] = field(default_factory=list)


class Image:
    """One moment of a database, with its write-ahead log folded in, as a file of its own beside it."""

    def __init__(self, source: int, log: Path, aside: Path) -> None:
        """Copies what the descriptor reads. Never closes it: its process would lose every lock it holds there."""
        self.path = aside
        self._older: list[bytes] = []
        """Pages in whose place the log has others that may have rotted."""
        head = os.pread(source, 100, 0)
        self.page = _page_size(head[16:18])
        self.mended = any(head[at : at + len(same)] != same for at, same in CONSTANTS.items() if at != 18)
        target = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        try:
            at = 0
            while chunk := os.pread(source, 1 << 20, at):
                os.pwrite(target, chunk, at)
                at += len(chunk)
            size = max(at, *(self._fold_in(target, *frame) for frame in _frames(log, self.page)), 100)
            os.ftruncate(target, -(-size // self.page) * self.page)
            for at, same in CONSTANTS.items():
                os.pwrite(target, same, at)
            os.pwrite(target, struct.pack(">H", self.page % 65535), 16)
        finally:
            os.close(target)

    def _fold_in(self, target: int, number: int, page: bytes, sound: bool) -> int:
        at = (number - 1) * self.page
        if not sound:
            self.mended = True  # SQLite would read no further
            self._older.append(os.pread(target, self.page, at))
        os.pwrite(target, page, at)
        return at + self.page

    def found(self) -> Found:
        """Every event that is somewhere in it."""
        found, astray = Found(), []
        for values in self._rows(EVENT, 11):
            match values:
                case [_, str(session), int(seq), parent, _, str(kind), _, _, turn, bytes(body), bytes(check)]:
                    remains = Remains(session, seq, _whole(parent), kind, _whole(turn), body)
                    if checksum(session, body) == check:
                        found.sound.setdefault(session, set()).add(body)
                    else:
                        astray.append((remains, check))
                case _:
                    pass
        for remains, check in astray:
            # Perhaps only the session's id rotted.
            owner = next((each for each in found.sound if checksum(each, remains.body) == check), None)
            if owner:
                found.sound[owner].add(remains.body)
            else:
                found.broken.append(remains)
        return found

    def labels(self) -> Iterator[list[Value]]:
        """Rows that may be labels."""
        return self._rows(LABEL, 6)

    def _rows(self, shape: re.Pattern[bytes], columns: int) -> Iterator[list[Value]]:
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image:
            every: list[mmap.mmap | bytes] = [image, *self._older]
            for pages in every:
                for match in shape.finditer(pages):
                    record = self._record(pages, match.start(), image, columns)
                    if record is not None:
                        yield record

    def _record(self, pages: mmap.mmap | bytes, at: int, image: mmap.mmap, columns: int) -> list[Value] | None:
        head = pages[at : at + 40]
        kinds, place = [], 1
        while place < head[0]:
            kind, place = _varint(head, place)
            kinds.append(kind)
        if place != head[0] or len(kinds) != columns:
            return None
        length = head[0] + sum(_size(kind) for kind in kinds)
        payload = self._payload(pages, at, length, image, leaf=columns == 11)
        if payload is None:
            return None
        values, place = [], head[0]
        for kind in kinds:
            values.append(_value(kind, payload[place : place + _size(kind)]))
            place += _size(kind)
        return values

    def _payload(self, pages: mmap.mmap | bytes, at: int, length: int, image: mmap.mmap, *, leaf: bool) -> bytes | None:
        """A record's bytes, from its page and those that hold the rest of it; None where they lead nowhere."""
        most = self.page - 35 if leaf else (self.page - 12) * 64 // 255 - 23
        least = (self.page - 12) * 32 // 255 - 23
        local = length
        if length > most:
            local = least + (length - least) % (self.page - 4)
            local = local if local <= most else least
        end = at + local + (4 if length > local else 0)
        if end > (at // self.page + 1) * self.page or length > len(image):
            return None
        parts = [pages[at : at + local]]
        left, follows = length - local, pages[at + local : at + local + 4]
        while left > 0:
            start = (int.from_bytes(follows, "big") - 1) * self.page
            if not 0 < start < len(image):
                return None
            follows = image[start : start + 4]
            parts.append(image[start + 4 : start + 4 + min(left, self.page - 4)])
            left -= self.page - 4
        return b"".join(parts)


def _frames(log: Path, page: int) -> Iterator[tuple[int, bytes, bool]]:
    """The pages in a write-ahead log up to its last commit, and whether each is as it was written."""
    if not log.exists():
        return
    content = log.read_bytes()
    frames = range(LOG_HEAD, len(content) - FRAME - page + 1, FRAME + page)
    salts = content[16:24]
    if frames and all(content[at + 8 : at + 16] != salts for at in frames):
        salts = content[LOG_HEAD + 8 : LOG_HEAD + 16]  # its own head rotted
    current = [at for at in frames if content[at + 8 : at + 16] == salts]
    commits = [at for at in current if content[at + 4 : at + 8] != b"\0\0\0\0"]
    order = ">" if content[3:4] == b"\x83" else "<"
    before = content[24:32]
    for at in current:
        if not commits or at > commits[-1]:
            break
        body = content[at + FRAME : at + FRAME + page]
        sound = _sum(before, content[at : at + 8] + body, order) == content[at + 16 : at + 24]
        before = content[at + 16 : at + 24]
        number = int.from_bytes(content[at : at + 4], "big")
        if 0 < number < 1 << 28:
            yield number, body, sound


def _sum(before: bytes, words: bytes, order: str) -> bytes:
    """SQLite's checksum of a frame, going on from the one before it."""
    first, second = struct.unpack(">2I", before)
    numbers = struct.unpack(f"{order}{len(words) // 4}I", words)
    for one, other in zip(numbers[::2], numbers[1::2], strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return struct.pack(">2I", first, second)


def _page_size(stored: bytes) -> int:
    size = int.from_bytes(stored, "big")
    size = 65536 if size == 1 else size
    return size if size in (512 << n for n in range(8)) else PAGE


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number in SQLite's own way, and where the next begins."""
    number = 0
    for place in range(at, min(at + 8, len(data))):
        number = number << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return number, place + 1
    return 0, len(data) + 1


def _size(kind: int) -> int:
    return (kind - 12) // 2 if kind >= 12 else (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind]


def _value(kind: int, data: bytes) -> Value:
    if kind >= 12:
        return data.decode("utf-8", "replace") if kind % 2 else data
    if kind == 7:
        return float(struct.unpack(">d", data)[0])
    if kind in (8, 9):
        return kind - 8
    return int.from_bytes(data, "big", signed=True) if 0 < kind < 7 else None


def _whole(value: Value) -> int | None:
    return value if isinstance(value, int) else None
