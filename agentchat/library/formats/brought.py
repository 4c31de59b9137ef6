"""A persona as another program's file describes it, before it has a place among ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from agentchat.library.fields import harmless
from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.persona_file import first_sentence as sentence_of
from agentchat.text import legible

MAX_FOCUS = 240


@dataclass(frozen=True, slots=True)
class Brought:
    """What one format says of one persona. `own` are keys of our front matter, as text, number or list of words."""

    format: str
    name: str
    prompt: str
    own: dict[str, JsonValue] = field(default_factory=dict)
    origin: JsonValue = None
    """The whole of what it came from, without keys and addresses; None if the Markdown says it all."""
    ignored: tuple[str, ...] = ()
    """What the file holds and a room does not use, in words."""


class UnknownFormatError(FlawError):
    """The file is none of the formats that are read."""


Reader = Callable[[str, Path], list[Brought]]


def flawed(path: Path, message: str, hint: str = "", line: int = 0) -> FlawError:
    """The one error of a reader."""
    return FlawError(Flaw(path, line, message, hint))


def text_of(value: JsonValue) -> str:
    """A value that should be text; anything else is none."""
    return plain(value) if isinstance(value, str) else ""


def plain(text: str) -> str:
    """Text without what nobody sees, fit for a prompt."""
    return legible(text).strip()


def line_of(text: str, limit: int = MAX_FOCUS) -> str:
    """One line, cut at a word."""
    line = " ".join(plain(text[: limit * 8]).split())
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + "…"


def first_sentence(text: str) -> str:
    """What a longer text begins with, as one line."""
    line = " ".join(plain(text[:2_000]).split())
    return line_of(sentence_of(line))


def words_of(value: JsonValue) -> list[JsonValue]:
    """Tags: short texts without commas, each once."""
    items = value if isinstance(value, list) else []
    words = dict.fromkeys(line_of(item, 60).replace(",", " ") for item in items[:100] if isinstance(item, str))
    words.pop("", None)
    return list(words)


def without_secrets(values: dict[str, JsonValue]) -> tuple[dict[str, JsonValue], tuple[str, ...]]:
    """What may be kept of a file, and a word for each key or address that may not."""
    kept, dropped = harmless(values)
    return kept, tuple(
        f"{line_of(name, 40)} is left out: a persona brings no key and no address" for name in dict.fromkeys(dropped)
    )
