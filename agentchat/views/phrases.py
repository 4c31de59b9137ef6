"""Small turns of phrase that every view shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pydantic import JsonValue

SENTENCE = 160
"""Characters of a reason that is quoted in one dim line, and of a field."""


def sentence(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]


def heading(stage: str) -> str:
    """What stands over a stage: nothing where it is only called a round, and is not counted."""
    return "" if stage.casefold() == "round" else stage


def apart(names: Sequence[str], most: int) -> tuple[str, ...]:
    """Names for columns of so many characters: what would look alike once it is cut begins where it differs."""
    seen = Counter(name[: most - 1].casefold() for name in names)
    return tuple(
        name if len(name) <= most or seen[name[: most - 1].casefold()] == 1 else _differing(name, names)
        for name in names
    )


def _differing(name: str, names: Sequence[str]) -> str:
    words = name.split()
    shared = max((_shared(words, other.split()) for other in names if other != name), default=0)
    return f"…{' '.join(words[shared:])}" if 0 < shared < len(words) else name


def _shared(words: Sequence[str], others: Sequence[str]) -> int:
    """How many words stand at the beginning of both."""
    return next((at for at, (one, other) in enumerate(zip(words, others, strict=False)) if one != other),
                min(len(words), len(others)))  # fmt: skip


def clipped(text: str) -> str:
    """In one line, and short enough for a dim one."""
    line = " ".join(text.split())
    return line if len(line) <= SENTENCE else line[: SENTENCE - 1] + "…"


def value(one: JsonValue) -> str:
    """A value as a person would write it."""
    match one:
        case bool():
            return "yes" if one else "no"
        case None:
            return "none"
        case list():
            return ", ".join(value(each) for each in one)
        case dict():
            return ", ".join(f"{name}: {value(each)}" for name, each in one.items())
        case _:
            return str(one)
