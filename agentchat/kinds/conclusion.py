"""What a mode concludes: kinds of `recorded`, and how each is shown. One that nobody registered shows its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

Tone = Literal["record", "stop", "warning"]
"""As an aside of the room's, as what ends something, as something gone wrong."""

Name = Callable[[str], str]
"""From a participant's id to how they are called."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A card of the room's own: plain rows under a title. Nothing in it is markup."""

    title: str
    rows: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """One kind of `recorded`. Without a card, or where it gives None, it is a line that says the reason."""

    name: str
    tone: Tone = "record"
    hidden: bool = False
    card: Callable[[Mapping[str, JsonValue], Name], Sheet | None] | None = None
    """Makes the card from the data, which may have been written by another version: what is missing is no error."""


_conclusions: dict[str, Conclusion] = {}


def conclude(one: Conclusion) -> Conclusion:
    """Make a kind of conclusion known. Registering a name anew replaces it."""
    _conclusions[one.name] = one
    return one


def conclusion_of(name: str) -> Conclusion:
    """The kind of conclusion of that name, or a plain one."""
    return _conclusions.get(name) or Conclusion(name)


def is_conclusion(name: str) -> bool:
    """Whether somebody made that kind of conclusion known; the data of any other is shown as it is."""
    return name in _conclusions


for _name in (
    "agreement_recorded", "decision_reached", "dissent_called", "draft_accepted", "draft_compared", "draft_scored",
    "ideas_revealed", "options_set", "poll_revealed", "positions_revealed", "speaker_chosen", "thoughts_revealed",
    "votes_counted", "warned",
):  # fmt: skip
    conclude(Conclusion(_name))
conclude(Conclusion("stopped", "stop"))
conclude(Conclusion("no_decision", "warning"))
