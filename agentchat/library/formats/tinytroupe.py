"""TinyTroupe's agent files: a person as nested JSON, told as an outline."""

from __future__ import annotations

from pathlib import Path

from pydantic import JsonValue

from agentchat.library.formats.brought import Brought, first_sentence, flawed, line_of, plain, text_of, without_secrets

FORMAT = "TinyTroupe agent"
_PLACES = ("persona", "_persona", "_configuration")


def is_agent(value: dict[str, JsonValue]) -> bool:
    """Whether this JSON is one, of either shape that its versions wrote."""
    typed = "TinyPerson" in (value.get("type"), value.get("json_serializable_class_name"))
    return typed or any(isinstance(one := value.get(key), dict) and "name" in one for key in _PLACES[:2])


def read(value: dict[str, JsonValue], path: Path) -> list[Brought]:
    """The one persona of the file. Raises FlawError if it holds none."""
    kept, secrets = without_secrets(value)
    persona = next((one for key in _PLACES if isinstance(one := kept.get(key), dict)), None)
    if persona is None:
        raise flawed(path, f"is a {FORMAT} without a persona")
    name = line_of(text_of(persona.get("name")) or text_of(kept.get("name")), 60) or line_of(path.stem, 60)
    work = persona.get("occupation")
    title = line_of(text_of(work.get("title")) if isinstance(work, dict) else text_of(work), 60)
    about = text_of(work.get("description")) if isinstance(work, dict) else ""
    parts = [f"You are {name}{f', {title}' if title else ''}."]
    for key, part in persona.items():
        if key != "name" and part not in (None, "", [], {}):
            parts.append(f"## {_heading(key)}\n\n{outline(part)}")
    unused = [key for key in kept if key not in (*_PLACES, "type", "json_serializable_class_name", "name")]
    own: dict[str, JsonValue] = {"title": title, "description": first_sentence(about or text_of(persona.get("style")))}
    ignored = (*secrets, *(f"{line_of(key, 40)} is kept, and means nothing here" for key in unused))
    return [Brought(FORMAT, name, "\n\n".join(parts), own, kept, ignored)]


def outline(value: JsonValue, indent: str = "") -> str:
    """Nested JSON as a list that reads aloud."""
    match value:
        case dict():
            lines = []
            for key, part in value.items():
                nested = isinstance(part, dict | list)
                told = f"\n{outline(part, indent + '  ')}" if nested else f" {_word(part)}"
                lines.append(f"{indent}- {_heading(key)}:{told}")
            return "\n".join(lines)
        case list():
            return "\n".join(
                outline(part, indent) if isinstance(part, dict | list) else f"{indent}- {_word(part)}" for part in value
            )
        case _:
            return _word(value)


def _word(value: JsonValue) -> str:
    return plain(str(value)) if value is not None else ""


def _heading(key: str) -> str:
    return line_of(key.replace("_", " "), 60).capitalize()
