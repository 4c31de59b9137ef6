"""Names that look alike are the same name: nobody takes another's, or the person's, by a foreign letter."""

from __future__ import annotations

from agentchat.persona import RESERVED
from agentchat.text import skeleton

_TAKEN = {skeleton(word): word for word in RESERVED}


def reserved(name: str) -> str | None:
    """The reserved word that `name` is, or passes for."""
    return _TAKEN.get(skeleton(name)) or _TAKEN.get(skeleton(name.replace("I", "l")))
