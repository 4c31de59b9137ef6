"""A session as plain text, to read in a pager or to pipe on. One paragraph a line; what was said is indented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.views.printout import INDENT, Row, Unroll, header, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentchat.log import Log
    from agentchat.views.room import Entry


class Text:
    """Plain text."""

    def __init__(self) -> None:
        self._unroll = Unroll()
        self._last: Entry | None = None
        self._begun = False

    def take(self, log: Log, *, rest: bool = False) -> Iterator[str]:
        """An entry a chunk."""
        if not self._begun:
            self._begun = True
            yield "".join(map(line, header(log.transcript)))
        for entry in self._unroll.take(log.transcript, rest=rest):
            yield "".join(map(line, rows(entry, self._last)))
            self._last = entry


def line(row: Row) -> str:
    """A row as one line of text."""
    match row.role:
        case "body":
            return f"{INDENT}{row.text}\n" if row.text else "\n"
        case "name":
            return f"{row.text}, {row.after}\n" if row.after else f"{row.text}\n"
        case "round":
            return f"— {row.text} —\n"
        case _:
            return f"{row.text}\n"
