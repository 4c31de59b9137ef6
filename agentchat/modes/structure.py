"""Whether a class is a mode at all: what it lacks is said in words, before any room is opened with it."""

from __future__ import annotations

import inspect
import json
import re
from typing import TYPE_CHECKING, TypeGuard

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentchat.modes.mode import Mode

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = {"name": 40, "title": 40, "summary": 120, "picture": 60}
"""Characters that fit where each is shown."""

SAYS = {
    "name": "what it is called on the command line: six-hats",
    "title": "what it is called on the screen: Six hats",
    "summary": "what it does, in one line",
    "picture": "who speaks when, drawn: A → B → C → A …",
}


def is_mode(one: object) -> TypeGuard[type[Mode]]:
    """Whether something is meant as a mode: a class that can say what comes next."""
    return isinstance(one, type) and callable(getattr(one, "next", None)) and hasattr(one, "Settings")


def wrong(mode: type) -> tuple[str, ...]:
    """What is wrong with a class that is to be a mode, each in words; nothing where it is one."""
    return tuple(_wrong(mode))


def _wrong(mode: type) -> Iterator[str]:
    for field, says in SAYS.items():
        yield from _text(field, getattr(mode, field, None), says)
    version = getattr(mode, "version", None)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        yield "version: a whole number from 1, one more whenever old sessions would go on otherwise"
    achieves = getattr(mode, "achieves", None)
    if not isinstance(achieves, frozenset) or not achieves or not all(isinstance(one, str) for one in achieves):
        yield 'achieves: a frozenset of the outcomes that are what was asked for, as in frozenset({"decided"})'
    for method, arguments in (("next", "transcript"), ("bound", "members")):
        if not _takes(getattr(mode, method, None), 2):
            yield f"{method}: a method {method}(self, {arguments})"
    settings = getattr(mode, "Settings", None)
    if not isinstance(settings, type) or not issubclass(settings, BaseModel):
        yield "Settings: a class of its settings, made from agentchat.modes.Settings"
        return
    faults = [*_settings(settings)]
    yield from faults
    if not faults:
        yield from _made(mode, settings)


def _text(field: str, value: object, says: str) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{field}: {says}"
    elif len(value) > LONGEST[field] or not value.isprintable():
        yield f"{field}: one line of at most {LONGEST[field]} characters"
    elif field == "name" and not NAME.fullmatch(value):
        yield f"name: {value!r} must be lower-case letters and digits, with a - between words"


def _takes(method: object, count: int) -> bool:
    if not callable(method):
        return False
    try:
        inspect.signature(method).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


def _settings(settings: type[BaseModel]) -> Iterator[str]:
    for name, field in settings.model_fields.items():
        if field.is_required():
            yield f"Settings.{name}: has no default"
        if not field.description:
            yield f'Settings.{name}: says nothing of what it is: Field(…, description="…")'
        if "." in name or name.startswith("_"):
            yield f"Settings.{name}: is no name for a setting"


def _made(mode: type, settings: type[BaseModel]) -> Iterator[str]:
    try:
        usual = settings()
        json.dumps(usual.model_dump(mode="json"))
        settings.model_json_schema()
    except (ValidationError, ValueError, TypeError) as error:
        yield f"Settings: its defaults are not what it takes: {_first(error)}"
        return
    try:
        bound = mode(usual).bound(3)
    except Exception as error:  # noqa: BLE001 (the edge: whatever somebody else's class does)
        yield f"cannot be made with its usual settings: {type(error).__name__}: {_first(error)}"
        return
    if not isinstance(bound, int) or bound < 1:
        yield "bound: must give the most turns and conclusions it takes, a whole number"


def _first(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
