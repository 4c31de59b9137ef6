"""Character Cards V1, V2 and V3 as personas. The card is kept whole beside the prompt that is made of it.

What a card says of itself under `extensions.agentchat` is our own front matter, on its way back.
"""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import JsonValue

from agentchat.library.formats.brought import (
    Brought,
    first_sentence,
    flawed,
    line_of,
    plain,
    text_of,
    without_secrets,
    words_of,
)  # fmt: skip
from agentchat.library.persona_file import KEYS

NAMES = {"chara_card_v2": "Character Card V2", "chara_card_v3": "Character Card V3"}
V1 = "Character Card V1"
SAID = ("description", "personality", "scenario", "first_mes", "mes_example")
"""The fields of a V1 card besides its name."""
PROMPTED = ("system_prompt", "description", "personality", "scenario", "mes_example", "post_history_instructions")
"""What a prompt is made of, in this order."""
OWN = (
    "title",
    "description",
    "focus",
    "model",
    "temperature",
    "color",
    "avatar",
    "talkativeness",
    "understudy",
    "tags",
)
PERSON = "the person"

_HEADINGS = {
    "personality": "Personality",
    "scenario": "Where you are",
    "mes_example": "How you talk",
    "post_history_instructions": "Always",
}
_KEY = re.compile(r"[A-Za-z_][\w-]{0,60}")
_NOT_AGAIN = {*KEYS, "from", "origin"}
_MACRO = re.compile(r"\{\{([^{}]{0,200})\}\}|<(bot|user|char)>", re.IGNORECASE)


def is_card(value: dict[str, JsonValue]) -> bool:
    """Whether this JSON is a card of any version."""
    if value.get("spec") in NAMES:
        return True
    return isinstance(value.get("name"), str) and sum(isinstance(value.get(key), str) for key in SAID) >= 2


def read(value: dict[str, JsonValue], path: Path) -> list[Brought]:
    """The one persona of a card. Raises FlawError if it holds none."""
    kept, secrets = without_secrets(value)
    format_ = NAMES.get(str(kept.get("spec")), V1)
    said = kept.get("data") if format_ != V1 else kept
    if not isinstance(said, dict):
        raise flawed(path, f"is a {format_} without data")
    name = line_of(text_of(said.get("name")), 60) or line_of(path.stem, 60)
    prompt = prompt_of(said)
    if not prompt:
        raise flawed(path, f"is a {format_} that says nothing of who {name} is", "fill in its description")
    return [Brought(format_, name, prompt, _own(said, name), kept, (*secrets, *_unused(said)))]


def prompt_of(said: dict[str, JsonValue]) -> str:
    """The prompt that a card's fields make, with its macros filled in."""
    name = line_of(text_of(said.get("nickname")) or text_of(said.get("name")), 60)
    parts = []
    for key in PROMPTED:
        text = plain(filled(text_of(said.get(key)), name))
        if text:
            parts.append(f"## {_HEADINGS[key]}\n\n{text}" if key in _HEADINGS else text)
    return "\n\n".join(parts)


def filled(text: str, name: str) -> str:
    """A card's text with `{{char}}`, `{{user}}` and their like in words. What stands for chance takes its first."""

    def words(match: re.Match[str]) -> str:
        macro = (match[1] or match[2] or "").strip()
        kind, _, rest = macro.partition(":")
        match kind.strip().lower():
            case "char" | "bot":
                return name
            case "user":
                return PERSON
            case "original" | "trim" | "comment" | "noop" | "hidden_key":
                return ""
            case "random" | "pick":
                return re.split(r"::|,", rest.lstrip(":"), maxsplit=1)[0].strip()
            case "newline":
                return "\n"
            case word if word.startswith("//"):
                return ""
            case _:
                return match[0]

    return re.sub(r"^<START>$", "", _MACRO.sub(words, text), flags=re.MULTILINE | re.IGNORECASE)


def ours(said: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """What an export of ours left in the card."""
    extensions = said.get("extensions")
    found = extensions.get("agentchat") if isinstance(extensions, dict) else None
    return found if isinstance(found, dict) else {}


def _own(said: dict[str, JsonValue], name: str) -> dict[str, JsonValue]:
    about = text_of(said.get("creator_notes")) or filled(text_of(said.get("description")), name)
    own: dict[str, JsonValue] = {"description": first_sentence(about), "tags": words_of(said.get("tags"))}
    extensions = said.get("extensions")
    if isinstance(extensions, dict):
        own["talkativeness"] = extensions.get("talkativeness")
    left = ours(said)
    extra = left.get("extra")
    others = extra if isinstance(extra, dict) else {}
    kept = {key: value for key, value in others.items() if _KEY.fullmatch(key) and key not in _NOT_AGAIN}
    return own | {key: left[key] for key in OWN if key in left} | kept


def _unused(said: dict[str, JsonValue]) -> tuple[str, ...]:
    unused = []
    book = said.get("character_book")
    if isinstance(book, dict) and isinstance(entries := book.get("entries"), list) and entries:
        unused.append(f"its lorebook of {len(entries)} is kept, and not used")
    greetings = said.get("alternate_greetings")
    if text_of(said.get("first_mes")) or (isinstance(greetings, list) and greetings):
        unused.append("its greetings are kept, and not used: a room begins with its topic")
    if isinstance(assets := said.get("assets"), list) and assets:
        unused.append(f"what it calls its assets ({len(assets)}) is not fetched")
    return tuple(unused)
