"""What a person answers, in words as typed: one of the options, or a ballot. Never a guess: what fits two is none."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import BaseModel, JsonValue, ValidationError

from agentchat.errors import UsageError
from agentchat.kinds.kind import kind_of
from agentchat.kinds.slate import fold, labels, names

_FIELDS = {"pick": "vote", "approval": "approve", "ranking": "ranking"}
"""The field of a ballot that holds its opinion, where that can be typed as it is."""

PASSES = frozenset({"abstain", "pass"})
"""Words with which a person lets their own turn go."""


def option(words: str, options: Sequence[str]) -> str:
    """The option meant by its name, its number or a beginning only it has; any words where there are no options.

    Raises UsageError that says what there is.
    """
    wanted = fold(words)
    if not options and wanted:
        return words.strip()
    if not options:
        raise UsageError("an answer needs words")
    if wanted.isdecimal() and wanted not in map(fold, options) and 0 < int(wanted) <= len(options):
        return options[int(wanted) - 1]
    for fits in (wanted.__eq__, lambda one: one.startswith(wanted)):
        found = [one for one in options if fits(fold(one))]
        if wanted and len(found) == 1:
            return found[0]
    raise UsageError(f"{words!r} is none of the answers there are", hint=listed(options))


def ballot(kind: str, choices: tuple[str, ...], words: str) -> dict[str, JsonValue] | None:
    """The payload of a turn of that kind, from words or JSON; None where the kind holds only text.

    Raises UsageError that says how it is filled in.
    """
    payload = kind_of(kind).payload
    if payload is None:
        return None
    if words.lstrip().startswith("{"):
        content = _parsed(words)
    elif kind == "scores":
        content = {"scores": _numbers(choices, words)}
    elif kind == "pick":
        content = {"vote": names(choices).exact(words) or option(words, choices)}
    elif kind in _FIELDS:
        content = {_FIELDS[kind]: words}
    else:
        content = filled(payload(choices), words)
    try:
        return payload(choices).model_validate(content).model_dump(mode="json")
    except ValidationError as error:
        wrong = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
        raise UsageError(f"that is no {kind}: {wrong}", hint=how(kind, choices)) from None


def how(kind: str, choices: tuple[str, ...]) -> str:
    """How a turn of that kind is filled in, in a line."""
    called = [label if label == one else f"{label} {one}" for label, one in zip(labels(choices), choices, strict=True)]
    first = labels(choices)[:2] or ("A", "B")
    example = {
        "pick": first[0],
        "approval": ", ".join(first),
        "ranking": " > ".join(first),
        "scores": ", ".join(f"{one}={5 - 2 * at}" for at, one in enumerate(first)),
    }.get(kind, "")
    if not example and (payload := kind_of(kind).payload):
        return _fields(payload(choices))
    return " · ".join([*called, f"as in {example!r}, or abstain" if example else ""]).removesuffix(" · ")


def filled(payload: type[BaseModel], words: str) -> dict[str, JsonValue]:
    """The fields of any payload from words: JSON, `leaning: do it; why: it is cheap`, or the first field alone.

    Nothing is checked. Raises UsageError where it is meant as JSON and is none.
    """
    if words.lstrip().startswith("{"):
        content = _parsed(words)
        return content if isinstance(content, dict) else {}
    about = _asked(payload)
    found: dict[str, JsonValue] = {}
    last = next(iter(about), "")
    for part in words.replace("\n", ";").split(";"):
        name, colon, rest = part.partition(":")
        key = name.strip().lower().replace(" ", "_")
        if colon and key in about:
            last, part = key, rest
        if part.strip() and last:
            found[last] = "; ".join(filter(None, (str(found.get(last) or ""), part.strip())))
    for key, value in found.items():
        if choices := about[key]:
            found[key] = option(str(value), choices)
    return found


def _asked(payload: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    """The fields of a payload, each with the words it takes where these are given."""
    about = payload.model_json_schema().get("properties", {})
    return {name: tuple(map(str, field.get("enum", ()))) for name, field in about.items()}


def _fields(payload: type[BaseModel]) -> str:
    """How a payload is filled in."""
    asked = _asked(payload)
    shown = [f"{name.replace('_', ' ')}: {' | '.join(choices) or '…'}" for name, choices in asked.items()]
    return "; ".join(shown) + ", or pass"


def listed(options: Sequence[str]) -> str:
    """The options with their numbers, in a line."""
    return " · ".join(f"{number} {one}" for number, one in enumerate(options, 1))


def _numbers(choices: tuple[str, ...], words: str) -> dict[str, JsonValue]:
    pairs = [part.replace(":", "=").rpartition("=") for part in words.replace(";", ",").split(",") if part.strip()]
    unknown = [name.strip() for name, _, _ in pairs if names(choices).exact(name) is None]
    if unknown:
        raise UsageError(f"there is no {unknown[0]!r} to score", hint=how("scores", choices))
    return {name.strip(): number.strip() for name, _, number in pairs}


def _parsed(words: str) -> object:
    try:
        return json.loads(words)
    except ValueError as error:
        raise UsageError(f"that is no JSON: {error}") from None
