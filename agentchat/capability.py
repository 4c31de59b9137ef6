"""What a participant can do, read off its own words, and how well that fits a task: no model, no chance, the same each
time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentchat.persona import Persona

TELLING, PASSING = 3.0, 1.0
"""What a word is worth in tools, tags or title, and in description or focus of one that has tags."""

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = (("ies", "y"), ("ical", "ic"), ("sses", "ss"), ("ings", ""), ("ing", ""), ("ed", ""), ("s", ""))
_COMMON = """
a about after all also an and any are as at back be been before best better by can could did do does first for from
get give go good has have he her his how i if in into is it its just keep let like make many may me more most much my
need new no not of on one only or other our out over own people she should so some such take talk than that the their
them then there these they thing this those to too two under up us use very want was way we were what when where which
who whom whose why will win with without work would you your
"""
_EMPTY = frozenset(_COMMON.split())


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a persona fits a text, and for which of its words."""

    score: float
    words: tuple[str, ...] = ()


def fit(text: str, persona: Persona) -> Fit:
    """How well a persona fits a task: the worth of the text's words that it has."""
    known = weights(persona)
    shared = [(stem, word) for stem, word in stems(text).items() if stem in known]
    shared.sort(key=lambda pair: -known[pair[0]])
    return Fit(sum(known[stem] for stem, _ in shared), tuple(word for _, word in shared))


@lru_cache(maxsize=512)
def _known(title: str, tags: tuple[str, ...], tools: tuple[str, ...], about: str) -> dict[str, float]:
    weights = dict.fromkeys(stems(about), PASSING if tags or tools else TELLING)
    return weights | dict.fromkeys(stems(" ".join((title, *tags, *tools))), TELLING)


def weights(persona: Persona) -> dict[str, float]:
    """What each word says about the persona, by its stem and by where it stands."""
    return _known(persona.title, persona.tags, tools(persona), f"{persona.description} {persona.focus}")


def tools(persona: Persona) -> tuple[str, ...]:
    """The tools its file names: a list, or one text with commas."""
    named = persona.extra.get("tools")
    listed = named.split(",") if isinstance(named, str) else named if isinstance(named, list) else ()
    return tuple(one.strip() for one in listed if isinstance(one, str) and one.strip())


def stems(text: str) -> dict[str, str]:
    """The telling words of a text by their stems, each as it was written first."""
    words: dict[str, str] = {}
    for match in _WORD.finditer(text.casefold()):
        if match[0] not in _EMPTY:
            words.setdefault(_stem(match[0]), match[0])
    return words


def _stem(word: str) -> str:
    """Rough on purpose: enough that `families` meets `family` and `pricing` meets `price`."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word.removesuffix(ending) + instead
            break
    return word.removesuffix("e") if len(word) > 3 else word
