"""The options of a vote: given, or from proposals, equal texts merged, each with who had it.

Merged is only what differs in case, spaces and the marks around it: two proposals are never taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field, JsonValue

from agentchat.kinds.ballot import ABSTAIN
from agentchat.kinds.slate import fold
from agentchat.text import legible

LONGEST_ID = 40
"""Characters of an option's short name."""

MOST_OPTIONS = 100

_MARKS = re.compile(r"^\s*(?:(?:[-•>#]|\d+[.)])+\s+)+|(?<![\w`*])[*_`]+(?=\S)|(?<=\S)[*_`]+(?![\w`*])", re.MULTILINE)
_LABEL = re.compile(r"(?:my )?(?:option|proposal|suggestion)\s*(?:[A-Z\d]{1,2}\s*)?[:.–—-]\s+", re.IGNORECASE)


def _given(value: object) -> object:
    texts = value.split("|") if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        return texts
    found = slate(("", text) for text in texts if isinstance(text, str))
    if len(found) == 1 or len(found) > MOST_OPTIONS:
        raise ValueError(f"give 2 to {MOST_OPTIONS} different options, or none; as in: tea | coffee")
    return tuple(option.text for option in found)


Given = Annotated[tuple[str, ...], BeforeValidator(_given), Field(json_schema_extra={"type": "string", "default": ""})]
"""Options as a person gives them: a list, or one text with | between them."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to vote for."""

    id: str
    """Short and unique: what ballots name."""
    text: str
    by: tuple[str, ...] = ()
    """Who proposed it; nobody, where it was given."""
    merged: tuple[str, ...] = ()
    """Other texts that say the same."""

    def fact(self) -> dict[str, JsonValue]:
        """As it is recorded."""
        return {"id": self.id, "text": self.text, "by": list(self.by), "merged": list(self.merged)}


def slate(texts: Iterable[tuple[str, str]]) -> tuple[Option, ...]:
    """The options of these texts, each with who had it, in the order they came. Nobody's is taken as it is written."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for by, text in texts:
        plain = " ".join(legible(text if not by else _bare(text)).split())
        if key := fold(plain):
            groups.setdefault(key, []).append((by, plain))
    options: list[Option] = []
    for said in groups.values():
        first, *merged = dict.fromkeys(text for _, text in said)
        whose = tuple(dict.fromkeys(who for who, _ in said if who))
        options.append(Option(_named(first, {one.id for one in options}), first, whose, tuple(merged)))
    return tuple(options)


def recorded(data: Mapping[str, JsonValue]) -> tuple[Option, ...]:
    """The options of an `options_set`."""
    found = data.get("options")
    return tuple(_option(one) for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def listed(options: Iterable[Option]) -> str:
    """The options in one line, for a brief."""
    return "; ".join(one.text if one.id == one.text else f"“{one.id}” ({one.text})" for one in options)


def _option(fact: dict[str, JsonValue]) -> Option:
    by, merged = (value if isinstance(value, list) else [] for value in (fact.get("by"), fact.get("merged")))
    id_ = str(fact.get("id"))
    return Option(id_, str(fact.get("text") or id_), tuple(map(str, by)), tuple(map(str, merged)))


def _bare(text: str) -> str:
    """A model's text without its emphasis, list marks and label."""
    bare = _MARKS.sub("", legible(text)).strip()
    return bare[found.end() :] if (found := _LABEL.match(bare)) else bare


def _named(text: str, taken: set[str]) -> str:
    short = text
    if len(text) > LONGEST_ID:
        cut = text[:LONGEST_ID].rsplit(" ", 1)[0] if " " in text[1:LONGEST_ID] else text[: LONGEST_ID - 1]
        short = f"{cut.rstrip(' ,;:.–—-')}…"
    known = {fold(one) for one in taken} | {ABSTAIN}
    name, number = short, 1
    while fold(name) in known:
        number += 1
        name = f"{short} ({number})"
    return name
