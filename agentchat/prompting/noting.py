"""What a reply puts on the board and on record: lines of their own, read once, when the turn is committed.

`BOARD key: value | description`, `OBJECTION: …`, `OPEN: …` and, of who works on a task, `TASK: …` note something, and
stay in the text as said. What is
agreed or decided, no text says: that is a fact of the room, or the person's word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentchat.board import LONGEST_VALUE, written
from agentchat.events import Noted
from agentchat.kinds import kind_of
from agentchat.prompting.reading import masked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Literal

    from agentchat.events import TurnEnded, TurnStarted

MOST = 3
"""Notes one turn may leave."""

_MARK = r"^[ \t]*(?:[-*+][ \t]+)?[*_]{0,2}"
_BOARD = re.compile(rf"{_MARK}BOARD[*_]{{0,2}}[ \t]+(?P<key>[^:=|\n]+?)[ \t]*[:=][*_]{{0,2}}", re.MULTILINE)
_ROW = re.compile(rf"{_MARK}(?P<what>OBJECTION|OPEN|TASK)[*_]{{0,2}}:[*_]{{0,2}}", re.MULTILINE)
_KINDS: Mapping[str, Literal["objection", "question", "task"]] = {
    "OBJECTION": "objection",
    "OPEN": "question",
    "TASK": "task",
}
_QUERY = re.compile(rf"{_MARK}BOARD\?[*_]{{0,2}}:?", re.MULTILINE)


def noted(start: TurnStarted, end: TurnEnded) -> tuple[Noted, ...]:
    """What a turn that just ended notes, to be committed with it. Nothing sealed, private, quoted or cut off does."""
    if end.outcome != "said" or start.sealed or end.to:
        return ()
    kind = kind_of(start.kind)
    if kind.look != "speech" or kind.payload is not None or start.kind == "draft":
        return ()
    return tuple(_notes(end))[:MOST]


def _notes(end: TurnEnded) -> Iterator[Noted]:
    for head, text in _lines(end.text, _BOARD):
        write = written(head["key"].strip("*_ "), text)
        if write and write.value is not None:
            yield Noted(
                kind="value",
                target=end.turn,
                key=write.key,
                value=write.value,
                description=write.description,
                by=end.speaker,
                frame=end.frame,
            )
    for head, text in _lines(end.text, _ROW):
        if 0 < len(text) <= LONGEST_VALUE and (head["what"] != "TASK" or end.kind == "task"):
            yield Noted(kind=_KINDS[head["what"]], target=end.turn, value=text, by=end.speaker, frame=end.frame)


def queries(text: str) -> tuple[str, ...]:
    """What a reply asks the board for: `BOARD? words`. It reads the answer in its next prompt."""
    return tuple(words for _, words in _lines(text, _QUERY) if words)[:MOST]


def _lines(text: str, form: re.Pattern[str]) -> Iterator[tuple[re.Match[str], str]]:
    """Where a line has that form outside of code and quotations, and the rest of it as it was said."""
    for head in form.finditer(masked(text)):
        yield head, text[head.end() :].partition("\n")[0].strip().rstrip("*_").rstrip()
