"""Small turns of phrase that every view shares."""

from __future__ import annotations

from pydantic import JsonValue

SENTENCE = 160
"""Characters of a reason that is quoted in one dim line, and of a field."""


def sentence(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]


def heading(stage: str) -> str:
    """What stands over a stage: nothing where it is only called a round, and is not counted."""
    return "" if stage.casefold() == "round" else stage


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
