"""What a kind of turn is, and the one place where kinds are known by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

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
    prose: Callable[[str, tuple[str, ...]], dict[str, JsonValue] | None] | None = None
    """Reads an answer out of plain words, for models that never write JSON: the fields of `payload` where the text
    says one clear thing, None where it does not. Gets the text and the choices of the ask."""


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
