"""A vote as `votes_counted` records it. What a record of another version does not hold is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agentchat.events import Recorded

if TYPE_CHECKING:
    from agentchat.transcript import Transcript


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class BallotCast(_Lenient):
    """One ballot on record."""

    voter: str = ""
    status: str = "valid"
    pick: str | None = None
    approve: tuple[str, ...] | None = None
    ranking: tuple[tuple[str, ...], ...] | None = None
    scores: Mapping[str, float] | None = None
    recused: tuple[str, ...] = ()
    why: str = ""
    reason: str = ""


class Condorcet(_Lenient):
    """The options compared two by two."""

    winner: str | None = None
    loser: str | None = None
    cycle: tuple[str, ...] = ()


class Tie(_Lenient):
    """How a tie was settled."""

    among: tuple[str, ...] = ()
    step: str = ""
    winners: tuple[str, ...] = ()
    note: str = ""
    seed: int | None = None


class Counted(_Lenient):
    """What the rule made of the ballots."""

    winners: tuple[str, ...] = ()
    elected: tuple[str, ...] = ()
    ordering: tuple[tuple[str, ...], ...] | None = None
    scores: Mapping[str, float] | None = None
    unit: str = "votes"
    confidence: float | None = None
    valid: float = 0
    margin: float | None = None
    pivotal: tuple[str, ...] | None = None
    condorcet: Condorcet | None = None
    tie: Tie | None = None
    trace: tuple[str, ...] = ()


class Other(_Lenient):
    """What another rule would have chosen."""

    rule: str
    winners: tuple[str, ...] = ()
    margin: float | None = None


class Quorum(_Lenient):
    """Whether enough took part."""

    met: bool = True
    needed: float = 0
    present: float = 0
    eligible: float = 0


class Vote(_Lenient):
    """A vote as `votes_counted` records it."""

    stage: str = "final"
    question: str = ""
    rule: str = ""
    ballots: tuple[BallotCast, ...] = ()
    result: Counted = Field(default_factory=Counted)
    others: tuple[Other, ...] = ()
    quorum: Quorum = Field(default_factory=Quorum)
    changed: tuple[str, ...] = ()


def vote_of(record: Recorded) -> Vote | None:
    """The vote that was recorded; None where the record holds none."""
    try:
        return Vote.model_validate(record.data)
    except ValidationError:
        return None


def votes(transcript: Transcript) -> tuple[Recorded, ...]:
    """The records of all counted votes on the path, oldest first."""
    return tuple(one for one in transcript.entries if isinstance(one, Recorded) and one.kind == "votes_counted")
