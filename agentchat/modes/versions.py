"""The versions of a text and what was found in them: read off the transcript each time, never counted beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentchat.events import Directed, EscalationAnswered, EscalationRaised, HumanSpoke, Recorded, SessionReopened
from agentchat.modes.issues import Issue, issue_of
from agentchat.persona import YOU
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from agentchat.transcript import Transcript

SHRUNK = 3
"""A revision shorter than one part in so many of what it revises is a reply that went wrong, and no version."""

ACCEPT = "accept"
"""What the question for the person's approval is called, and their verb without one."""


@dataclass(slots=True)
class Version:
    """One version of the text, and what was said of it."""

    number: int
    turn: int | None
    """The turn that wrote it; None is the draft the mode was given."""
    author: str
    text: str
    replies: Turn | None = None
    """What its author answered the critics of the version before."""
    check: Turn | None = None
    critiques: list[Turn] = field(default_factory=list)
    compares: list[Turn] = field(default_factory=list)
    compared: Recorded | None = None
    scored: Recorded | None = None
    """The newest `draft_scored` of it."""
    asked: bool = False
    """Whether the person was asked to approve of it."""
    answer: str = ""

    @property
    def score(self) -> float | None:
        """Its score, 0 to 1; None while nobody judged it."""
        score = self.scored.data.get("score") if self.scored else None
        return float(score) if isinstance(score, int | float) else None

    @property
    def improved(self) -> bool:
        """Whether it became the best version."""
        return self.scored is not None and self.scored.data.get("improved") is True

    @property
    def passed(self) -> bool:
        """Whether the outside check let it pass, or there was none."""
        return self.check is None or self.check.data.get("exit") == 0


@dataclass(slots=True)
class Progress:
    """Where a refinement stands."""

    versions: list[Version] = field(default_factory=list)
    issues: tuple[Issue, ...] = ()
    """The ledger, as last recorded."""
    wishes: list[str] = field(default_factory=list)
    """What the person asked for that is not in the ledger yet."""
    failed: list[Turn] = field(default_factory=list)
    """Turns since the beginning, or since it was reopened, that should have been a version and were none."""
    fruitless: int = 0
    """Tries in a row that made nothing better."""
    base: int = 0
    """The versions there were before it was reopened."""
    reopened: SessionReopened | None = None
    wanted: Directed | None = None
    """The person's own acceptance."""
    accepted: Recorded | None = None
    stopped: Recorded | None = None
    warned: bool = False

    @property
    def now(self) -> Version | None:
        """The newest version."""
        return self.versions[-1] if self.versions else None

    @property
    def best(self) -> Version | None:
        """The best so far; the newest of those nobody could judge."""
        return next((one for one in reversed(self.versions) if one.improved), self.now)

    @property
    def revisions(self) -> int:
        """Tries at a better version since the beginning, or since it was reopened; the first version is none."""
        return len(self.versions) + len(self.failed) - max(self.base, 1)

    def of(self, turn: int | None) -> Version | None:
        """The version a turn wrote; the one given for None."""
        return next((one for one in self.versions if one.turn == turn), None)


def progress(transcript: Transcript, words: int = 0) -> Progress:
    """Where the current mode stands; `words` is the length the text should have, where that is known."""
    now = Progress()
    if text := transcript.draft(None):
        now.versions.append(Version(1, None, YOU, text))
    for entry in transcript.mine:
        match entry:
            case Turn() if not entry.start.aside:
                _take(now, entry, words)
            case HumanSpoke(to=(), mentions=(), intent="say"):
                now.wishes.append(entry.text)
            case Directed(verb="accept"):
                now.wanted = entry
            case Recorded():
                _conclude(now, entry)
            case EscalationRaised(key="accept") if now.now:
                now.now.asked = True
            case EscalationAnswered(key="accept") if now.now:
                now.now.answer = entry.answer
            case SessionReopened():
                now.base, now.failed, now.fruitless, now.reopened = len(now.versions), [], 0, entry
                now.stopped = now.wanted = None
                if now.now and not now.now.scored:
                    now.now.critiques = []
                now.wishes += [entry.question] if entry.question else []
            case _:
                pass
    return now


def pinned(transcript: Transcript, now: Progress) -> Version | None:
    """The version the person pinned last, if any."""
    for note in reversed(transcript.notes):
        if note.kind == "pinned" and note.target is not None and (turn := transcript.turn(note.target)):
            version = now.of(turn.id)
            if version is not None:
                return None if note.value is False else version
    return None


def usable(text: str, before: str, words: int) -> bool:
    """Whether a reply is a version at all: not empty, not the same again, and no mere scrap of what it revises."""
    least = min(len(before.split()), words or len(before.split()))
    return bool(text.strip()) and text.strip() != before.strip() and len(text.split()) * SHRUNK >= least


def _take(now: Progress, turn: Turn, words: int) -> None:
    version = now.of(turn.start.reply_to)
    match turn.start.kind:
        case "draft":
            before = version.text if version else ""
            end = turn.end
            by_person = end is not None and end.edited_from is not None
            whole = turn.spoken and end is not None and end.outcome == "said" and usable(turn.text, before, words)
            if (by_person and turn.text.strip()) or whole:
                author = YOU if by_person else turn.speaker
                now.versions.append(Version(len(now.versions) + 1, turn.id, author, turn.text))
            elif end is None or (end.outcome, end.by) != ("interrupted", YOU):
                now.failed.append(turn)
                now.fruitless += 1
        case "critique" if version:
            version.critiques.append(turn)
        case "reply" if version:
            version.replies = turn
        case "check" if version:
            version.check = turn
        case "compare" if now.now:
            now.now.compares.append(turn)
        case _:
            pass


def _conclude(now: Progress, record: Recorded) -> None:
    version = now.now
    match record.kind:
        case "draft_scored" if version:
            if version.scored is None:
                now.fruitless = 0 if record.data.get("improved") is True else now.fruitless + 1
            version.scored = record
            issues = record.data.get("issues")
            now.issues = (
                tuple(issue_of(one) for one in issues if isinstance(one, dict)) if isinstance(issues, list) else ()
            )
            now.wishes, now.accepted = [], None
        case "draft_compared" if version:
            version.compared = record
        case "draft_accepted":
            now.accepted, now.wanted, now.wishes = record, None, []
        case "stopped":
            now.stopped = record
        case "warned":
            now.warned = True
        case _:
            pass
