"""A text under refinement as it is shown: its versions, what changed between any two, and what was found in each.

The records are read as they are, also those of another version: what they do not hold is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from agentchat.events import Recorded
from agentchat.persona import YOU
from agentchat.transcript import Turn
from agentchat.views.room import Draft, Piece, Row, Section
from agentchat.worddiff import word_diff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.transcript import Entry, Transcript

STATUS = {"fixed": "✓", "rejected": "✗", "open": "·"}
SEVERITIES = ("blocker", "major", "minor")
PLURALS = {"blocker": "blockers", "major": "major", "minor": "minor"}


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Issue(_Lenient):
    """One thing a critic found."""

    id: int = 0
    by: str = ""
    criterion: str = ""
    severity: str = "minor"
    quote: str = ""
    problem: str = ""
    fix: str = ""
    status: str = "open"
    reason: str = ""
    since: int = 0


class Scored(_Lenient):
    """What `draft_scored` says of one version."""

    version: int
    turn: int | None = None
    score: float = 0
    scores: Mapping[str, float] = {}
    by: Mapping[str, float] = {}
    accept_at: float = 0
    acceptable: bool = False
    best: int = 0
    improved: bool = False
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the text."""

    number: int
    turn: int | None
    """The turn that wrote it; None is the draft the mode was given."""
    author: str
    text: str
    scored: Scored | None = None
    accepted: bool = False


@dataclass(slots=True)
class Versions:
    """All versions of one refinement, in the order they were written."""

    all: list[Version] = field(default_factory=list)
    best: int = 0
    """The number of the best so far; 0 while none has a score."""


def scored_of(record: Recorded) -> Scored | None:
    """The score that was recorded; None where the record holds none."""
    try:
        return Scored.model_validate(record.data)
    except ValidationError:
        return None


def versions(transcript: Transcript, frame: int | None = None) -> Versions:
    """The versions on the path; of the mode in that frame, else of the newest refinement there was."""
    at = frame if frame is not None else newest(transcript.entries)
    found = Versions()
    settings = next((one.settings for one in transcript.frames if one.id == at), {})
    begun = str(settings.get("draft") or "") or _given(transcript, at)
    if begun:
        found.all.append(Version(1, None, YOU, begun))
    for entry in transcript.entries:
        if isinstance(entry, Turn) and _is_draft(entry, at):
            number = entry.start.round or len(found.all) + 1
            # What is written anew under the same number takes the place of a try that was none.
            found.all = [one for one in found.all if one.number != number]
            found.all.append(Version(number, entry.id, entry.speaker, entry.text))
        elif isinstance(entry, Recorded) and entry.frame == at:
            _learn(found, entry)
    return found


def _is_draft(turn: Turn, frame: int) -> bool:
    return turn.start.frame == frame and turn.start.kind == "draft" and turn.spoken


def newest(entries: Sequence[Entry]) -> int:
    """The frame of the refinement that went on last."""
    for entry in reversed(entries):
        if isinstance(entry, Turn) and entry.start.kind == "draft":
            return entry.start.frame
        if isinstance(entry, Recorded) and entry.kind == "draft_scored":
            return entry.frame
    return 0


def _given(transcript: Transcript, frame: int) -> str:
    entered = next((one for one in transcript.entries if getattr(one, "seq", None) == frame), transcript.opened)
    settings = getattr(entered, "settings", None) if frame else transcript.opened.settings
    return str(settings.get("draft") or "") if isinstance(settings, dict) else ""


def _learn(found: Versions, record: Recorded) -> None:
    if record.kind == "draft_scored" and (scored := scored_of(record)):
        found.all = [
            Version(one.number, one.turn, one.author, one.text, scored, one.accepted)
            if one.turn == scored.turn
            else one
            for one in found.all
        ]
        found.best = scored.best or found.best
    elif record.kind == "draft_accepted":
        turn = record.data.get("turn")
        found.all = [
            Version(one.number, one.turn, one.author, one.text, one.scored, accepted=one.turn == turn)
            for one in found.all
        ]


def pieces(old: str | None, new: str) -> tuple[Piece, ...]:
    """What changed from one text to the other; all of the new one where there is no old one."""
    if old is None:
        return (Piece(new),)
    found: list[Piece] = []
    for op, text in word_diff(old, new):
        if op == "add" and found and found[-1].change == "drop" and not found[-1].text[-1:].isspace():
            found.append(Piece(" ", "drop"))  # what went and what came do not run into each other
        found.append(Piece(text, op))
    return tuple(found)


def draft(transcript: Transcript, turn: Turn, when: str = "", badge: str = "") -> Draft:
    """A version as an entry of the page, against the one before it."""
    end = turn.end
    number = turn.start.round
    before = [
        one for one in versions(transcript, turn.start.frame).all if one.number < (number or len(transcript.entries))
    ]
    before = [one for one in before if one.turn != turn.id]
    member = transcript.member(turn.speaker)
    return Draft(
        turn.id,
        f"Version {number or len(before) + 1}",
        pieces(before[-1].text if before else None, turn.text),
        name=transcript.name(turn.speaker),
        color=member.persona.color if member else "",
        when=when,
        note="edited by you" if end and end.edited_from else "",
        badge=badge,
    )


def figures(scored: Scored, best: int = 0) -> str:
    """A score in words: `0.83 of 0.80 · best so far · 1 blocker, 2 minor open`."""
    open_ = [issue for issue in scored.issues if issue.status == "open"]
    counts = [(sum(issue.severity == severity for issue in open_), severity) for severity in SEVERITIES]
    told = ", ".join(f"{count} {severity if count == 1 else PLURALS[severity]}" for count, severity in counts if count)
    parts = [f"{scored.score:.2f} of {scored.accept_at:.2f}" if scored.accept_at else f"{scored.score:.2f}"]
    parts.append("best so far" if (best or scored.best) == scored.version else f"best is version {best or scored.best}")
    parts.append(f"{told} open" if told else "nothing open")
    return " · ".join(parts)


def rows(transcript: Transcript, scored: Scored) -> tuple[Row, ...]:
    """The ledger of issues, the gravest first."""
    rank = {severity: at for at, severity in enumerate(SEVERITIES)}
    ordered = sorted(scored.issues, key=lambda one: (one.status != "open", rank.get(one.severity, 9), one.id))
    return tuple(
        Row(
            f"{issue.severity}: {issue.problem or issue.criterion or 'unnamed'}",
            STATUS.get(issue.status, "·"),
            " ".join(
                part
                for part in (
                    transcript.name(issue.by) if issue.by else "",
                    f"rejected: {issue.reason}" if issue.status == "rejected" and issue.reason else "",
                    f"since v{issue.since}" if issue.since else "",
                )
                if part
            ),
        )
        for issue in ordered
    )


def told(transcript: Transcript, scored: Scored) -> tuple[str, ...]:
    """What is still wrong, line by line; what was fixed is only counted."""
    listed = [row for row in rows(transcript, scored) if row.mark != STATUS["fixed"]]
    fixed = sum(issue.status == "fixed" for issue in scored.issues)
    lines = [f"{row.mark} {row.text}" + (f"  ({row.note})" if row.note else "") for row in listed]
    return (*lines, f"{STATUS['fixed']} {fixed} fixed") if fixed else tuple(lines)


def sections(transcript: Transcript, scored: Scored) -> tuple[Section, ...]:
    """Beside the text: the issues, and what each criterion got."""
    marks = tuple(Row(f"{name} {share:.2f}", "·") for name, share in scored.scores.items())
    found = (Section("Issues", rows(transcript, scored)), Section("Rubric", marks))
    return tuple(section for section in found if section.rows)
