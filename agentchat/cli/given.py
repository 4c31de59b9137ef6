"""What is given to a room from outside it: a topic and material, as words, files or a pipe."""

from __future__ import annotations

import sys
from pathlib import Path

from agentchat.errors import UsageError
from agentchat.events import Material

MOST = 1_000_000
"""Bytes of one material. More than any model reads; a slip such as `-f /dev/zero` must end."""


def topic(words: str, material: tuple[str, ...], *, wanted: bool) -> str:
    """The topic: the words, or what stdin holds. Raises UsageError where it is `wanted` and there is none."""
    if words == "-" and "-" in material:
        raise UsageError("stdin cannot be both the topic and material", hint="Give one of them as words or a file.")
    if words == "-" or (not words and wanted and "-" not in material and not sys.stdin.isatty()):
        text = _decoded(sys.stdin.buffer.read(MOST + 1), "stdin")
    else:
        text = whole(words)
    if wanted and not text.strip():
        raise UsageError("a room needs a topic", hint='As in: agentchat run "Where shall we eat?"')
    return text.strip()


def materials(names: tuple[str, ...]) -> tuple[Material, ...]:
    """The texts of these files; `-` is stdin. Raises UsageError that names the file."""
    if names.count("-") > 1:
        raise UsageError("stdin can be read only once")
    return tuple(_material(name) for name in names)


def whole(words: str) -> str:
    """Words of the command line, without bytes that no text holds."""
    return words.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _material(name: str) -> Material:
    if name == "-":
        return Material(name="stdin", text=_decoded(sys.stdin.buffer.read(MOST + 1), "stdin"))
    try:
        with Path(name).expanduser().open("rb") as file:
            return Material(name=Path(name).name, text=_decoded(file.read(MOST + 1), name))
    except OSError as error:
        raise UsageError(
            f"{name} cannot be read: {error.strerror}", hint="-f takes a text file, or - for stdin."
        ) from None


def _decoded(raw: bytes, name: str) -> str:
    if len(raw) > MOST:
        raise UsageError(f"{name} is too long: more than {MOST // 1_000_000} MB", hint="Give the part that matters.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is no UTF-8 text (byte {error.start})", hint="Convert it to UTF-8 first.") from None
    if "\0" in text:
        raise UsageError(f"{name} is no text: it holds NUL bytes")
    return text
