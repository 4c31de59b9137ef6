"""Whether a room can be held by these stages: no unknown modes, no ways to nowhere, none that is never reached."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

from pydantic import JsonValue, ValidationError

from agentchat.errors import UsageError
from agentchat.modes.course import END, Stage, filled, line, read

DEEPEST = 2
"""Staged rooms inside each other, the outermost included."""

MOST_STAGES = 20


def course(value: object) -> object:
    """Stages as tables, or in one line, as the one line that is kept. Raises ValueError that names what is wrong."""
    if isinstance(value, list | tuple):
        if all(isinstance(one, str) for one in value):
            return line(checked(" | ".join(map(str, value))))
        return line(checked(line(_tables(value))))
    return line(checked(value)) if isinstance(value, str) else value


@lru_cache(maxsize=64)  # a mode is made anew for each step
def checked(text: str) -> tuple[Stage, ...]:
    """The stages in a line, if a room can be held by them. Raises ValueError."""
    found = read(text)
    stages = tuple(_whole(stage, [one.name for one in found]) for stage in found)
    if not 1 <= len(stages) <= MOST_STAGES:
        raise ValueError(f"there may be 1 to {MOST_STAGES} stages")
    _targets(stages)
    _reached(stages)
    _bounded(stages)
    return stages


def place(stages: Sequence[Stage], name: str) -> int | None:
    """Where the stage of that name stands; None where there is none."""
    return next((at for at, one in enumerate(stages) if one.name.casefold() == name.casefold()), None)


def depth(stages: Sequence[Stage]) -> int:
    """How many staged rooms are inside each other."""
    inner = (checked(str(one.settings.get("stages") or "")) for one in stages if one.mode == "staged")
    return 1 + max((depth(one) for one in inner), default=0)


def _tables(value: Sequence[object]) -> list[Stage]:
    found = []
    for number, table in enumerate(value, 1):
        try:
            stage = Stage.model_validate(table)
            who = {"who": stage.who} if stage.who else {}
            found.append(stage.model_copy(update={"settings": {**stage.settings, **who}, "who": ""}))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            name = table.get("name", number) if isinstance(table, dict) else number
            said = first["msg"].removeprefix("Value error, ")
            raise ValueError(f"stage {name}{f', {where}' if where else ''}: {said}") from None
    return found


def _whole(stage: Stage, names: Sequence[str]) -> Stage:
    """With its settings as the mode keeps them. What holds a stage's name in braces is looked at once that came."""
    from agentchat.modes import mode_of, settings_of  # the modes know this one

    empty = dict.fromkeys((name.casefold() for name in names), "")
    later = {name: value for name, value in stage.settings.items() if filled(value, empty) != value}
    try:
        mode = mode_of(stage.mode)
        if unknown := [name for name in later if name not in mode.Settings.model_fields]:
            raise UsageError(f"{mode.name} has no setting {unknown[0]!r}")
        whole = settings_of(mode.name, {name: value for name, value in stage.settings.items() if name not in later})
    except UsageError as error:
        raise ValueError(f"stage “{stage.name}”: {error}{f' ({error.hint})' if error.hint else ''}") from None
    if mode.name == "staged" and depth(checked(str(whole["stages"]))) >= DEEPEST:
        raise ValueError(f"stage “{stage.name}”: stages inside stages inside stages are too deep")
    kept: dict[str, JsonValue] = {name: whole[name] for name in stage.settings if name not in later}
    return stage.model_copy(update={"settings": kept | later})


def _targets(stages: Sequence[Stage]) -> None:
    names = [stage.name for stage in stages]
    for at, stage in enumerate(stages):
        if place(stages, stage.name) != at:
            raise ValueError(f"two stages are called “{stage.name}”")
        for way in stage.then:
            if way.to.casefold() != END and place(stages, way.to) is None:
                near = get_close_matches(way.to, names, n=1, cutoff=0.4)
                there = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
                raise ValueError(f"stage “{stage.name}”: {way.when} leads to “{way.to}”, which is none; {there}")


def ways(stages: Sequence[Stage], at: int) -> list[int]:
    """The stages that may follow one."""
    found = (place(stages, way.to) for way in stages[at].then)
    return [one for one in found if one is not None]


def _reached(stages: Sequence[Stage]) -> None:
    seen, open_ = {0}, [0]
    while open_:
        new = [one for one in ways(stages, open_.pop()) if one not in seen]
        seen.update(new)
        open_ += new
    if lost := [f"“{stage.name}”" for at, stage in enumerate(stages) if at not in seen]:
        raise ValueError(f"nothing leads to {', '.join(lost)}: add a way there, or leave it out")


def _bounded(stages: Sequence[Stage]) -> None:
    """Whether each way round passes a stage that says how often it may be entered."""
    free = [at for at, stage in enumerate(stages) if stage.most is None]
    left = {at: {one for one in ways(stages, at) if one in free} for at in free}
    while done := [at for at, following in left.items() if not following]:
        for at in done:
            del left[at]
        left = {at: following - set(done) for at, following in left.items()}
    if left:
        round_ = " and ".join(f"“{stages[at].name}”" for at in left)
        raise ValueError(
            f"{round_} may go round for ever: say of one how often it may be entered, as in most = 3 or x3"
        )
