"""What a kind of turn is, and the one place where kinds are known by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import ClassVar, Literal, TypeGuard

from pydantic import BaseModel, ConfigDict, JsonValue

from agentchat.events import Event, TurnEnded

Look = Literal["speech", "card", "line", "hidden"]
"""How a turn of the kind is shown: in full, as a card, as one dim line, or not in the transcript."""

Part = Literal["mind", "task", "room"]
"""As what a participant speaks: its own mind, a task it was given whatever was said to it, or for the room."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of turn. `payload` gives the model of a structured answer for the choices of an ask."""

    name: str
    label: str = ""
    look: Look = "speech"
    payload: Callable[[tuple[str, ...]], type[Payload]] | None = None
    streamed: bool = True
    """Whether anyone watches it come in; what nobody watches is asked without streaming."""
    prose: Callable[[str, tuple[str, ...]], dict[str, JsonValue] | None] | None = None
    """Reads an answer out of plain words, for models that never write JSON: the fields of `payload` where the text
    says one clear thing, None where it does not. Gets the text and the choices of the ask."""
    told: Callable[[Mapping[str, JsonValue]], str] | None = None
    """Puts a structured answer into words (Markdown): what is kept as the turn's text, read by the others and shown.
    Without it, that is what the model wrote."""
    title: str = ""
    """What its card is called; empty is its name."""
    doing: str = ""
    """What its speaker is doing meanwhile, where that is not simply speaking: `summing up`."""
    part: Part = "task"
    form: str = ""
    """What a reply of the kind looks like, in words a model reads after the brief."""
    words: int | None = None
    """About how many words it has; None takes the member's, else the mode's; 0 leaves it to the brief."""

    def put(self, data: Mapping[str, JsonValue], otherwise: str) -> str:
        """A structured answer in words; `otherwise` where the kind has none for it, or fails at finding them."""
        if self.told is None:
            return otherwise
        try:
            return str(self.told(data))
        except Exception:  # noqa: BLE001 (the edge: a plug-in's own code must cost nobody a turn)
            return otherwise


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Registering a name anew replaces it."""
    if kind.payload is not None:
        kind = replace(kind, payload=lru_cache(maxsize=256)(kind.payload))  # a model takes 2 ms to make
    _kinds[kind.name] = kind
    return kind


def kind_of(name: str) -> Kind:
    """The kind of that name, or a plain one."""
    return _kinds.get(name) or Kind(name)


def counted(event: Event) -> TypeGuard[TurnEnded]:
    """Whether it ends a turn that a person would count: one that came to something, and that the room shows."""
    return (
        isinstance(event, TurnEnded)
        and event.outcome in ("said", "structured", "truncated")
        and kind_of(event.kind).look != "hidden"
    )


@dataclass(frozen=True, slots=True)
class Question:
    """One flat question for a tiny model."""

    name: str
    """The one property of its answer."""
    text: str = ""
    wanted: Mapping[str, JsonValue] = field(default_factory=dict)
    """The JSON schema of that property. Without one, text and schema are those of the payload's field."""
    alone: bool = False
    """Whether it is asked without what was answered before: a tiny model says the same again."""


class Payload(BaseModel):
    """A structured answer. Fields with defaults are not asked of a tiny model."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    in_words: ClassVar[str] = ""
    """How it may be answered without JSON, for a model that did not write any."""

    @classmethod
    def question(cls, said: Sequence[JsonValue]) -> Question | None:
        """What a tiny model is asked next, after what it answered so far; None when that is all."""
        required = [name for name, about in cls.model_fields.items() if about.is_required()]
        return Question(required[len(said)]) if len(said) < len(required) else None

    @classmethod
    def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
        """The fields that a tiny model's answers make."""
        required = (name for name, about in cls.model_fields.items() if about.is_required())
        return dict(zip(required, said, strict=False))
