"""Stop rules, composed: `agreement | stall & rounds:3`. `&` binds tighter than `|`; brackets group.

A rule is asked with the facts of a moment and answers with the words of the rule that fired, or none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules are asked about."""

    rounds: int = 0
    """Rounds that are complete."""
    turns: int = 0
    tokens: int = 0
    cost: float = 0.0
    """US dollars."""
    minutes: float = 0.0
    agreed: bool = False
    stalled: bool = False
    said: str = ""
    """The last words of the person."""


Rule = Callable[[Facts], str]

_NUMBERS: dict[str, Callable[[Facts], tuple[float, str]]] = {
    "rounds": lambda facts: (facts.rounds, "rounds"),
    "turns": lambda facts: (facts.turns, "turns"),
    "tokens": lambda facts: (facts.tokens, "tokens spent"),
    "cost": lambda facts: (facts.cost, "dollars spent"),
    "minutes": lambda facts: (facts.minutes, "minutes"),
}
_WORD = re.compile(r"\s*(?:(?P<op>[|&()])|(?P<name>[a-z]+)(?::(?P<value>[^\s|&()]+))?)")
USAGE = "rules are agreement, stall, rounds:N, turns:N, tokens:N, cost:DOLLARS, minutes:N, said:WORD, joined by | and &"


def parse(text: str) -> Rule:
    """The rule a text describes; an empty one never fires. Raises ValueError that says what is wrong."""
    words: list[re.Match[str]] = []
    at = 0
    while text[at:].strip():
        match = _WORD.match(text, at)
        if match is None:
            raise ValueError(f"{text[at:].strip()!r} is no stop rule; {USAGE}")
        words.append(match)
        at = match.end()
    if not words:
        return lambda _: ""
    rule, rest = _either(words)
    if rest:
        raise ValueError(f"{rest[0].group().strip()!r} was not expected there; {USAGE}")
    return rule


def _either(words: list[re.Match[str]]) -> tuple[Rule, list[re.Match[str]]]:
    left, rest = _both(words)
    while rest and rest[0]["op"] == "|":
        right, rest = _both(rest[1:])
        left = _or(left, right)
    return left, rest


def _both(words: list[re.Match[str]]) -> tuple[Rule, list[re.Match[str]]]:
    left, rest = _one(words)
    while rest and rest[0]["op"] == "&":
        right, rest = _one(rest[1:])
        left = _and(left, right)
    return left, rest


def _or(left: Rule, right: Rule) -> Rule:
    return lambda facts: left(facts) or right(facts)


def _and(left: Rule, right: Rule) -> Rule:
    def both(facts: Facts) -> str:
        one, other = left(facts), right(facts)
        return f"{one} and {other}" if one and other else ""

    return both


def _one(words: list[re.Match[str]]) -> tuple[Rule, list[re.Match[str]]]:
    if not words:
        raise ValueError(f"a rule is missing at the end; {USAGE}")
    word, rest = words[0], words[1:]
    if word["op"] == "(":
        rule, rest = _either(rest)
        if not rest or rest[0]["op"] != ")":
            raise ValueError(f"a closing bracket is missing; {USAGE}")
        return rule, rest[1:]
    if word["op"]:
        raise ValueError(f"{word['op']!r} was not expected there; {USAGE}")
    return _named(word["name"], word["value"] or ""), rest


def _named(name: str, value: str) -> Rule:
    if name == "agreement":
        return lambda facts: "they agree, two rounds running" if facts.agreed else ""
    if name == "stall":
        return lambda facts: "nothing new was said" if facts.stalled else ""
    if name == "said" and value:
        return lambda facts: f"you said {value}" if value.lower() in facts.said.lower().split() else ""
    if name not in _NUMBERS:
        raise ValueError(f"{name!r} is no stop rule; {USAGE}")
    try:
        limit = float(value)
    except ValueError:
        raise ValueError(f"{name} takes a number, as in {name}:3; {USAGE}") from None
    measure = _NUMBERS[name]

    def reached(facts: Facts) -> str:
        amount, unit = measure(facts)
        return f"{limit:g} {unit}" if amount >= limit else ""

    return reached
