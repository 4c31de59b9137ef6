"""A persona as a Character Card V3. One that was brought as a card gives back what came in, and what changed since."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import JsonValue

from agentchat.library import palette
from agentchat.library.bringing import FROM, ORIGIN, origin_of
from agentchat.library.formats import card, picture
from agentchat.library.formats.brought import without_secrets
from agentchat.library.persona_file import parse_persona
from agentchat.library.written import fitting, markdown
from agentchat.persona import Persona

EMPTY: dict[str, JsonValue] = {
    "name": "", "description": "", "tags": [], "creator": "", "character_version": "", "mes_example": "",
    "extensions": {}, "system_prompt": "", "post_history_instructions": "", "first_mes": "",
    "alternate_greetings": [], "personality": "", "scenario": "", "creator_notes": "", "group_only_greetings": [],
}  # fmt: skip
"""Every field that a V3 card must have."""


def card_of(persona: Persona, path: Path) -> dict[str, JsonValue]:
    """The V3 card. Raises FlawError if the origin beside the persona's file cannot be read."""
    origin = origin_of(persona, path)
    if isinstance(origin, dict):
        origin, _ = without_secrets(origin)
    brought = isinstance(origin, dict) and card.is_card(origin)
    around: dict[str, JsonValue] = {}
    said: JsonValue = {}
    if isinstance(origin, dict) and brought:
        inner = origin.get("data")
        wrapped = origin.get("spec") in card.NAMES and isinstance(inner, dict)
        said = inner if wrapped else origin
        around = {key: value for key, value in origin.items() if key != "data"} if wrapped else {}
    data = EMPTY | (said if isinstance(said, dict) else {})
    if persona.name != data["name"]:
        data["name"] = persona.name
    if persona.prompt.strip() != card.prompt_of(data):
        data |= dict.fromkeys(card.PROMPTED, "") | {"description": persona.prompt}
    if not brought:
        data |= {"creator_notes": persona.description, "tags": [*persona.tags]}
    if changed := _changed(persona, data, path, brought=brought):
        extensions = data["extensions"] if isinstance(data["extensions"], dict) else {}
        data["extensions"] = extensions | {"agentchat": card.ours(data) | changed}
    return around | {"spec": "chara_card_v3", "spec_version": "3.0", "data": data}


def card_json(persona: Persona, path: Path) -> str:
    """The card as a file's text."""
    return json.dumps(card_of(persona, path), ensure_ascii=False, indent=2) + "\n"


def card_picture(persona: Persona, path: Path) -> bytes:
    """The card in a small picture of the persona's colour, readable as V3 and as V2."""
    whole = card_of(persona, path)
    older = whole | {"spec": "chara_card_v2", "spec_version": "2.0"}
    color = palette.hex_of(persona.color) or next(iter(palette.PALETTE.values()))
    return picture.draw(json.dumps(whole), json.dumps(older), color)


def _changed(persona: Persona, data: dict[str, JsonValue], path: Path, *, brought: bool) -> dict[str, JsonValue]:
    """What reading the card back would not say of the persona."""
    (read,) = card.read({"spec": "chara_card_v3", "data": data}, path)
    reread = parse_persona(markdown(persona.name, fitting(read.own), persona.prompt), path).persona
    ours = persona.model_dump(mode="json", include={*card.OWN})
    theirs = reread.model_dump(mode="json", include={*card.OWN}) if reread else {}
    changed: dict[str, JsonValue] = {key: value for key, value in ours.items() if value != theirs.get(key)}
    extra = {key: value for key, value in persona.extra.items() if not (brought and key in (FROM, ORIGIN))}
    again = reread.extra if reread else {}
    return changed | ({"extra": extra} if extra != again else {})
