"""Ballots as a participant fills them in: one kind for each family of rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from agentchat.kinds.kind import Kind, Payload, register

ABSTAIN = "abstain"
"""What one says who votes for nothing."""


def pick(choices: tuple[str, ...]) -> type[Payload]:
    """One of the options, or none."""
    options: Any = Literal[(*choices, ABSTAIN)]
    return create_model(
        "Pick",
        __base__=Payload,
        vote=(options, Field(description="Which option do you vote for?")),
        why=(Annotated[str, Field(max_length=400)], Field("", description="Why, in one or two sentences?")),
    )


register(Kind("pick", "ballot", look="hidden", payload=pick, streamed=False))
