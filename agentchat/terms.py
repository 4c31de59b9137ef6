"""What a room is held to beside its mode: what it may cost, and how long it waits for a person."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST = 1e9
"""More of anything is no limit."""


class Budget(BaseModel):
    """What a room may spend before it asks a person. None limits nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: Annotated[int, Field(gt=0, le=1_000_000_000_000)] | None = None
    """In and out, over the whole log."""
    cost: Annotated[float, Field(gt=0, le=MOST, allow_inf_nan=False)] | None = None
    """US dollars."""
    minutes: Annotated[float, Field(gt=0, le=MOST, allow_inf_nan=False)] | None = None
    """In which it is not paused and waits for nobody."""


class Patience(BaseModel):
    """What becomes of a question that nobody answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: Literal["wait", "default", "fail"] = "wait"
    timeout: Annotated[float, Field(ge=0, le=MOST, allow_inf_nan=False)] | None = None
    """Seconds until its default counts; None waits without end."""


def limits(budget: Budget) -> str:
    """A budget in words: `200,000 tokens, $0.50`."""
    parts = (
        f"{budget.tokens:,} tokens" if budget.tokens else "",
        f"${budget.cost:.2f}" if budget.cost and budget.cost >= 0.01 else f"${budget.cost:g}" if budget.cost else "",
        f"{budget.minutes:g} minutes" if budget.minutes else "",
    )
    return ", ".join(part for part in parts if part)
