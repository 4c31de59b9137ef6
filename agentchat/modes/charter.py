"""How a committee works: all that is declared before anybody votes."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from agentchat.modes.counting import SEVERAL, Method, fits, method
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.slate import Given
from agentchat.voting.ties import STEPS

CASTING, LOT = "casting", "lot"


def _share(value: object) -> object:
    if isinstance(value, str) and (found := re.fullmatch(r"\s*(\d{1,4})\s*/\s*([1-9]\d{0,3})\s*", value)):
        return int(found[1]) / int(found[2])
    return value


Share = Annotated[float, BeforeValidator(_share)]
"""A share: 0.6, or 2/3."""


class Settings(ModeSettings):
    """Settings of a committee."""

    options: Given = Field((), description="What to choose from: tea | coffee; empty lets the room propose them")
    rule: Literal[
        "auto",
        "majority",
        "plurality",
        "two-round",
        "approval",
        "score",
        "star",
        "borda",
        "irv",
        "irv-drop-all",
        "copeland",
        "minimax",
        "schulze",
        "ranked-pairs",
        "stv",
        "spav",
    ] = Field(
        "auto",
        description="How votes are counted. auto: who has most of two or three options (with a threshold, majority), "
        "Borda to seven, else approval; STV for several seats",
    )
    family: Literal["auto", "pick", "approval", "ranking", "scores"] = Field(
        "auto", description="What a ballot asks for; auto: what the rule reads"
    )
    threshold: Share = Field(
        0.5, ge=0.5, le=1, description="Share a majority needs: 1/2 is more than half, 2/3 at least that, 1 all"
    )
    seats: int = Field(1, ge=1, le=20, description="How many options are chosen")
    rounds: int = Field(
        1, ge=0, le=4, description="Rounds of arguments between the first vote and the last; 0 votes once"
    )
    quorum: Share = Field(2 / 3, ge=0, le=1, description="Share of the voters whose ballot must be there")
    ties: str = Field(
        "pairwise, first-places, last-places, lot",
        description=f"What settles a tie, in this order: {', '.join(STEPS)}; casting is the chair's ballot, or yours "
        "where you vote and no chair is named; empty votes again",
    )
    chair: str = Field("", description="Who writes the decision up; empty lets the room pick one")
    you: Literal["watch", "vote", "tie-break", "veto"] = Field(
        "watch", description="Your part: watch, vote too, decide a tie, or have the last word"
    )
    deadline: int = Field(0, ge=0, le=604_800, description="Seconds you have for it; 0 waits for you")
    recuse_own: bool = Field(default=True, description="Nobody votes on the option they proposed")
    minority_report: bool = Field(default=True, description="Whoever lost says why the others are wrong")
    write_up: bool = Field(default=True, description="The chair writes the decision up, and cannot change it")
    dissent: bool = Field(
        default=True, description="Where all agree at once, one is asked for the strongest case against it"
    )
    probe: bool = Field(
        default=False, description="Ask one voter again in reversed order, to see if the vote is fragile"
    )
    words: int = Field(100, ge=20, le=600, description="About how many words a turn has")

    @field_validator("family")
    @classmethod
    def _readable(cls, family: str, info: ValidationInfo) -> str:
        rule = info.data.get("rule", "auto")
        if rule != "auto" and family != "auto" and not fits(rule, family):
            raise ValueError(f"{rule} cannot be counted from such ballots; auto asks for those it needs")
        return family

    @field_validator("seats")
    @classmethod
    def _fillable(cls, seats: int, info: ValidationInfo) -> int:
        rule = info.data.get("rule", "auto")
        if seats > 1 and rule not in ("auto", *SEVERAL):
            raise ValueError(f"{rule} has one winner; {' and '.join(SEVERAL)} fill several seats")
        return seats

    @field_validator("ties")
    @classmethod
    def _declared(cls, ties: str) -> str:
        steps = ties.replace(",", " ").replace("|", " ").split()
        if unknown := [step for step in steps if step not in STEPS]:
            raise ValueError(f"{unknown[0]!r} settles no tie; there are {', '.join(STEPS)}")
        return ", ".join(dict.fromkeys(steps))

    @property
    def steps(self) -> tuple[str, ...]:
        """The tie chain; a person who breaks ties does so before a lot is drawn."""
        steps = [step for step in self.ties.split(", ") if step]
        if self.you == "tie-break" and CASTING not in steps:
            steps.insert(steps.index(LOT) if LOT in steps else len(steps), CASTING)
        return tuple(steps)

    @property
    def least(self) -> Fraction:
        """The quorum, exact."""
        return exact(self.quorum)

    def method(self, family: str, options: int) -> Method:
        """How so many options are voted on; with ballots of that family, where some are in."""
        return method(self.rule, family or self.family, options, self.seats, exact(self.threshold))


def exact(share: float) -> Fraction:
    """The share that was meant: 0.6667 is two thirds."""
    return Fraction(share).limit_denominator(1000)
