"""The raw log, one event a line, as stored: everything, what is sealed included. For programs, not for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.events import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentchat.log import Log


class JsonLines:
    """Events in the order of their commits."""

    def __init__(self) -> None:
        self._given = 0

    def take(self, log: Log, *, rest: bool = False) -> Iterator[str]:
        """A line for each event since."""
        for event in log.events[self._given :]:
            self._given += 1
            yield encode(event).decode() + "\n"
