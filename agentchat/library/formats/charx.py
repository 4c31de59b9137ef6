"""The card in a CHARX archive: one entry, `card.json`, is unpacked in memory; nothing else is touched."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from agentchat.library.flaw import FlawError
from agentchat.library.formats.brought import flawed
from agentchat.library.formats.picture import inflate
from agentchat.library.formats.strict_json import MAX_BYTES

SIGNATURE = b"PK\x03\x04"
MAX_ENTRIES = 10_000
MAX_RATIO = 200
CARD = b"card.json"

_END, _LISTED = b"PK\x05\x06", b"PK\x01\x02"
_END_SIZE, _LISTED_SIZE, _LOCAL_SIZE = 22, 46, 30
_STORED, _DEFLATED = 0, 8


def card_text(raw: bytes, path: Path) -> str:
    """The JSON of the archive's card. Raises FlawError."""
    end = raw.rfind(_END, max(0, len(raw) - 65_536 - _END_SIZE))
    if end < 0 or end + _END_SIZE > len(raw):
        raise _damaged(path)
    entries, size, offset = struct.unpack("<HII", raw[end + 10 : end + 20])
    if entries > MAX_ENTRIES:
        raise flawed(path, f"is an archive of more than {MAX_ENTRIES:,} files")
    at = end - size
    shift = at - offset  # what stands before the archive, such as a picture
    for _ in range(entries):
        if at < 0 or raw[at : at + 4] != _LISTED or at + _LISTED_SIZE > end:
            raise _damaged(path)
        flags, method = struct.unpack("<HH", raw[at + 8 : at + 12])
        crc, packed, unpacked, named, extra, comment = struct.unpack("<IIIHHH", raw[at + 16 : at + 34])
        (local,) = struct.unpack("<I", raw[at + 42 : at + 46])
        name = raw[at + _LISTED_SIZE : at + _LISTED_SIZE + named]
        if name == CARD:
            if flags & 1:
                raise flawed(path, "holds a card under a password")
            if unpacked > MAX_BYTES or unpacked > MAX_RATIO * max(packed, 1):
                raise flawed(path, "holds a card that unpacks to more than a card can be")
            return _unpack(raw, local + shift, packed, method, crc, path)
        at += _LISTED_SIZE + named + extra + comment
    raise flawed(path, "is an archive without a card.json", "a CHARX file holds one")


def _unpack(raw: bytes, local: int, packed: int, method: int, crc: int, path: Path) -> str:
    if local < 0 or raw[local : local + 4] != SIGNATURE or local + _LOCAL_SIZE > len(raw):
        raise _damaged(path)
    named, extra = struct.unpack("<HH", raw[local + 26 : local + 30])
    start = local + _LOCAL_SIZE + named + extra
    body = raw[start : start + packed]
    if method == _DEFLATED:
        body = inflate(body, min(MAX_BYTES, MAX_RATIO * max(packed, 1)), path, raw=True)
    elif method != _STORED:
        raise flawed(path, "holds a card packed in a way that is not read", "pack it with deflate")
    if zlib.crc32(body) != crc:
        raise _damaged(path)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise flawed(path, "holds a card that is not UTF-8") from None


def _damaged(path: Path) -> FlawError:
    return flawed(path, "is a damaged archive", "save it again")
