"""Who listens for what: topics, and kinds of things that happen, as a person writes them into a setting or a file.

`prices` is a topic: whoever speaks of it is heard. `person`, `joined`, `left`, `outcome` and `silence` are things that
happen; `kind:reaction` is a turn of that kind, `kind:poll` the outcome of such a mode, `from:cleo` whatever she says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.capability import stems
from agentchat.modes.members import is_called

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentchat.persona import Persona
    from agentchat.transcript import Member

HAPPENINGS = ("person", "joined", "left", "outcome", "silence")
"""The person spoke, somebody came, somebody went, a mode inside this one ended, nobody had more to say."""
OF = ("kind", "from")
"""What is followed by a colon and a name."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, for others to hear."""

    seq: int
    by: str
    """Who made it, and never hears it."""
    text: str = ""
    what: str = ""
    """One of `HAPPENINGS`; empty for a turn."""
    kind: str = ""
    """The kind of the turn; of an outcome the mode it is of."""
    to: tuple[str, ...] = ()
    """Who alone may hear it; empty is everybody."""
    wave: int = 0
    """How many reactions led here."""
    root: int = 0
    """What began it, by its `seq`."""
    seat: str = ""
    """Whose turn it was, where another spoke for them: they do not hear it either."""


def read(text: str) -> dict[str, tuple[str, ...]]:
    """Who listens for what, in `ada: prices, rents; ben: person, kind:poll`. Raises ValueError in words."""
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (one.strip() for one in text.split(";"))):
        name, colon, topics = part.partition(":")
        wanted = tuple(dict.fromkeys(filter(None, (one.strip() for one in topics.split(",")))))
        if not colon or not name.strip() or not wanted:
            raise ValueError(f"{part!r}: write it as  ada: prices, rents; ben: person, from:ada")
        for one in wanted:
            group, of, what = one.partition(":")
            if of and (group.strip() not in OF or not what.strip()):
                raise ValueError(f"{one!r} is nothing to listen for: kind:NAME, from:NAME, a topic, or {_listed()}")
        found[name.strip()] = wanted
    return found


def _listed() -> str:
    return ", ".join(HAPPENINGS)


def subscriptions(members: Sequence[Member], wanted: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """What each member listens for: as the room has it, else as their file does, else what they are about."""
    found: dict[str, tuple[str, ...]] = {}
    for member in members:
        of_room = [topics for name, topics in wanted.items() if is_called(name, member.persona)]
        found[member.id] = tuple(of_room[0]) if of_room else own(member.persona)
    return found


def own(persona: Persona) -> tuple[str, ...]:
    """What a persona's file listens for: its `listens`, else its tags, else the words of its title and focus."""
    named = persona.extra.get("listens")
    listed = named.split(",") if isinstance(named, str) else named if isinstance(named, list) else ()
    topics = tuple(one.strip() for one in listed if isinstance(one, str) and one.strip())
    return topics or persona.tags or tuple(stems(f"{persona.title} {persona.focus}").values())


def heard(happening: Happening, who: str, topics: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Which of the topics one hears in it: none in what is their own, or was said to others. `names` gives ids."""
    if who in (happening.by, happening.seat) or (happening.to and who not in happening.to):
        return ()
    said = stems(happening.text)
    return tuple(topic for topic in topics if _fits(topic, happening, said, names))


def _fits(topic: str, happening: Happening, said: Mapping[str, str], names: Mapping[str, str]) -> bool:
    group, colon, name = (part.strip() for part in topic.partition(":"))
    if colon:
        wanted = names.get(name.lower().lstrip("@"), name)
        says = happening.what in ("", "person")  # who comes or goes has said nothing
        return happening.kind == name if group == "kind" else says and happening.by == wanted
    if topic in HAPPENINGS:
        return happening.what == topic
    wanted_stems = stems(topic)
    return bool(wanted_stems) and wanted_stems.keys() <= said.keys()
