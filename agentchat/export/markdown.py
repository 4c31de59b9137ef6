"""A session as Markdown. What was said stands in block quotes: no heading, no HTML and no picture in it is ours.

Inside the quote a speaker's own Markdown stays; what could leave the quote, or load something when read, is escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentchat.views.clean import clean, clean_line
from agentchat.views.entries import plain, sentence
from agentchat.views.printout import Unroll, about
from agentchat.views.room import Card, Draft, Line, Result, Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentchat.log import Log
    from agentchat.transcript import Transcript
    from agentchat.views.room import Entry

TITLE = 120
"""Characters of the topic that fit a heading."""

# CommonMark 4.5. Text in a fence is left as it is, so only a fence that no list can hold and nothing can hide is one.
_FENCE = re.compile(r"(`{3,})[^`]*|(~{3,}).*")
_FENCELIKE = re.compile(r"`{3}|~{3}")
# As entities: a backslash before one changes nothing, and none of them begins anything.
_LIVE = re.compile(r"<(?=[A-Za-z/!?])|!(?=\[)|(?<=\]):")


class Markdown:
    """CommonMark."""

    def __init__(self) -> None:
        self._unroll = Unroll()
        self._begun = False

    def take(self, log: Log, *, rest: bool = False) -> Iterator[str]:
        """An entry a chunk."""
        if not self._begun:
            self._begun = True
            yield _header(log.transcript)
        for entry in self._unroll.take(log.transcript, rest=rest):
            yield _entry(entry)


def _header(transcript: Transcript) -> str:
    topic = clean(transcript.opened.topic).strip()
    title = clean_line(topic, TITLE)
    whole = "" if title == topic else f"{quoted(topic)}\n\n"
    lines = [f"{transcript.opened.at:%Y-%m-%d %H:%M} UTC", *about(transcript)]
    return f"# {plain(title)}\n\n{whole}" + "".join(f"- {plain(line)}\n" for line in lines)


def _entry(entry: Entry) -> str:
    match entry:
        case Line(text=text, tone="round"):
            return f"\n## {inline(text)}\n"
        case Line(text=text, tone="stop" | "record"):
            return f"\n**{inline(text)}**\n"
        case Line(text=text):
            return f"\n*{inline(text)}*\n"
        case Said():
            name = "You" if entry.human else entry.name
            heading = f"\n### {_heading(name, entry.title, entry.to)}\n"
            return heading + _quote(entry.text if entry.markdown else plain(clean(entry.text))) + _note(entry.note)
        case Card():
            lines = "".join(f"- {inline(line.removeprefix('· '))}\n" for line in entry.lines)
            gap = "\n" if lines else ""
            heading = f"\n### {_heading(sentence(entry.title), entry.name)}\n"
            return heading + _quote(entry.text) + gap + lines + _note(entry.note)
        case Result():
            lines = "".join(f"- {inline(line)}\n" for line in entry.lines)
            return (
                f"\n### {_heading(entry.title)}\n" + _note(entry.note) + _table(entry) + (f"\n{lines}" if lines else "")
            )
        case Draft():
            text = "".join(piece.text for piece in entry.pieces if piece.change != "drop")
            return f"\n### {_heading(entry.title, entry.name)}\n" + _quote(text) + _note(entry.note)


def _table(result: Result) -> str:
    if not result.rows or not result.columns:
        return ""

    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |\n"

    head = line(("", *map(inline, result.columns), "")) + line(["---"] * (len(result.columns) + 2))
    return f"\n{head}" + "".join(
        line((inline(row.name), *(inline(cell.text) for cell in row.cells), inline(row.note))) for row in result.rows
    )


def _heading(*parts: str) -> str:
    return ", ".join(inline(part) for part in parts if part)


def _quote(text: str) -> str:
    return f"\n{quoted(text)}\n" if text.strip() else ""


def _note(note: str) -> str:
    return f"\n*{inline(note)}*\n" if note else ""


def inline(text: str) -> str:
    """Text from outside within a line of ours."""
    return plain(clean_line(text, 400))


def quoted(text: str) -> str:
    """Text from outside as a block quote that nothing in it can leave."""
    fence, plain_sailing = "", True
    lines = []
    for line in clean(text).strip("\n").split("\n"):
        shown = line
        if fence:
            if re.fullmatch(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}} *", line):
                fence = ""
        elif plain_sailing and (opening := _FENCE.fullmatch(line)):
            fence = opening[1] or opening[2]
        else:
            plain_sailing = plain_sailing and not _FENCELIKE.search(line)
            shown = _LIVE.sub(lambda live: f"&#{ord(live[0])};", line)
        lines.append(f"> {shown}".rstrip())
    return "\n".join(lines)
