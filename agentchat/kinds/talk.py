"""The kinds of turns that talk is made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from agentchat.kinds.kind import Kind, Payload, register


class Position(Payload):
    """Where a participant stands on what is on the table. Its peers never see it."""

    stance: Literal["agree", "partly", "disagree"] = Field(description="Do you agree with the proposal?")
    why: Annotated[str, Field(max_length=200)] = Field("", description="Why, in one short sentence?")
    confidence: Literal["low", "medium", "high"] = Field("medium", description="How sure are you?")
    objection: Annotated[str, Field(max_length=200)] = Field(
        "", description="What must change before you could live with it? Empty if nothing must."
    )


def nomination(choices: tuple[str, ...]) -> type[Payload]:
    """Who should speak next: one of the eligible, never another."""
    eligible: Any = Literal[choices]
    return create_model(
        "Nomination",
        __base__=Payload,
        speaker=(eligible, Field(description="Who should speak next?")),
        why=(Annotated[str, Field(max_length=160)], Field("", description="Why, in one short sentence?")),
    )


register(Kind("say", "says"))
register(Kind("thought", "first thought"))
register(Kind("idea", "ideas"))
register(Kind("proposal", "proposes", look="card"))
register(Kind("position", "position", look="hidden", payload=lambda _: Position, streamed=False))
register(Kind("nominate", "chooses who speaks", look="hidden", payload=nomination, streamed=False))
register(Kind("cluster", "sorts the ideas", look="card"))
register(Kind("synthesis", "sums up", look="card"))
register(Kind("summary", "summary", look="hidden", streamed=False))
