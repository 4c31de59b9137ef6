"""Where a room without a screen is printed: on a terminal as it is spoken, into a pipe or file turn by turn."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from agentchat.cli.edge import say_lines
from agentchat.room import Standing
from agentchat.views.clean import FORBIDDEN, clean_line
from agentchat.views.floor import status

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping

    from agentchat.home import Home
    from agentchat.log import Log
    from agentchat.room import Partial

ERASE = "\x1b[K"
"""To the end of a terminal's line."""


class Shown(Protocol):
    """What is printed of a room."""

    @property
    def log(self) -> Log:
        """All that happened."""
        ...

    @property
    def standing(self) -> Standing:
        """What it is doing."""
        ...

    @property
    def partials(self) -> Mapping[int, Partial]:
        """The turns under way, by turn id."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A session nobody has opened."""

    log: Log
    standing: Standing = field(default_factory=lambda: Standing("closed"))
    partials: Mapping[int, Partial] = field(default_factory=dict)


class Sheet(Protocol):
    """Something a room is printed on."""

    def show(self, room: Shown, *, rest: bool = False) -> None:
        """Print what is new; with `rest`, nothing more will come."""
        ...

    def note(self, *lines: str) -> None:
        """A message, on stderr."""
        ...


class Printout(Protocol):
    """A session on paper, in one of the formats."""

    def take(self, log: Log, *, rest: bool = False) -> Iterator[str]:
        """What became final since the last time."""
        ...


class Pipe:
    """Whole turns, flushed as they happen; who is at work stands meanwhile on stderr, if a person reads that."""

    def __init__(self, printout: Printout) -> None:
        self.printout = printout
        self._watched = sys.stderr.isatty() and not sys.stdout.isatty()

    def show(self, room: Shown, *, rest: bool = False) -> None:
        """Print what became final. Raises BrokenPipeError where nobody reads."""
        put(self.printout.take(room.log, rest=rest))
        at_work = not rest and room.standing.state == "running"
        self._tell(status(room.log.transcript, room.standing, room.partials) if at_work else "")

    def note(self, *lines: str) -> None:
        """A message, on stderr."""
        self._tell("")
        say_lines(*lines)

    def _tell(self, now: str) -> None:
        if self._watched:
            sys.stderr.write(f"\r{ERASE}{clean_line(now, shutil.get_terminal_size().columns - 1)}")
            sys.stderr.flush()


def put(chunks: Iterator[str]) -> None:
    """Print chunks, and see that they are read. On a terminal nothing in them drives it."""
    live = sys.stdout.isatty()
    for chunk in chunks:
        sys.stdout.write(inert(chunk) if live else chunk)
        sys.stdout.flush()


def inert(text: str) -> str:
    """JSON in which what could drive a terminal is escaped: the same values. Other formats hold nothing such."""
    return FORBIDDEN.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def sheet(home: Home, form: str, log: Log, *, anew: bool, brief: bool = False) -> Sheet:
    """A sheet for this form: paper where stdout is a terminal that can be drawn on and a person reads it.

    `brief`: what else there is to know of the room is said on stderr.
    """
    if form == "text" and sys.stdout.isatty():
        from rich.console import Console

        from agentchat.cli.paper import Paper

        console = Console(highlight=False, markup=False, emoji=False)
        if not console.is_dumb_terminal:
            paper = Paper(console)
            paper.begin(log, anew=anew, brief=brief)
            return paper
    printout = home.printout(form)
    if not anew and form != "md":  # a page of Markdown is whole or nothing; the others go on where they were
        for _ in printout.take(log):
            pass
    return Pipe(printout)
