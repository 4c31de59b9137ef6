"""A comparison as it is shown: sections of rows, each with what is in the one session and what is in the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from agentchat.views.comparison import Comparison, Session, Stand
from agentchat.views.fold import amount, money
from agentchat.views.room import Piece
from agentchat.worddiff import word_diff

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentchat.views.comparison import Draft, Votes

Side = tuple[Piece, ...]

SHORT = 8
"""Characters of an id that are shown."""
NOTHING = "–"
STAGES = {"before": "Vote before the talk", "revote": "Vote, once more"}
KINDS = {
    "decided": "Decided",
    "agreed": "Agreed",
    "contested": "Contested",
    "objection": "Objection",
    "question": "Open",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in each of them."""

    label: str
    a: Side
    b: Side
    color: str = ""
    """Of the label, as the persona has it."""

    @property
    def same(self) -> bool:
        """Whether there is no difference."""
        return self.a == self.b


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one sort."""

    title: str
    rows: tuple[Row, ...]


def heads(comparison: Comparison) -> tuple[str, str]:
    """What each of the two is called."""
    one, other = comparison.a, comparison.b
    return _head(one, other), _head(other, one)


def parting(comparison: Comparison) -> str:
    """Where they part, in a sentence."""
    shared = comparison.shared
    if not shared.events:
        return "They share no event: two sessions of their own."
    if not shared.turns:
        return "The same room: they part before its first turn."
    turns = f"{shared.turns} turn{'s' if shared.turns > 1 else ''}"
    return f"They share {turns}, and part after {shared.speaker}'s #{shared.seq}."


def sections(comparison: Comparison) -> tuple[Section, ...]:
    """All there is to see, what was different first."""
    found = (
        Section("What was different", _differences(comparison)),
        Section("What came of it", _outcomes(comparison)),
        *(Section(_title(vote, comparison.a.topic), _ballots(vote)) for vote in comparison.votes),
        Section("Where they stand", _positions(comparison)),
        Section("The text", tuple(_drafts(*comparison.drafts))),
        Section("Agreed, decided, contested", _facts(comparison)),
        Section("What it took", _figures(comparison)),
    )
    return tuple(section for section in found if section.rows)


def _head(one: Session, other: Session) -> str:
    if one.forked_from:
        of = f" of {one.forked_from[:SHORT]}" if one.forked_from != other.id else ""
        return f"{one.id[:SHORT]} · the fork{of}"
    return f"{one.id[:SHORT]} · {'as it was' if other.forked_from == one.id else ' '.join(one.topic.split())}"


def _row(label: str, a: str, b: str, color: str = "") -> Row:
    return Row(label, (Piece(a or NOTHING),), (Piece(b or NOTHING),), color)


def _differences(found: Comparison) -> tuple[Row, ...]:
    return tuple(_row(one.what, one.a, one.b) for one in found.differences)


def _outcomes(found: Comparison) -> tuple[Row, ...]:
    rows = [_row("outcome", *(_ended(one) for one in (found.a, found.b)))]
    if (found.a.summary or found.b.summary) and not any(found.drafts):
        rows.append(_row("in the end", found.a.summary.strip(), found.b.summary.strip()))
    return tuple(rows)


def _ended(session: Session) -> str:
    outcome = session.outcome.replace("_", " ") or "not ended"
    return f"{outcome}: {session.reason}" if session.reason else outcome


def _title(vote: Votes, topic: str) -> str:
    stage, question = STAGES.get(vote.stage, "Vote"), " ".join(vote.question.split())
    return f"{stage}: {question}" if question and question != " ".join(topic.split()) else stage


def _ballots(vote: Votes) -> tuple[Row, ...]:
    won = [" · ".join(filter(None, (one.title, one.figures))) if one else "not held" for one in (vote.a, vote.b)]
    won = [words.removeprefix("Before the talk: ").removeprefix("Voted again: ") for words in won]
    return (_row("result", *won), *(_row(one.name, one.a, one.b, one.color) for one in vote.ballots))


def _positions(found: Comparison) -> tuple[Row, ...]:
    return tuple(_row(one.name, _stand(one.a), _stand(one.b), one.color) for one in found.positions)


def _stand(stand: Stand | None) -> str:
    if stand is None:
        return ""
    where = f"{stand.first} → {stand.now}" if stand.moved else stand.now
    return f"{where}: {stand.why}" if stand.why else where


def _drafts(a: Draft | None, b: Draft | None) -> Iterable[Row]:
    if a is None and b is None:
        return
    yield _row("version", *(" · ".join(filter(None, (f"{one.version}", one.figures))) if one else "" for one in (a, b)))
    if a is None or b is None:
        yield _row("text", a.text if a else "", b.text if b else "")
        return
    changes = word_diff(a.text.strip(), b.text.strip())
    left, right = (tuple(Piece(text, op) for op, text in changes if op != other) for other in ("add", "drop"))
    yield Row("text", left, right)


def _facts(found: Comparison) -> tuple[Row, ...]:
    """What both have in one row; of the rest, the one's beside the other's."""
    rows: list[Row] = []
    for kind, label in KINDS.items():
        facts = [one for one in found.ledger if one.kind == kind]
        rows += [_row(label, one.text, one.text) for one in facts if one.a and one.b]
        mine, yours = ([one.text for one in facts if (one.a, one.b) == only] for only in ((True, False), (False, True)))
        rows += [_row(label, a, b) for a, b in zip_longest(mine, yours, fillvalue="")]
    return tuple(rows)


def _figures(found: Comparison) -> tuple[Row, ...]:
    one, other = found.a, found.b
    rows = [
        _row("turns", *(f"{each.turns}, {each.own} of its own" for each in (one, other)))
        if found.shared.turns
        else _row("turns", f"{one.turns}", f"{other.turns}"),
        _row("words", f"{one.words:,}", f"{other.words:,}"),
        _row("tokens", *(_own(each, amount(each.tokens), found) for each in (one, other))),
        _row("time", *(_time(each.seconds) for each in (one, other))),
    ]
    if one.cost or other.cost:
        rows.append(_row("cost", *(money(each.cost) if each.cost else "" for each in (one, other))))
    return tuple(rows)


def _own(session: Session, spent: str, found: Comparison) -> str:
    """A fork pays for nothing it copied."""
    return f"{spent} of its own" if session.forked_from and found.shared.turns else spent


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
