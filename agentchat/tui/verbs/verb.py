"""One thing a person can do in a room, and the moment that decides whether it makes sense."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agentchat.errors import UsageError

if TYPE_CHECKING:
    from agentchat.tui.room import RoomScreen

Hands = Literal["watching", "empty", "writing"]
"""Where keys go: to the room, or into the composer, in which nothing is written yet, or something is."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What decides which verbs make sense."""

    state: str = "running"
    hands: Hands = "watching"
    floor: bool = False
    """The person cut in and has the floor."""
    members: int = 0
    asked: Literal["", "ballot", "turn", "question", "approval"] = ""
    """What the room waits for from the person."""
    options: int = 0
    """Answers it may choose from."""
    voted: bool = False
    """There is a counted vote to look at."""
    left: bool = False
    """Whoever drove the session has gone."""
    forked: bool = False
    """What was said last has alternatives."""
    watched: bool = False
    """The session is only watched from here, whoever drives it."""
    drafted: bool = False
    """There are versions of a text to look at."""

    @property
    def going(self) -> bool:
        """The room goes on by itself."""
        return self.state == "running"

    @property
    def resting(self) -> bool:
        """It would go on if it were told to."""
        return self.state in ("paused", "held", "waiting")

    @property
    def alive(self) -> bool:
        """It has not ended, and is ours."""
        return self.going or self.resting

    @property
    def ours(self) -> bool:
        """Nobody else holds it."""
        return self.state != "read-only"

    @property
    def watching(self) -> bool:
        """Keys go to the room."""
        return self.hands == "watching"

    @property
    def free(self) -> bool:
        """The space bar writes no space."""
        return self.hands != "writing"


def _always(_: Moment) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing a person can do."""

    name: str
    says: str
    """What it does, for the help and the palette."""
    do: Callable[[RoomScreen, str], Coroutine[None, None, None]]
    takes: str = ""
    """Its words after the name, `NAME MODEL`."""
    keys: tuple[str, ...] = ()
    """Textual's names of its keys, while it is handy."""
    anywhere: tuple[str, ...] = ()
    """Keys that reach it always."""
    shown: str = ""
    """How its key is written."""
    brief: str = ""
    """What it does, in the footer; empty leaves it out there."""
    fills: bool = False
    """Its key begins the command in the composer: it is nothing without its words."""
    typed: bool = True
    """Whether it is a `/command` as well."""
    light: bool = False
    """It does nothing in the room, and needs of it only what is on the screen."""
    able: Callable[[Moment], bool] = _always
    """Whether it makes sense now."""
    handy: Callable[[Moment], bool] = _always
    """Whether its keys reach it now."""

    @property
    def usage(self) -> str:
        """As it is typed."""
        return f"/{self.name} {self.takes}".rstrip() if self.typed else ""


def wanted(words: str, usage: str) -> str:
    """The words a verb was given. Raises UsageError where there are none."""
    if not words:
        raise UsageError(f"that takes more words: /{usage}")
    return words
