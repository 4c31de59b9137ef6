"""Which kinds are known, to be put back where a mode that brought some could not be used after all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.kinds.conclusion import _conclusions
from agentchat.kinds.kind import _kinds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentchat.kinds.conclusion import Conclusion
    from agentchat.kinds.kind import Kind


@dataclass(frozen=True, slots=True)
class Known:
    """The kinds of turns and of conclusions that were known at a moment."""

    kinds: dict[str, Kind]
    conclusions: dict[str, Conclusion]

    def since(self) -> tuple[str, ...]:
        """What was made known since then, new or in the place of another."""
        turns = [name for name, kind in _kinds.items() if self.kinds.get(name) is not kind]
        return (*turns, *(name for name, one in _conclusions.items() if self.conclusions.get(name) is not one))

    def replaced(self) -> tuple[str, ...]:
        """Of these, what had been known already."""
        return tuple(name for name in self.since() if name in self.kinds or name in self.conclusions)


def known() -> Known:
    """What is known now."""
    return Known(dict(_kinds), dict(_conclusions))


def put_back(before: Known) -> None:
    """Know again what was known then, and nothing else."""
    _kinds.clear()
    _kinds.update(before.kinds)
    _conclusions.clear()
    _conclusions.update(before.conclusions)


def forget(names: Iterable[str]) -> None:
    """Know these no more."""
    for name in names:
        _kinds.pop(name, None)
        _conclusions.pop(name, None)
