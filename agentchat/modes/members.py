"""Members by their names, as a person writes them into a setting: `ada, ben`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.persona import Persona
    from agentchat.transcript import Member


def names_in(text: str) -> list[str]:
    """The names in `ada, ben`."""
    return [name.strip() for name in text.split(",") if name.strip()]


def is_called(name: str, persona: Persona) -> bool:
    """Whether a persona goes by that name or id, in any case, with or without an @."""
    wanted = name.strip().lower().lstrip("@")
    return bool(wanted) and wanted in (persona.id, persona.name.lower())


def absent(text: str, personas: Sequence[Persona]) -> str:
    """The first of the names in `ada, ben` that none of these goes by; empty where all are here."""
    return next((name for name in names_in(text) if not any(is_called(name, one) for one in personas)), "")


def named(text: str, members: Sequence[Member]) -> tuple[Member, ...]:
    """The members that `ada, ben` names, in that order; all of them where it names nobody."""
    wanted = names_in(text)
    found = [one for name in wanted for one in members if is_called(name, one.persona)]
    unique = {one.id: one for one in found}
    return tuple(unique.values()) if wanted else tuple(members)
