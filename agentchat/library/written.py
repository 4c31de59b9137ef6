"""A persona as the Markdown file a person would write by hand, every value on one line of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from pydantic import JsonValue

from agentchat.library import palette
from agentchat.library.persona_file import KEYS, first_sentence
from agentchat.persona import Persona
from agentchat.text import legible

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ]*(?:[.,;'()/-][A-Za-z0-9 ]+)*[.]?")
_WORD = re.compile(r"[A-Za-z_][\w-]{0,60}")
_LIMITS = {"title": 60, "description": 2_000, "focus": 240, "understudy": 60}
_RANGES = {"temperature": 2.0, "talkativeness": 1.0}


def markdown(name: str, values: Mapping[str, JsonValue], prompt: str) -> str:
    """The file's text: its name, those `values` that say something, in the order of our keys, and the prompt."""
    own = {key: value for key, value in values.items() if key in KEYS and key != "name"}
    rest = {key: value for key, value in values.items() if key not in KEYS}
    lines = [f"name: {_scalar(name)}"]
    lines += [field(key, own[key]) for key in KEYS if own.get(key) not in (None, "", [], {})]
    lines += [field(key, value) for key, value in rest.items()]
    return "\n".join(["---", *lines, "---", prompt.strip(), ""])


def persona_markdown(persona: Persona) -> str:
    """The file of a persona we have: reading it gives the same persona."""
    own = persona.model_dump(mode="json", include={*KEYS} - {"name"}, exclude_defaults=True)
    if persona.focus == first_sentence(persona.description):  # then the reader made it, and will again
        own.pop("focus", None)
    return markdown(persona.name, {**own, **persona.extra}, persona.prompt)


def fitting(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """These values of our keys where they are what our keys take; what is not is left out. Others stay as they are."""
    return {key: kept for key, value in values.items() if (kept := _fit(key, value)) is not None}


def _fit(key: str, value: JsonValue) -> JsonValue:
    if key in KEYS and isinstance(value, str):
        value = legible(value)
    if key in _LIMITS:
        line = " ".join(value.split()) if isinstance(value, str) else ""
        return line[: _LIMITS[key]].rstrip() or None
    if key in _RANGES:
        return _number(value, _RANGES[key])
    if key == "color":
        return (palette.hex_of(value) if isinstance(value, str) else None) or None
    if key == "avatar":
        return value if isinstance(value, str) and 1 <= len(value) <= 2 else None
    if key in ("tags", "model"):
        items = value.split(",") if isinstance(value, str) else value
        texts = [one for one in items if isinstance(one, str)] if isinstance(items, list) else []
        words = [" ".join(legible(one).split()) for one in texts]
        return [*dict.fromkeys(word for word in words if word and len(word) <= 100 and "," not in word)] or None
    return value


def _number(value: JsonValue, high: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = round(float(value), 6)
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number <= high else None


def field(key: str, value: JsonValue) -> str:
    """One line of front matter."""
    return f"{key if _WORD.fullmatch(key) else json.dumps(key)}: {_value(value)}"


def _value(value: JsonValue) -> str:
    match value:
        case str():
            return _scalar(value)
        case list() if all(isinstance(item, str) for item in value):
            return f"[{', '.join(_scalar(str(item), inside=True) for item in value)}]"
        case float() | int() if not isinstance(value, bool):
            return f"{value:g}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _scalar(text: str, *, inside: bool = False) -> str:
    """Plain where YAML reads it as it stands, in quotes otherwise; long JSON in single ones, which need no escapes."""
    if _PLAIN.fullmatch(text) and not (inside and "," in text) and text == text.strip():
        return text
    if text.startswith("{") and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=False)
