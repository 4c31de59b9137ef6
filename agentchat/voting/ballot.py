"""Ballots: what one voter says about the options, exactly as far as it was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Tier = frozenset[str]
"""Options a voter holds equal."""

Status = Literal["valid", "abstained", "invalid", "missing"]
"""`abstained`: the voter chose not to. `invalid`: something came, but no ballot can be read in it. `missing`: nothing
came (it failed, timed out, was refused)."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One option, nothing said of the others."""

    option: str


@dataclass(frozen=True, slots=True)
class Approval:
    """The options that would do; none of them is a valid opinion too."""

    options: Tier


@dataclass(frozen=True, slots=True)
class Ranking:
    """Tiers, best first. Options it does not name tie last."""

    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """A number for each option named, higher is better, 0 to 5 unless the election says otherwise."""

    scores: Mapping[str, Fraction]


Opinion = Pick | Approval | Ranking | Scores


@dataclass(frozen=True, slots=True)
class Ballot:
    """One voter's ballot, or `weight` equal ones."""

    opinion: Opinion | None = None
    """None where `status` is not `valid`."""
    voter: str = ""
    status: Status = "valid"
    weight: Fraction = Fraction(1)
    recused: Tier = field(default_factory=frozenset)
    """Options that were not on this voter's slate (its own): it says nothing of them, and is not counted in any
    comparison with one."""
    reason: str = ""
    """Why it is no valid ballot, in words."""
