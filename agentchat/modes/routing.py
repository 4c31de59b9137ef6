"""Who a case suits: every specialist's score by its own words, and who has it, in words. No model, no chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.capability import fit
from agentchat.modes.floor import lot

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.transcript import Member


@dataclass(frozen=True, slots=True)
class Scored:
    """A specialist, how well it fits the case, and for which words."""

    who: str
    name: str
    score: float
    words: tuple[str, ...]
    out: str = ""
    """Why it cannot have the case; empty where it can."""


def scored(
    case: str, specialists: Sequence[Member], out: Mapping[str, str], load: Mapping[str, int], seed: int
) -> tuple[Scored, ...]:
    """All of them, best first; of equals, who had least to do, then by lot."""
    found = []
    for one in specialists:
        fits = fit(case, one.persona)
        found.append(Scored(one.id, one.persona.name, float(fits.score), fits.words, out.get(one.id, "")))
    return tuple(sorted(found, key=lambda one: (-one.score, load.get(one.who, 0), lot(seed, case, one.who))))


def eligible(found: Sequence[Scored], least: float) -> tuple[Scored, ...]:
    """Those that can have the case: good enough, and not out."""
    return tuple(one for one in found if one.score >= least and not one.out)


def close(found: Sequence[Scored], margin: float) -> tuple[Scored, ...]:
    """Those that come so near to the best that the scores do not decide; fewer than two are no doubt."""
    near = tuple(one for one in found if found[0].score - one.score <= margin)
    return near if len(near) > 1 else ()


def reason(found: Sequence[Scored], chosen: Scored) -> str:
    """Why one of these has the case, in words."""
    about = f"knows about {' and '.join(chosen.words[:2])}" if chosen.words else "fits as well as any"
    equal = [one for one in found if one.score == chosen.score]
    if len(equal) > 1:
        others = " and ".join(one.name for one in equal if one.who != chosen.who)
        return f"{about}, as {others}; the one with least to do, or by lot"
    return f"{about}, best of {len(found)}" if len(found) > 1 else about


def rows(found: Sequence[Scored]) -> list[JsonValue]:
    """As they stand on record."""
    return [{"who": one.who, "score": one.score, "words": [*one.words], "out": one.out} for one in found]
