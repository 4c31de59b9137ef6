"""From a wish to the first event of a session: what a room file brings, who takes part, and with which models.

All that can be wrong with a wish is said here, before anything is created.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agentchat import __version__, budget
from agentchat.errors import UsageError
from agentchat.events import SessionOpened
from agentchat.library import materials, placed
from agentchat.models import names
from agentchat.modes import lacking, mode_of, settings_of, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from agentchat.home.home import Home
    from agentchat.home.wish import Wish
    from agentchat.library import FoundLineUp
    from agentchat.models.choice import Choice
    from agentchat.persona import Persona

USUAL = "discussion"
"""The mode where nothing names one."""

FOR_TINY: dict[str, JsonValue] = {"stop": "stall", "dissent": False}
"""Settings of a room of tiny models only: where such a model stands is noise, and nothing should hang on it."""


def named(home: Home, wish: Wish) -> FoundLineUp | None:
    """The room file or line-up that a wish names. Raises UsageError with what is wrong with it."""
    if wish.room:
        return home.shelf.room(Path(wish.room))
    if len(wish.personas) != 1 or wish.source:
        return None
    name = wish.personas[0].strip().casefold()
    return next((one for one in home.shelf.scan().lineups if name in (one.lineup.id, one.lineup.name.casefold())), None)


def filled(home: Home, wish: Wish) -> Wish:
    """The wish with what its room file or line-up brings where it says nothing itself. Raises UsageError.

    Settings are for the file's own mode: with another one they stay behind.
    """
    found = named(home, wish)
    if found is None:
        return wish if wish.mode else replace(wish, mode=USUAL)
    lineup = found.lineup
    mode = wish.mode or lineup.mode
    by_name = not wish.room
    people = tuple(one.persona.id if one.origin != "path" else str(one.path.absolute()) for one in found.members)
    models = {who: placed(found.path, model) for who, model in {"": lineup.model, **lineup.models}.items() if model}
    return replace(
        wish,
        topic=wish.topic if wish.topic.strip() else lineup.topic,
        mode=mode,
        personas=people if by_name or not (wish.personas or wish.cast) else wish.personas,
        material=(*materials(found), *wish.material),
        room="",
        usual=lineup.settings if mode == lineup.mode else {},
        models={**models, **{who: model for who, model in wish.models.items() if model}},
        memory=wish.memory or lineup.memory,
        budget=wish.budget or lineup.budget,
        escalation=wish.escalation or lineup.escalation,
        source=str(found.path),
        told=tuple(_told(found, wish, mode)),
    )


def _told(found: FoundLineUp, wish: Wish, mode: str) -> Iterator[str]:
    """Which file it is and why, and what is worth knowing."""
    lineup = found.lineup
    why = "the room file you named" if wish.room else f"the line-up that -p {wish.personas[0]} names"
    yield f"Room: {lineup.name} ({found.path}, {why})"
    if lineup.settings and mode != lineup.mode:
        yield f"its settings are for {lineup.mode} and stay behind: you took {mode}"
    for flaw in found.notes:
        yield f"{flaw.place}: {flaw.message} {flaw.hint}".strip()


def people(home: Home, wish: Wish) -> list[Persona]:
    """Who takes part in a filled wish, or those suggested for its topic. Raises UsageError with the nearest names."""
    if not (wish.personas or wish.cast):
        return [pick.found.persona for pick in home.suggest(wish.topic).picks]
    there = [home.shelf.get(name).persona for name in wish.personas] + list(wish.cast)
    ids = [one.id for one in there]
    if doubles := {one.name for one in there if ids.count(one.id) > 1}:
        raise UsageError(f"{', '.join(sorted(doubles))} cannot be in the room twice")
    return there


async def chosen(home: Home, wish: Wish, persona: Persona) -> Choice:
    """The model that one who takes part in a filled wish is asked with, and why."""
    if wish.model:
        return await home.chosen(wish.model, persona)
    brought = wish.models.get(persona.id) or wish.models.get("", "")
    return await home.chosen(brought, persona, f"from {Path(wish.source).name}" if brought and wish.source else "")


def window(home: Home, persona: Persona) -> tuple[str, int]:
    """The model a persona would be asked with as far as that is written down, and the tokens it reads at most."""
    model = next(iter(persona.model), "") or home.environ.get("AGENTCHAT_MODEL", "") or home.config.model
    return model, names.window(model) if model else 0


async def opened(home: Home, wish: Wish) -> SessionOpened:
    """How the session of a filled wish begins. `timeouts.*` are not among its settings any more. Raises UsageError."""
    if not wish.topic.strip():
        raise UsageError("a room needs a topic", hint='As in: agentchat chat "How could we …?"')
    mode = mode_of(wish.mode)
    limits, settings = budget.split(wish.settings, wish.budget)
    there = people(home, wish)
    models = {persona.id: await chosen(home, wish, persona) for persona in there}
    for choice in models.values():
        home.check_model(choice.model)
    usual = dict(wish.usual)
    if all(home.models.tiny(one.model) for one in models.values()):
        usual = {name: value for name, value in FOR_TINY.items() if name in mode.Settings.model_fields} | usual
    whole = settings_of(wish.mode, {**usual, **settings, **wish.given})
    if lacks := lacking(wish.mode, whole, there):
        raise UsageError(lacks, hint="-p NAME takes a persona in; `agentchat personas list` shows all.")
    if wish.usual.get("check") and whole.get("check") is True and not wish.check:
        raise UsageError(
            "each version of this text is checked by a command of yours, and no file brings one",
            hint="Give it with --check CMD, or go on without: --set check=no",
        )
    return SessionOpened(
        session=secrets.token_hex(6),
        topic=wish.topic.strip(),
        material=wish.material,
        mode=mode.name,
        mode_version=mode.version,
        mode_source=source_of(mode.name),
        settings=whole,
        personas=tuple(there),
        models={who: choice.model for who, choice in models.items()},
        models_why="; ".join(dict.fromkeys(choice.why for choice in models.values())),
        seed=secrets.randbelow(2**31) if wish.seed is None else wish.seed,
        budget=limits,
        escalation=wish.escalation,
        agentchat=__version__,
    )
