"""The options in front of one voter, and what each may be called: nothing is taken for an option that is not its name.

A label stands for a place in the order that this voter was shown, so it means another option with every voter, and
never leaves the prompt and the answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from agentchat.text import legible

_WRAPPING = " \t\n\"'`*_.!,;:“”‘’„‚«»‹›「」『』"
"""What may stand around a name without changing it."""

_LABELLED = re.compile(r"[\[(]?(\w{1,3})(?:[\])]\s*[:.–—-]?|\s*[:.–—-])\s*(\S.*)", re.DOTALL)
_PREFIXED = re.compile(r"(?:the |my )?(?:option|choice|proposal|candidate|answer)\s+(\S.*)", re.DOTALL)


def fold(text: str) -> str:
    """A text without its typography: two that fold alike are spelled alike."""
    plain = " ".join(unicodedata.normalize("NFKC", legible(text)).split())
    return plain.strip(_WRAPPING).casefold()


@lru_cache(maxsize=1024)
def labels(choices: tuple[str, ...]) -> tuple[str, ...]:
    """What each choice is called by its place: A, B, … Z, AA; the choices themselves where one is spelled like that."""
    by_place = tuple(_letters(place) for place in range(len(choices)))
    return choices if {*map(fold, choices)} & {*map(fold, by_place)} else by_place


def slate(choices: tuple[str, ...], texts: Mapping[str, str] | None = None) -> str:
    """The options as a voter reads them, a line each: `A: childcare (Free childcare on the square)`."""
    lines = []
    for label, choice in zip(labels(choices), choices, strict=True):
        text, name = (" ".join(said.split()) for said in ((texts or {}).get(choice, ""), choice))
        named = name if label == choice else f"{label}: {name}"
        lines.append(f"{named} ({text})" if text and fold(text) != fold(choice) else named)
    return "\n".join(lines)


@dataclass(frozen=True)
class Names:
    """The names of some choices: their own, their labels, and both together."""

    choices: tuple[str, ...]
    extra: tuple[str, ...] = ()
    """Further words that may be answered (`abstain`); they have no labels."""

    def exact(self, text: str) -> str | None:
        """The choice that a text names and nothing else: "B", "(b)", "Option B", "B: its name"."""
        if text in self.choices:
            return text
        folded = fold(text)
        if found := self._known.get(folded) or self._known.get(folded.strip("()[] ")):
            return found
        if match := _PREFIXED.fullmatch(folded):
            return self._known.get(match[1]) or (None if _PREFIXED.match(match[1]) else self.exact(match[1]))
        if match := _LABELLED.fullmatch(folded):
            label, name = self._labels.get(match[1]), self._known.get(fold(match[2]))
            return label if label == name else None
        return None

    def heading(self, text: str) -> Iterator[tuple[str, str]]:
        """The choices whose names a text begins with, longest first, each with what follows."""
        for name, choice in self._spelled:
            head = text[: len(name)]
            same = head == name or (len(name) > 2 and head.casefold() == name.casefold())  # "a" is a word
            if same and not _goes_on(text, len(name)):
                yield choice, text[len(name) :]

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {fold(label): choice for label, choice in zip(labels(self.choices), self.choices, strict=True)}

    @cached_property
    def _known(self) -> dict[str, str]:
        """Every name by its folded spelling, but none that stands for two."""
        known: dict[str, str] = {}
        shared: set[str] = set()
        for name, choice in [*self._labels.items(), *((fold(one), one) for one in (*self.choices, *self.extra))]:
            if known.setdefault(name, choice) != choice:
                shared.add(name)
        return {name: choice for name, choice in known.items() if name and name not in shared}

    @cached_property
    def _spelled(self) -> list[tuple[str, str]]:
        """Every name as it may stand in a sentence, longest first."""
        own = [(unicodedata.normalize("NFKC", one), one) for one in (*self.choices, *self.extra)]
        names = [*own, *zip(labels(self.choices), self.choices, strict=True)]
        clear = [(" ".join(name.split()), one) for name, one in names if self._known.get(fold(name)) == one]
        return sorted(dict.fromkeys(clear), key=lambda pair: -len(pair[0]))


@lru_cache(maxsize=256)
def names(choices: tuple[str, ...], extra: tuple[str, ...] = ()) -> Names:
    """The names of some choices, worked out once."""
    return Names(choices, extra)


def _letters(place: int) -> str:
    text = ""
    place += 1
    while place:
        place, digit = divmod(place - 1, 26)
        text = chr(ord("A") + digit) + text
    return text


def _goes_on(text: str, end: int) -> bool:
    """Whether a word goes on past a place."""
    return end < len(text) and text[end - 1].isalnum() and (text[end].isalnum() or text[end] in "_'’")
