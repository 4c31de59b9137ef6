"""What is given to a room from outside it: a topic and material, as words, files or a pipe."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pydantic import JsonValue

from agentchat.errors import UsageError
from agentchat.events import Material

MOST = 1_000_000
"""Bytes of one material. More than any model reads; a slip such as `-f /dev/zero` must end."""


def room(words: str, more: str, example: str = "agentchat run room.toml") -> tuple[str, str]:
    """The room file and the topic that the words of a command line name. Raises UsageError.

    A first word that ends in .toml is a room file where it is a file, or looks like nothing but a path: a sentence
    that merely ends so is a topic. One that names anything else that is there is a slip.
    """
    name = words.strip()
    # Not Path.exists(): a long topic is no path, and no error.
    there = name not in ("", "-") and os.path.lexists(os.path.expanduser(name))  # noqa: PTH111
    looks = name.lower().endswith(".toml")
    if there and (not looks or Path(name).expanduser().is_dir()):
        what = "folder" if Path(name).expanduser().is_dir() else "file"
        hint = (
            f"One is TOML, and its name ends in .toml, as in: {example}. To have all read this: agentchat run TOPIC -f "
            "FILE. To talk about it, say so in more words than one."
        )
        raise UsageError(f"{name} is a {what}, and no room file", hint=hint)
    if looks and (there or not any(char.isspace() for char in name)):
        if not there:
            hint = "A room file is TOML; to talk about it, say so in more words than one."
            raise UsageError(f"there is no room file {name}", hint=hint)
        return name, more
    if more:
        hint = f'Put it in quotes. A room file may come before it: {example} "Where shall we eat?"'
        raise UsageError(f"one topic, please, and not {words!r} and {more!r}", hint=hint)
    return "", words


def topic(words: str, material: tuple[str, ...], file: str = "", *, wanted: bool) -> str:
    """The topic: the words, or what stdin holds; for a draft, to make it better.

    Raises UsageError where it is `wanted` and there is none.
    """
    if (words, *material, file).count("-") > 1:
        raise UsageError("stdin cannot be both: it can be read only once", hint="Give the rest as words or files.")
    if words == "-" or (not words and wanted and not file and "-" not in material and not sys.stdin.isatty()):
        text = _decoded(sys.stdin.buffer.read(MOST + 1), "stdin")
    elif file and not words:
        text = "Make this text better." if file == "-" else f"Make {Path(file).name} better."
    else:
        text = whole(words)
    if wanted and not text.strip():
        raise UsageError("a room needs a topic", hint='As in: agentchat run "Where shall we eat?"')
    return text.strip()


def materials(names: tuple[str, ...]) -> tuple[Material, ...]:
    """The texts of these files; `-` is stdin. Raises UsageError that names the file."""
    return tuple(_material(name, "-f") for name in names)


def text_in(name: str, flag: str) -> str:
    """What stands in a file; `-` is stdin. Raises UsageError that names the file."""
    return _material(name, flag).text


def mode(named: str, file: str, check: str, options: tuple[str, ...]) -> str:
    """The mode that was named, or that what is given calls for; empty where nothing does."""
    return named or ("refinement" if file or check else "committee" if options else "")


def settings(file: str, check: str, options: tuple[str, ...]) -> dict[str, JsonValue]:
    """The settings of a mode that flags of their own stand for. Raises UsageError."""
    made: dict[str, JsonValue] = {}
    if file:
        made["draft"] = _material(file, "--file").text
        if not str(made["draft"]).strip():
            raise UsageError(f"{file} is empty", hint="Without --file, the author writes the first version.")
    if check:
        made["check"] = True
    if options:
        made["options"] = [whole(option) for option in options]
    return made


def whole(words: str) -> str:
    """Words of the command line, without bytes that no text holds."""
    return words.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _material(name: str, flag: str) -> Material:
    if name == "-":
        return Material(name="stdin", text=_decoded(sys.stdin.buffer.read(MOST + 1), "stdin"))
    try:
        with Path(name).expanduser().open("rb") as file:
            return Material(name=Path(name).name, text=_decoded(file.read(MOST + 1), name))
    except OSError as error:
        raise UsageError(
            f"{name} cannot be read: {error.strerror}", hint=f"{flag} takes a text file, or - for stdin."
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
