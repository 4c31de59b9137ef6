"""What a text is judged by: criteria with weights, and the score that critics' numbers make."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from statistics import mean
from typing import TYPE_CHECKING

from agentchat.kinds.critique import BEST

if TYPE_CHECKING:
    from pydantic import JsonValue

MOST = 6
"""Criteria at most: more are scored alike."""

ANCHORS = {
    "correctness": "1 wrong or unfounded in what matters, 3 right but for details, 5 every statement holds",
    "accuracy": "1 wrong or unfounded in what matters, 3 right but for details, 5 every statement holds",
    "clarity": "1 hard to follow, 3 clear on a second reading, 5 clear at once to whom it is for",
    "completeness": "1 misses what was asked for, 3 misses something of use, 5 all that is needed and no more",
    "tone": "1 wrong for its readers, 3 uneven, 5 right for them throughout",
    "brevity": "1 twice as long as needed, 3 some of it could go, 5 no word too many",
}
"""What the numbers mean, for criteria that are known."""


def parse(text: str) -> dict[str, Fraction]:
    """The weights of `clarity:2, accuracy:3`, by criterion. Raises ValueError that says what is wrong."""
    weights: dict[str, Fraction] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = (piece.strip() for piece in part.partition(":"))
        try:
            weight = Fraction(number or 1)
        except (ValueError, ZeroDivisionError):
            raise ValueError(f"{part!r}: a weight is a number, as in clarity:2") from None
        if not name or not 0 < weight <= 100:
            raise ValueError(f"{part!r} is no criterion with a weight over 0, as in clarity:2")
        if name.lower() in map(str.lower, weights) or name.lower() == "other" or len(name) > 40:
            raise ValueError(f"{name!r} cannot be a criterion here: it is there twice, reserved, or too long")
        weights[name] = weight
    if not 1 <= len(weights) <= MOST:
        raise ValueError(f"from 1 to {MOST} criteria, as in clarity:2, accuracy:3")
    return weights


def shares(
    weights: Mapping[str, Fraction], critiques: Mapping[str, Mapping[str, JsonValue]]
) -> tuple[dict[str, float], dict[str, float], float]:
    """The mean score by criterion, each critic's own, and the score of all: 0 is the worst, 1 the best."""
    given = {critic: _numbers(data.get("scores")) for critic, data in critiques.items()}
    scores = {
        name: mean([(numbers[name] - 1) / (BEST - 1) for numbers in given.values() if name in numbers] or [0.0])
        for name in weights
    }
    whole = float(sum(weights.values()))
    by = {
        critic: sum(float(weight) * (numbers.get(name, 1) - 1) / (BEST - 1) for name, weight in weights.items()) / whole
        for critic, numbers in given.items()
    }
    rounded = {name: round(score, 4) for name, score in scores.items()}
    return rounded, {critic: round(score, 4) for critic, score in by.items()}, round(mean(by.values()), 4)


def _numbers(value: JsonValue) -> dict[str, int]:
    return {name: one for name, one in value.items() if isinstance(one, int)} if isinstance(value, dict) else {}
