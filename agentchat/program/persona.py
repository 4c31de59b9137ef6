"""A persona that a program makes up, and not a file."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from agentchat.errors import UsageError
from agentchat.persona import RESERVED, Persona as Known, slugify


class Persona(Known):
    """A persona of a program's own. Its id is made from its name where none is given."""

    def __init__(
        self,
        *,
        name: str,
        prompt: str,
        id: str = "",  # noqa: A002 (its name)
        title: str = "",
        description: str = "",
        focus: str = "",
        model: Sequence[str] | str = (),
        temperature: float | None = None,
        talkativeness: float = 0.5,
        tags: Sequence[str] = (),
    ) -> None:
        """Raises UsageError that names what is wrong."""
        who = id or slugify(name)[:40].strip("-")
        if who in RESERVED:
            raise UsageError(f"no persona can be called {name!r}", hint="That stands for the person or the room.")
        try:
            super().__init__(
                id=who,
                name=name,
                prompt=prompt,
                title=title,
                description=description,
                focus=focus,
                model=(model,) if isinstance(model, str) else tuple(model),
                temperature=temperature,
                talkativeness=talkativeness,
                tags=tuple(tags),
            )
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            key = str(first["loc"][0]) if first["loc"] else ""
            raise UsageError(f"the persona {name!r}: {key}: {first['msg']}") from None
