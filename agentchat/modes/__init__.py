"""The room modes, by name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue, ValidationError

from agentchat.errors import UsageError
from agentchat.modes.brainstorm import Brainstorm
from agentchat.modes.committee import Committee
from agentchat.modes.discussion import Discussion
from agentchat.modes.mode import Closable, Mode, Settings
from agentchat.modes.pipeline import Pipeline
from agentchat.modes.poll import Poll
from agentchat.modes.refinement import Refinement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentchat.persona import Persona

__all__ = ["Closable", "Mode", "Settings", "lacking", "make", "mode_of", "names", "register", "settings_of"]

_modes: dict[str, type[Mode]] = {
    mode.name: mode for mode in (Discussion, Brainstorm, Committee, Refinement, Poll, Pipeline)
}


def register(mode: type[Mode]) -> type[Mode]:
    """Make a mode known. Registering a name anew replaces it."""
    _modes[mode.name] = mode
    return mode


def names() -> tuple[str, ...]:
    """The names of the modes there are."""
    return tuple(_modes)


def mode_of(name: str) -> type[Mode]:
    """The mode of that name. Raises UsageError with the nearest names."""
    if name in _modes:
        return _modes[name]
    near = get_close_matches(name, _modes, n=3, cutoff=0.4) or list(_modes)
    raise UsageError(f"there is no mode {name!r}", hint=f"Did you mean {' or '.join(near)}? `agentchat modes list`")


def settings_of(name: str, raw: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """A mode's settings, whole and validated, from what was given, words included.

    Raises UsageError that names the setting and what it takes, or the nearest name of one.
    """
    fields = mode_of(name).Settings.model_fields
    for key in raw:
        if key not in fields:
            near = get_close_matches(key, fields, n=3, cutoff=0.4) or list(fields)
            raise UsageError(
                f"{name} has no setting {key!r}",
                hint=f"Did you mean {' or '.join(near)}? `agentchat modes show {name}`",
            )
    try:
        return mode_of(name).Settings.model_validate(raw).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        raise UsageError(
            f"{name}: {key} = {raw.get(key)!r}: {first['msg'].removeprefix('Value error, ')}",
            hint=f"`agentchat modes show {name}` lists what each setting takes",
        ) from None


def lacking(name: str, settings: Mapping[str, Any], personas: Sequence[Persona]) -> str:
    """What a room of these personas would lack for the mode to work, in words; empty where it lacks nothing."""
    whole = mode_of(name).Settings.model_validate(settings)
    return whole.lacks(personas) if isinstance(whole, Settings) else ""


def make(name: str, settings: Mapping[str, Any]) -> Mode:
    """The mode at work. Settings a newer version dropped are ignored: an old session goes on."""
    mode = mode_of(name)
    known = {key: value for key, value in settings.items() if key in mode.Settings.model_fields}
    return mode(mode.Settings.model_validate(known))
