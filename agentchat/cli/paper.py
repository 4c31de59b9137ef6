"""A room on a terminal, line by line: what is settled stays above, what is under way is redrawn beneath it.

Nothing is taken over but the last few lines: what scrolled away is never touched, so a terminal's own history holds
the whole discussion.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.console import Console
from rich.style import Style
from rich.text import Text

from agentchat.cli.edge import say_lines
from agentchat.events import TurnEnded
from agentchat.kinds import kind_of
from agentchat.transcript import Turn
from agentchat.views.color import readable
from agentchat.views.floor import status
from agentchat.views.printout import INDENT, Row, Unroll, header, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentchat.cli.sheet import Shown
    from agentchat.log import Log
    from agentchat.room import Partial, Standing
    from agentchat.transcript import Transcript
    from agentchat.views.room import Entry

MEASURE = 88
"""Cells of the longest line of a body."""

STYLES = {"title": "bold", "quiet": "dim", "round": "bold dim", "record": "", "stop": "bold", "warning": "yellow"}


class Paper:
    """Draws one room on a console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._unroll = Unroll()
        self._last: Entry | None = None
        self._live: list[str] = []
        """The rows that may still change, as they stand on the terminal."""
        self._wide = 0
        # Where a terminal says what its background is, it says so here; most do not, and are dark.
        self._dark = os.environ.get("COLORFGBG", "").rpartition(";")[2] not in ("7", "15")

    def begin(self, log: Log, *, anew: bool, brief: bool = False) -> None:
        """The head of the page; in a session that goes on, what was said before is not said again."""
        if anew:
            self._draw(self._lines(header(log.transcript, brief=brief)), settled=True)
        else:
            for entry in self._unroll.take(log.transcript):
                self._last = entry

    def show(self, room: Shown, *, rest: bool = False) -> None:
        """What became final, then what is under way."""
        settled: list[str] = []
        for entry in self._unroll.take(room.log.transcript, rest=rest):
            settled += self._lines(rows(entry, self._last))
            self._last = entry
        if settled or rest:
            self._draw(settled, settled=True)
        if not rest:
            self._draw(self._under_way(room.log.transcript, room.standing, room.partials), settled=False)

    def note(self, *lines: str) -> None:
        """A message between the lines, on stderr."""
        self._draw([], settled=True)
        say_lines(*lines)

    def _under_way(self, transcript: Transcript, standing: Standing, partials: Mapping[int, Partial]) -> list[str]:
        turn = next((turn for turn in transcript.open if not turn.start.sealed), None)
        partial = partials.get(turn.id) if turn else None
        if turn is None or partial is None or not partial.text or kind_of(turn.start.kind).look == "hidden":
            now = status(transcript, standing, partials)
            return self._lines((Row(now, "quiet"),)) if transcript.open else []
        so_far = TurnEnded(turn=turn.id, speaker=turn.speaker, kind=turn.start.kind, outcome="said", text=partial.text)
        lines: list[str] = []
        last = self._last
        for entry in self._unroll.preview(transcript, Turn(turn.start, so_far)):
            lines += self._lines(rows(entry, last))
            last = entry
        return lines

    def _draw(self, lines: list[str], *, settled: bool) -> None:
        """Put these lines in the place of the live ones, writing only from the first that differs."""
        height, width = self.console.height, self.console.width
        same = 0
        while same < min(len(lines), len(self._live)) and lines[same] == self._live[same]:
            same += 1
        up = len(self._live) - same
        if up >= height or (self._live and width != self._wide):
            same, up = 0, 0  # out of reach: said again, whole
        begin = f"\x1b[{up}A\r\x1b[J" if up else ""
        text = begin + "".join(f"{line}\n" for line in lines[same:])
        if text:
            self.console.file.write(text)
            self.console.file.flush()
        self._live, self._wide = [] if settled else lines, width

    def _lines(self, drawn: Iterable[Row]) -> list[str]:
        """Rows as lines of the terminal, none wider than it."""
        return [line for row in drawn for line in self._wrapped(row)]

    def _wrapped(self, row: Row) -> list[str]:
        room = max(min(self.console.width - 1, MEASURE), 20)
        match row.role:
            case "gap":
                return [""]
            case "name":
                name = f"{row.avatar} {row.text}" if row.avatar else row.text
                text = Text.assemble((name, self._ink(row.color)), (f"  {row.after}" if row.after else "", "dim"))
                return self._flow(text, room, "")
            case "body":
                return self._flow(Text(row.text), room - len(INDENT), INDENT)
            case role:
                return self._flow(Text(row.text, STYLES[role]), room, "")

    def _flow(self, text: Text, room: int, indent: str) -> list[str]:
        lines = text.wrap(self.console, room, tab_size=4)
        return [indent + self._drawn(line) if line.plain else "" for line in lines] or [""]

    def _drawn(self, line: Text) -> str:
        with self.console.capture() as captured:
            self.console.print(line, end="", no_wrap=True, overflow="ignore", crop=False)
        return captured.get()

    def _ink(self, color: str) -> Style:
        return Style(bold=True, color=readable(color, dark=self._dark) if color else None)
