"""What each kind of turn asks for, in words: its form, its length, the fields of a structured answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from agentchat.events import Recorded
from agentchat.kinds import Kind, kind_of
from agentchat.kinds.ballot import BALLOTS
from agentchat.kinds.schema import inlined
from agentchat.kinds.slate import slate
from agentchat.prompting.prompt import cut, tokens
from agentchat.prompting.quoting import neutral

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.events import TurnStarted
    from agentchat.transcript import Member, Transcript

WORDS = 120
"""About how many words a turn has where nothing else says so."""


def words(transcript: Transcript, member: Member, kind: str) -> int:
    """About how many words the turn should have: the kind's, the member's, the mode's; 0 where the brief says it."""
    wanted, own = transcript.frame.settings.get("words"), kind_of(kind).words
    return own if own is not None else member.words or (wanted if isinstance(wanted, int) else WORDS)


def options(transcript: Transcript, start: TurnStarted, names: frozenset[str], room: int) -> str:
    """The options of a vote as this voter is shown them, in full where there is room; empty for any other turn."""
    if start.kind not in BALLOTS:
        return ""
    short = neutral(slate(start.choices), names)
    full = neutral(slate(start.choices, _texts(transcript)), names)
    return f"The options:\n{full if tokens(full) <= room else cut(short, room)}"


def _texts(transcript: Transcript) -> dict[str, str]:
    """The full text of each option that was set, by its id."""
    texts: dict[str, str] = {}
    for entry in transcript.entries:
        found = entry.data.get("options") if isinstance(entry, Recorded) and entry.kind == "options_set" else None
        for one in found if isinstance(found, list) else ():
            match one:
                case {"id": str(name), "text": str(text)}:
                    texts[name] = text
                case _:
                    pass
    return texts


@lru_cache(maxsize=256)
def fields(kind: Kind, choices: tuple[str, ...]) -> str:
    """The fields of a structured answer, a line each; empty where the kind is plain text."""
    if kind.payload is None:
        return ""
    properties = inlined(kind.payload(choices))["properties"]
    assert isinstance(properties, dict)
    lines = [
        f'- "{name}": {_shape(field)}. {field.get("description", "")}'
        for name, field in properties.items()
        if isinstance(field, dict)
    ]
    return "\n".join(line.rstrip() for line in lines)


def answer(kind: str, choices: tuple[str, ...]) -> str:
    """How a structured answer is to be written; empty where the kind is plain text."""
    listed = fields(kind_of(kind), choices)
    return f"Reply with one JSON object and nothing else, with these fields:\n{listed}" if listed else ""


def _shape(field: Mapping[str, JsonValue]) -> str:
    match field:
        case {"enum": list(values)}:
            return "one of " + ", ".join(json.dumps(value, ensure_ascii=False) for value in values)
        case {"const": value}:
            return f'"{value}"'
        case {"type": "string", "maxLength": int(most)}:
            return f"text, at most {most} characters"
        case {"type": "string"}:
            return "text"
        case {"type": "array", "items": dict(item)}:
            return f"a list, each {_shape(item)}"
        case {"type": "boolean"}:
            return "true or false"
        case {"type": ("integer" | "number") as type_, "minimum": least, "maximum": most}:
            return f"{'a whole number' if type_ == 'integer' else 'a number'} from {least} to {most}"
        case {"type": "integer" | "number"}:
            return "a number"
        case {"properties": dict(inner)}:
            return "an object with " + "; ".join(
                f'"{name}": {_described(about)}' for name, about in inner.items() if isinstance(about, dict)
            )
        case _:
            return "an object"


def _described(field: Mapping[str, JsonValue]) -> str:
    about = field.get("description")
    return f"{_shape(field)} ({about})" if about else _shape(field)
