"""The stages of a pipeline, as a person writes them in one line:

    outline by ada: lines>=3 | draft by ben: words<=200, has Risks | check by cleo: verdict back to draft

A stage has a name, who makes it (left out, whoever fits), and what it promises (`promises`). Stages with a + between
them are made at once, none reading another. What holds a comma, a bar, a plus or a colon stands in quotation marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from agentchat.modes.promises import PlaceError, Promise, Verdict, more_field, pieces, read, written

MOST_STAGES = 12

LONGEST_NAME = 40
"""Characters of a stage's name."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the work."""

    name: str
    by: str = ""
    """The name or id of its maker; empty lets the room choose."""
    promises: tuple[Promise, ...] = ()
    beside: bool = False
    """Whether it is made at once with the one before it."""

    @property
    def verdict(self) -> Verdict | None:
        """The verdict it gives, where that is what it is for."""
        return next((one for one in self.promises if isinstance(one, Verdict)), None)


def stages(text: str) -> tuple[Stage, ...]:
    """The stages in a text. Raises ValueError that says what is wrong, in which stage, at which character."""
    found: list[Stage] = []
    try:
        for group, begin in pieces(text, "|"):
            for number, (part, at) in enumerate(pieces(group, "+", begin)):
                found.append(_stage(part, at, len(found) + 1, beside=number > 0))
                _fits(found, at)
    except PlaceError as error:
        said = " ".join(text[error.at :].split())[:20]
        raise ValueError(f"{error} (at character {error.at + 1}{f': {said} …' if said else ''})") from None
    return tuple(found)


def _stage(text: str, at: int, number: int, *, beside: bool) -> Stage:
    head, *rest = pieces(text, ":", at)
    said = " ".join(head[0].split())
    begin = at + len(head[0]) - len(head[0].lstrip())
    if '"' in said:
        raise PlaceError("the name of a stage has no quotation marks", begin)
    name, by = said, ""
    if said.lower().endswith(" by"):
        raise PlaceError(f"stage {number}: by whom? As in: outline by ada", begin)
    if " by " in said:
        name, _, by = said.rpartition(" by ")
    if not name:
        raise PlaceError(f"stage {number} has no name", begin)
    if "," in said or "·" in name or len(name) > LONGEST_NAME:
        why = f"a name has up to {LONGEST_NAME} characters, without , and ·, and what it promises follows after a colon"
        raise PlaceError(f"stage {number}, {name[:LONGEST_NAME]!r}: {why}", begin)
    if not rest:
        return Stage(name, by, beside=beside)
    start = rest[0][1]
    return Stage(name, by, _promises(text[start - at :], start), beside)


def _promises(text: str, at: int) -> tuple[Promise, ...]:
    found: list[Promise] = []
    for part, place in pieces(text, ",", at):
        if more := more_field(found[-1] if found else None, part):
            found[-1] = more
        else:
            found.append(read(part, place))
    if len(found) > 1 and any(isinstance(one, Verdict) for one in found):
        raise PlaceError("a stage that gives a verdict promises nothing else", at)
    return tuple(dict.fromkeys(found))


def _fits(found: Sequence[Stage], at: int) -> None:
    """Whether the newest stage goes with those before it. Raises PlaceError."""
    *before, new = found
    if len(found) > MOST_STAGES:
        raise PlaceError(f"there may be {MOST_STAGES} stages", at)
    if place(before, new.name) is not None:
        raise PlaceError(f"two stages are called {new.name!r}", at)
    if new.beside and any(one.verdict for one in (new, before[-1])):
        raise PlaceError("a stage that gives a verdict is not made at once with another", at)
    if (verdict := new.verdict) is None or verdict.final:
        return
    if not before:
        raise PlaceError(f"{new.name!r} is the first stage: a fail has nowhere to go back to; verdict or fail?", at)
    if verdict.back and place(before, verdict.back) is None:
        there = ", ".join(one.name for one in before)
        raise PlaceError(f"{new.name!r} sends back to {verdict.back!r}; the stages before it are {there}", at)


def place(among: Sequence[Stage], name: str) -> int | None:
    """Where the stage of that name stands; None where there is none."""
    wanted = name.casefold()
    return next((at for at, one in enumerate(among) if one.name.casefold() == wanted), None)


def group(among: Sequence[Stage], at: int) -> range:
    """The stages that are made at once with the one at that place, itself included."""
    first, last = at, at + 1
    while first > 0 and among[first].beside:
        first -= 1
    while last < len(among) and among[last].beside:
        last += 1
    return range(first, last)


def line(among: Sequence[Stage]) -> str:
    """The stages in one line: read again, they are the same."""
    parts = (f"{' + ' if stage.beside else ' | '}{_line(stage)}" for stage in among)
    return "".join(parts).removeprefix(" | ")


def _line(stage: Stage) -> str:
    by = f" by {stage.by}" if stage.by else ""
    promises = ", ".join(map(written, stage.promises))
    return f"{stage.name}{by}: {promises}" if promises else f"{stage.name}{by}"


def _joined(value: object) -> object:
    listed = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    return " | ".join(value) if listed else value  # type: ignore[arg-type]


Stages = Annotated[str, BeforeValidator(_joined), AfterValidator(lambda text: line(stages(text)))]
"""Stages as a setting: one line, or a list with a stage each. Kept as one line."""
