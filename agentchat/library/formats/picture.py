"""The text chunks of a PNG, and a small PNG that carries some: pixels are never decoded.

A chunk is read where its length says it is, compressed text only up to a limit, so that no picture can cost more than
its own size and that limit.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from pathlib import Path

from agentchat.library.formats.brought import flawed

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT = 4 * 1024 * 1024
"""Bytes of one chunk's text, once inflated: base64 of the largest JSON that is read, and some."""
MAX_CHUNKS = 10_000
_KEYWORDS = {b"ccv3": 0, b"chara": 1}
_SIDE = 64


def card_text(raw: bytes, path: Path) -> str:
    """The card that a picture carries, as JSON: that of `ccv3` if there is one, else that of `chara`."""
    found: dict[bytes, bytes] = {}
    at, chunks = len(SIGNATURE), 0
    while at + 12 <= len(raw):
        length = int.from_bytes(raw[at : at + 4], "big")
        kind = raw[at + 4 : at + 8]
        end = at + 12 + length
        chunks += 1
        if end > len(raw):
            raise flawed(path, "is a PNG cut short", "save the picture again")
        if chunks > MAX_CHUNKS:
            raise flawed(path, f"is a PNG of more than {MAX_CHUNKS:,} chunks")
        if kind == b"IEND":
            break
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            body = raw[at + 8 : end - 4]
            keyword, parted, rest = body.partition(b"\0")
            keyword = keyword.lower()
            if parted and keyword in _KEYWORDS and keyword not in found:
                if zlib.crc32(raw[at + 4 : end - 4]) != int.from_bytes(raw[end - 4 : end], "big"):
                    raise flawed(path, f"holds a damaged {keyword.decode()} chunk", "save the picture again")
                found[keyword] = _text(kind, rest, path)
        at = end
    if not found:
        raise flawed(path, "is a picture without a character card", "a card's picture holds a chara or ccv3 chunk")
    encoded = found[min(found, key=_KEYWORDS.__getitem__)]
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8-sig")
    except (binascii.Error, ValueError):
        raise flawed(path, "holds a card that is not base64 of UTF-8", "save the picture again") from None


def _text(kind: bytes, rest: bytes, path: Path) -> bytes:
    match kind:
        case b"zTXt":
            text = _inflated(rest[1:], path)
        case b"iTXt":
            packed = rest[:1] == b"\1"
            text = rest[2:].split(b"\0", 2)[-1]
            text = _inflated(text, path) if packed else text
        case _:
            text = rest
    if len(text) > MAX_TEXT:
        raise flawed(path, f"holds a card of more than {MAX_TEXT // 1024 // 1024} MB")
    return text.translate(None, b" \r\n\t\0")


def _inflated(packed: bytes, path: Path) -> bytes:
    return inflate(packed, MAX_TEXT, path)


def inflate(packed: bytes, limit: int, path: Path, *, raw: bool = False) -> bytes:
    """What zlib data hold, at most `limit` bytes. Raises FlawError for more, or for what is damaged."""
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS)
    try:
        text = unpacking.decompress(packed, limit + 1)
    except zlib.error:
        raise flawed(path, "holds a card whose compression is damaged", "save it again") from None
    if len(text) > limit:
        raise flawed(path, f"holds a card that unpacks to more than {limit // 1024 // 1024} MB")
    if not unpacking.eof:
        raise flawed(path, "holds a card that is cut short", "save it again")
    return text


def draw(card: str, older: str, color: str) -> bytes:
    """A plain picture in `color` (`#rrggbb`) that carries a V3 card, and beside it one that older programs read."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    rows = bytearray()
    for y in range(_SIDE):
        rows.append(0)
        for x in range(_SIDE):
            inside = (2 * x - _SIDE + 1) ** 2 + (2 * y - _SIDE + 1) ** 2 < (_SIDE - 8) ** 2
            rows += bytes((red, green, blue)) if inside else b"\xf4\xf4\xf4"
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    texts = (b"chara\0" + base64.b64encode(older.encode()), b"ccv3\0" + base64.b64encode(card.encode()))
    return b"".join(
        (SIGNATURE, _chunk(b"IHDR", header), *(_chunk(b"tEXt", text) for text in texts),
         _chunk(b"IDAT", zlib.compress(bytes(rows), 9)), _chunk(b"IEND", b""))
    )  # fmt: skip


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
