"""A transcript as a printout: each entry once, when it can no longer change, and as rows of plain text.

What was said is indented and a heading never is, so that no text can pass for another's heading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Literal

from agentchat.events import EscalationRaised
from agentchat.kinds import kind_of, title_of
from agentchat.terms import limits
from agentchat.transcript import Turn
from agentchat.views.clean import clean, clean_line
from agentchat.views.entries import Page, sentence, size
from agentchat.views.fold import SCRIPTED, final
from agentchat.views.phrases import apart
from agentchat.views.room import Card, Draft, Entry, Line, Result, Said, Tone
from agentchat.views.sessions import spoken_of
from agentchat.views.told import raised

if TYPE_CHECKING:
    from agentchat.events import Event
    from agentchat.transcript import Transcript

Role = Literal["title", "name", "body", "gap"] | Tone

INDENT = "  "
"""Before every row of a body."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a printout: a whole paragraph of a body, or a heading. Its texts are clean."""

    text: str
    role: Role
    color: str = ""
    """Of a name, as the persona has it."""
    avatar: str = ""
    after: str = ""
    """What stands behind a name, quieter: `economist · to Cleo only`."""


class Unroll:
    """Gives out the entries of one growing transcript, each once."""

    def __init__(self, zone: tzinfo | None = None, *, whys: bool = True) -> None:
        """`whys` has above each turn why its speaker was next."""
        self._zone = zone
        self._whys = whys
        self._given = 0
        self._before: Turn | None = None

    def take(self, transcript: Transcript, *, rest: bool = False) -> Iterator[Entry]:
        """What became final since; with `rest`, all there is: nothing more will come."""
        page = Page(transcript, self._zone, whys=self._whys)
        for entry in transcript.entries[self._given :]:
            if not (rest or final(transcript, entry)):
                return
            self._given += 1
            yield from self._show(page, entry)

    def preview(self, transcript: Transcript, turn: Turn) -> tuple[Entry, ...]:
        """What `turn`, ended so, would be given out as."""
        return Page(transcript, self._zone, whys=self._whys).show(turn, self._before)

    def _show(self, page: Page, entry: Turn | Event) -> tuple[Entry, ...]:
        if isinstance(entry, EscalationRaised):
            # A page escapes the question as Markdown; a printout escapes for its own format.
            return raised(page.transcript, entry)
        shown = page.show(entry, self._before)
        if isinstance(entry, Turn) and not entry.start.aside and kind_of(entry.start.kind).look == "speech":
            self._before = entry
        return shown


def about(transcript: Transcript) -> tuple[str, ...]:
    """What kind of room it was: mode and people, the model and why, what was given, what must not be overlooked."""
    opened = transcript.opened
    people = spoken_of([persona.name for persona in opened.personas], 6)
    lines = [f"{title_of(opened.mode)} with {people}", asked(transcript)]
    lines += [f"It may spend {limits(opened.budget)}"] if opened.budget else []
    lines += [f"Given: {one.name}, {size(len(one.text))}" for one in opened.material]
    if any(member.model.startswith("scripted/") for member in transcript.members):
        lines.append(SCRIPTED)
    return tuple(clean_line(line, 400) for line in lines if line)


def asked(transcript: Transcript) -> str:
    """Which models are asked, and why those; the reason is left out where another was chosen since."""
    opened = transcript.opened
    models = dict.fromkeys(member.model for member in transcript.members if member.model)
    why = opened.models_why if set(models) <= set(opened.models.values()) else ""
    return f"Model: {', '.join(models)}{f' ({why})' if why else ''}" if models else ""


def header(transcript: Transcript, *, brief: bool = False) -> Iterator[Row]:
    """The rows a printout begins with: the topic, and what kind of room it was; `brief`, only its mode and people."""
    for line in clean(transcript.opened.topic).strip().splitlines():
        yield Row(line, "title")
    for line in about(transcript)[: 1 if brief else None]:
        yield Row(line, "quiet")


def rows(entry: Entry, after: Entry | None = None) -> Iterator[Row]:
    """The rows of one entry that follows on `after`."""
    apart = not (isinstance(after, Line) and after.tone == "quiet")
    match entry:
        case Line(text=text, tone=tone):
            if tone == "round" or apart:
                yield Row("", "gap")
            yield Row(clean_line(text, 400), tone)
        case Said():
            if apart:
                yield Row("", "gap")
            name = "You" if entry.human else clean_line(entry.name)
            behind = " · ".join(clean_line(part) for part in (entry.title, entry.to) if part)
            yield Row(name, "name", entry.color, clean_line(entry.avatar), behind)
            yield from _body(entry.text)
            if entry.note:
                yield Row(f"({clean_line(entry.note, 400)})", "quiet")
        case Card():
            yield Row("", "gap")
            yield Row(clean_line(sentence(entry.title), 400), "name", entry.color, after=clean_line(entry.name))
            yield from _body(entry.text)
            for line in entry.lines:
                yield Row(clean_line(line, 400), "body")
            if entry.note:
                yield Row(f"({clean_line(entry.note, 400)})", "quiet")
        case Result():
            yield Row("", "gap")
            yield Row(clean_line(entry.title, 400), "name", after=clean_line(entry.note, 400))
            for line in (*grid(entry), *entry.lines):
                yield Row(clean(line).replace("\n", " "), "body")
        case Draft():
            yield Row("", "gap")
            name = " · ".join(clean_line(part) for part in (entry.name, entry.note) if part)
            yield Row(clean_line(entry.title, 400), "name", entry.color, after=name)
            yield from _body("".join(piece.text for piece in entry.pieces if piece.change != "drop"))


NARROW, WIDE = 7, 16
"""Characters of a column of a printed grid, at least and at most."""


def grid(result: Result, width: int = 80) -> Iterator[str]:
    """The ballots of a result as lines of text, a column for each option; none where nobody voted."""
    if not result.rows or not result.columns:
        return
    first = min(max(len(clean_line(row.name)) for row in result.rows), 20)
    most = max((width - first) // len(result.columns) - 2, NARROW)
    columns = apart(result.columns, min(most, WIDE))
    widths = [max(NARROW, min(len(clean_line(name)), most, WIDE)) for name in columns]
    names = (f"  {clean_line(name, wide):^{wide}}" for name, wide in zip(columns, widths, strict=True))
    yield (" " * first + "".join(names)).rstrip()
    for row in result.rows:
        cells = "".join(f"  {cell.text:^{wide}}" for cell, wide in zip(row.cells, widths, strict=False))
        yield f"{clean_line(row.name, first):<{first}}{cells}  {clean_line(row.note, 120)}".rstrip()


def _body(text: str) -> Iterator[Row]:
    shown = clean(text).strip("\n")
    for line in shown.split("\n") if shown.strip() else ():
        yield Row(line.rstrip(), "body")
