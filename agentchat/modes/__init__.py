"""The room modes, by name: those that ship, and those that a home or a package brings."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue, ValidationError

from agentchat.errors import UsageError
from agentchat.kinds import entitle
from agentchat.modes.brainstorm import Brainstorm
from agentchat.modes.committee import Committee
from agentchat.modes.discussion import Discussion
from agentchat.modes.hierarchy import Hierarchy
from agentchat.modes.hub import Hub
from agentchat.modes.mode import Closable, Mode, Settings
from agentchat.modes.open_floor import OpenFloor
from agentchat.modes.perspectives import Perspectives
from agentchat.modes.pipeline import Pipeline
from agentchat.modes.poll import Poll
from agentchat.modes.reactive import Reactive
from agentchat.modes.refinement import Refinement
from agentchat.modes.staged import Staged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentchat.persona import Persona

__all__ = [
    "SHIPPED",
    "Closable",
    "Mode",
    "Settings",
    "absent",
    "again",
    "comes_from",
    "forget",
    "lacking",
    "make",
    "mode_of",
    "names",
    "none_absent",
    "register",
    "settings_of",
    "source_of",
    "why_absent",
]

SHOWN = 80
"""Characters of a wrong value that are said."""

_modes: dict[str, type[Mode]] = {
    mode.name: mode
    for mode in (
        Discussion,
        Brainstorm,
        Committee,
        Refinement,
        Poll,
        Perspectives,
        Pipeline,
        Hierarchy,
        Hub,
        Reactive,
        Staged,
        OpenFloor,
    )
}
_sources: dict[str, str] = {}
_absent: dict[str, tuple[str, str]] = {}

for _mode in _modes.values():
    entitle(_mode.name, _mode.title)

SHIPPED = frozenset(_modes)
"""The names of the modes that ship: no other mode may have one of them."""


def register(mode: type[Mode]) -> type[Mode]:
    """Make a mode known; also as a decorator. Registering a name anew replaces it."""
    _modes[mode.name] = mode
    entitle(mode.name, mode.title)
    _absent.pop(mode.name, None)
    return mode


def forget(name: str) -> None:
    """Know a mode no more, nor why it is not there."""
    for table in (_modes, _sources, _absent):
        table.pop(name, None)
    entitle(name, "")


def absent(name: str, why: str, hint: str) -> None:
    """Say why a mode that somebody has is not among those there are, and what to do: who asks for it is told."""
    if name not in _modes:
        _absent[name] = (why, hint)


def none_absent() -> None:
    """Forget what was said of modes that are not there."""
    _absent.clear()


def why_absent(name: str) -> tuple[str, str]:
    """Why a mode is not among those there are, and what to do: of one that nobody here has, in general."""
    usual = (f"the mode {name} is not here", "Put its file back into modes/ of your home, or install its package.")
    return _absent.get(name, usual)


def source_of(name: str) -> str | None:
    """The SHA-256 of the file a mode was read from; None for one that came with a package, or that is not there."""
    return _sources.get(name)


def comes_from(name: str, sha256: str) -> None:
    """Say which file, by its SHA-256, a mode was read from."""
    _sources[name] = sha256


def names() -> tuple[str, ...]:
    """The names of the modes there are."""
    return tuple(_modes)


def mode_of(name: str) -> type[Mode]:
    """The mode of that name. Raises UsageError with the nearest names, or why one that somebody has is not there."""
    if name in _modes:
        return _modes[name]
    if name in _absent:
        why, hint = why_absent(name)
        raise UsageError(why, hint=hint)
    near = get_close_matches(name, _modes, n=3, cutoff=0.4) or list(_modes)
    raise UsageError(f"there is no mode {name!r}", hint=f"Did you mean {' or '.join(near)}? `agentchat modes list`")


def again(name: str) -> str:
    """What comes of a question after the end, as a clause: a round of one mode is a whole run of another."""
    return getattr(_modes.get(name), "again", "it goes on")


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
            f"{name}: {key} = {_short(raw.get(key))}: {first['msg'].removeprefix('Value error, ')}",
            hint=f"`agentchat modes show {name}` lists what each setting takes",
        ) from None


def _short(value: JsonValue) -> str:
    """A value as it was given, in part where it is long."""
    said = repr(value)
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}…"


def lacking(name: str, settings: Mapping[str, Any], personas: Sequence[Persona]) -> str:
    """What a room of these personas would lack for the mode to work, in words; empty where it lacks nothing."""
    whole = mode_of(name).Settings.model_validate(settings)
    return whole.lacks(personas) if isinstance(whole, Settings) else ""


def make(name: str, settings: Mapping[str, Any]) -> Mode:
    """The mode at work. Settings a newer version dropped are ignored: an old session goes on."""
    mode = mode_of(name)
    known = {key: value for key, value in settings.items() if key in mode.Settings.model_fields}
    return mode(mode.Settings.model_validate(known))
