"""What other programs call a persona, each read by one file from its bytes alone.

`recognise` looks at the content first and asks the name only where two formats look the same. A reader gives
personas or raises FlawError, whatever the bytes are.
"""

from __future__ import annotations

from pathlib import Path

from agentchat.library.flaw import Flaw
from agentchat.library.formats import autogen, card, charx, crewai, markdown, picture, strict_json, tinytroupe
from agentchat.library.formats.brought import Brought, UnknownFormatError, flawed
from agentchat.library.plain_file import decoded

MAX_BYTES = 32 * 1024 * 1024
"""Of a picture or an archive, of which only the card is looked at."""
MAX_TEXT = 2 * 1024 * 1024
MAX_PERSONAS = 200
KNOWN = "Claude Code and Copilot agents, Character Cards, CrewAI, TinyTroupe, AutoGen, aichat roles, Fabric patterns"

__all__ = ["MAX_BYTES", "Brought", "UnknownFormatError", "recognise"]


def recognise(raw: bytes, path: Path) -> list[Brought]:
    """The personas that the bytes describe; `path` names the file in errors. Raises FlawError."""
    if raw.startswith(picture.SIGNATURE):
        found = _json(picture.card_text(raw, path), path)
    elif raw.startswith(charx.SIGNATURE) or (raw[:3] == b"\xff\xd8\xff" and path.suffix.lower() in (".charx", ".jpg")):
        found = _json(charx.card_text(raw, path), path)
    elif len(raw) > MAX_TEXT:
        raise flawed(path, f"is larger than {MAX_TEXT // 1024 // 1024} MB", "no persona is as long as that")
    elif b"\0" in raw[:1024] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _unknown(path)
    else:
        found = _text(decoded(raw, path), path)
    if len(found) > MAX_PERSONAS:
        raise flawed(path, f"holds more than {MAX_PERSONAS} personas", "split it")
    return found


def _text(text: str, path: Path) -> list[Brought]:
    suffix = path.suffix.lower()
    if text.lstrip()[:1] in ("{", "[") and suffix not in (".md", ".txt"):
        return _json(text, path)
    if suffix in (".yaml", ".yml"):
        if not crewai.seems(text):
            raise _unknown(path)
        return crewai.read(text, path)
    if suffix in (".md", ".txt", ".markdown"):
        return markdown.read(text, path)
    if crewai.seems(text) and not text.startswith("---"):
        return crewai.read(text, path)
    if text.startswith("---"):
        return markdown.read(text, path)
    raise _unknown(path)


def _json(text: str, path: Path) -> list[Brought]:
    value = strict_json.parse(text, path)
    if not isinstance(value, dict):
        raise _unknown(path)
    if autogen.is_component(value):
        return autogen.read(value, path)
    if tinytroupe.is_agent(value):
        return tinytroupe.read(value, path)
    if card.is_card(value):
        return card.read(value, path)
    raise _unknown(path)


def _unknown(path: Path) -> UnknownFormatError:
    return UnknownFormatError(Flaw(path, 0, "is no persona of a format that is read", f"these are: {KNOWN}"))
