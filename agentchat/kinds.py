"""The open end of the vocabulary: kinds of turns, each with what its answer holds and how it is shown.

A kind nobody registered is kept and shown as plain speech.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

Look = Literal["speech", "card", "line", "hidden"]
"""How a turn of the kind is shown: in full, as a card, as one dim line, or not in the transcript."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of turn. `payload` gives the model of a structured answer for the choices of an ask."""

    name: str
    label: str = ""
    look: Look = "speech"
    payload: Callable[[tuple[str, ...]], type[BaseModel]] | None = None
    streamed: bool = True
    """Whether anyone watches it come in; what nobody watches is asked without streaming."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Registering a name anew replaces it."""
    _kinds[kind.name] = kind
    return kind


def kind_of(name: str) -> Kind:
    """The kind of that name, or a plain one."""
    return _kinds.get(name) or Kind(name)


class Payload(BaseModel):
    """A structured answer. Fields with defaults are not asked of a tiny model."""

    model_config = ConfigDict(frozen=True, extra="ignore")


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
