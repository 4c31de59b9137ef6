"""What a room's budget calls for: a word when most of it is spent, a question when all of it is, an end after that.

It outranks every mode, and what a person has to say outranks it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.steps import Escalate
from agentchat.terms import Budget, limits
from agentchat.transcript import NEARLY, RAISE, SPENT, Spent

if TYPE_CHECKING:
    from agentchat.steps import Step
    from agentchat.transcript import Transcript

END = "end now"
MOST = 0.8
"""The share of a budget from which it is nearly spent."""


def next_step(transcript: Transcript) -> Step | None:
    """The notice or the question that the budget calls for before anyone is asked anything; None where none is due."""
    purse = transcript.purse
    if purse.budget is None or purse.closing:
        return None
    reached = [name for name, share in shares(purse.budget, transcript.spent) if share >= 1]
    if reached:
        told = " and ".join(amount(name, transcript.spent) for name in reached)
        question = f"The room has spent what it may: {told} of {limits(purse.budget)}. Shall it go on?"
        return Escalate(question, "ask", (RAISE, END), END, key=SPENT, reason="the budget is spent", by="room")
    near = [name for name, share in shares(purse.budget, transcript.spent) if share >= MOST]
    if near and not purse.warned:
        told = " and ".join(amount(name, transcript.spent) for name in near)
        notice = f"Most of what the room may spend is spent: {told} of {limits(purse.budget)}."
        return Escalate(notice, "notify", key=NEARLY, reason="the budget is nearly spent", by="room")
    return None


def shares(budget: Budget, spent: Spent) -> Iterator[tuple[str, float]]:
    """How much of each limit is spent; 1 is all of it."""
    for name, so_far in (("tokens", spent.tokens), ("cost", spent.cost), ("minutes", spent.minutes)):
        limit = getattr(budget, name)
        if limit is not None:
            yield name, so_far / limit


def amount(name: str, spent: Spent) -> str:
    """What is spent of one thing, in words."""
    match name:
        case "tokens":
            return f"{spent.tokens:,} tokens"
        case "cost":
            return f"${spent.cost:.4g}" if spent.cost < 0.01 else f"${spent.cost:.2f}"
        case _:
            return f"{spent.minutes:.1f} minutes"


def split(settings: Mapping[str, str], budget: Budget | None = None) -> tuple[Budget | None, dict[str, str]]:
    """What `budget.*` makes of a budget, and the other settings. `no` takes a limit away. Raises UsageError."""
    kept: dict[str, float] = budget.model_dump(exclude_none=True) if budget else {}
    rest: dict[str, str] = {}
    for key, value in settings.items():
        group, _, name = key.partition(".")
        if group != "budget":
            rest[key] = value
            continue
        if name not in Budget.model_fields:
            raise UsageError(f"no budget can have {name!r}", hint=f"It limits {', '.join(Budget.model_fields)}.")
        kept.pop(name, None)
        if value.strip().lower() not in ("no", "none", ""):
            kept[name] = _number(key, name, value)
    return Budget.model_validate(kept) if kept else None, rest


def _number(key: str, name: str, value: str) -> float:
    try:
        number = float(value.replace("_", ""))
        whole = int(number) if name == "tokens" else number
        Budget.model_validate({name: whole})
    except (ValueError, OverflowError):
        raise UsageError(f"{key} = {value!r} is no number above 0", hint="As in: --set budget.cost=0.50") from None
    return whole
