"""A participant's character, as read from its file and kept whole in the session that used it."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

YOU = "you"
"""The id of the person in the room."""

CHECK = "check"
"""The id of the outside check: a command the person gave, asked like a participant, answered by its exit code."""

RESERVED = frozenset(
    {YOU, CHECK, "human", "system", "moderator", "user", "assistant", "room", "all", "everyone", "nobody"}
)
"""Ids no persona may have: they stand for the person, the room or everybody."""


def slugify(name: str) -> str:
    """The id made of a display name: `Dr. Ada Lovelace` gives `dr-ada-lovelace`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


class Persona(BaseModel):
    """One persona, frozen. A session keeps a snapshot of each of its own."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    """Its address in the room (`@ada`) and its name in every event."""
    name: Annotated[str, Field(min_length=1, max_length=60)]
    prompt: Annotated[str, Field(min_length=1)]
    """The system prompt: the body of its file."""
    title: str = ""
    """What it is, in a word or two: economist, sceptic."""
    description: str = ""
    focus: str = ""
    """The one line of what it cares about; a tiny model gets this in place of `prompt`."""
    model: tuple[str, ...] = ()
    """Models it wants, best first; empty takes the room's."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    color: str = ""
    avatar: str = ""
    """One or two cells shown before its name."""
    talkativeness: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How readily it takes the floor, 0 to 1."""
    understudy: str = ""
    """The id of the persona that takes its turn when its models fail."""
    tags: tuple[str, ...] = ()
    extra: dict[str, JsonValue] = Field(default_factory=dict)
    """Front matter this version does not know, kept as it was."""

    @property
    def about(self) -> str:
        """What a list says of it: of one that is not described, what it cares about."""
        return self.description or self.focus
