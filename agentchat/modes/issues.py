"""The ledger of issues: what critics found, and what became of it. Each is open, fixed, or rejected with a reason.

An issue that was rejected stays so, however often it is raised: only other words of the text reopen it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue, TypeAdapter

from agentchat.kinds.critique import SEVERITIES
from agentchat.modes.floor import words
from agentchat.persona import CHECK, YOU

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

ALIKE = 0.5
"""Share of words in common from which two problems are the same one."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Something to be made better."""

    id: int
    by: str
    criterion: str
    severity: Literal["blocker", "major", "minor"]
    quote: str
    problem: str
    fix: str
    since: int
    """The version it was found in."""
    status: Literal["open", "fixed", "rejected"] = "open"
    reason: str = ""
    """What the author says of it."""
    also: tuple[str, ...] = ()
    """Who else raised it, or raised it again."""

    @property
    def pressing(self) -> bool:
        """Whether it is worth another version."""
        return self.status == "open" and self.severity != "minor"


_read = TypeAdapter(Issue)


def issue_of(data: Mapping[str, JsonValue]) -> Issue:
    """An issue as recorded. Raises ValueError where it is none."""
    return _read.validate_python(data)


def recorded(issues: Iterable[Issue]) -> list[JsonValue]:
    """Issues as they are recorded."""
    return [asdict(issue) | {"also": [*issue.also]} for issue in issues]


def worst(issues: Iterable[Issue]) -> list[Issue]:
    """The open ones, the worst first; the person's own before all."""
    open_ = [issue for issue in issues if issue.status == "open"]
    return sorted(open_, key=lambda issue: (issue.by != YOU, SEVERITIES.index(issue.severity), issue.id))


def answered(issues: Sequence[Issue], replies: Mapping[int, tuple[str, str]], judged: Collection[str]) -> list[Issue]:
    """The ledger after a new version was judged, before what was found in it: by number what its author did, and why.

    What nobody was left to judge stays open, unless its author says that it is fixed.
    """
    return [
        _answered(issue, *replies.get(issue.id, ("", "")), judged) if issue.status == "open" else issue
        for issue in issues
    ]


def _answered(issue: Issue, done: str, reason: str, judged: Collection[str]) -> Issue:
    if done == "rejected" and issue.by != CHECK:
        return replace(issue, status="rejected", reason=reason)
    settled = done == "fixed" or issue.by in (YOU, CHECK) or {issue.by, *issue.also} & set(judged)
    return replace(issue, status="fixed", reason=reason) if settled else issue


def joined(issues: Sequence[Issue], found: Iterable[Issue]) -> tuple[Issue, ...]:
    """The ledger with what was found: the same thing is kept once, what is found again is open again.

    Found again after it was rejected, it stays rejected unless it is shown in other words of the text.
    """
    ledger = list(issues)
    for new in found:
        at = next((at for at, old in enumerate(ledger) if same(old, new)), None)
        if at is None:
            ledger.append(replace(new, id=max((one.id for one in ledger), default=0) + 1))
            continue
        old = ledger[at]
        also = old.also if new.by in (old.by, *old.also) else (*old.also, new.by)
        if old.status == "rejected" and not _shows_more(old, new):
            ledger[at] = replace(old, also=also)
            continue
        severity = min(old.severity, new.severity, key=SEVERITIES.index) if old.status == "open" else new.severity
        quote = new.quote if old.status == "rejected" else old.quote
        reason = old.reason if old.status == "rejected" else ""
        ledger[at] = replace(old, status="open", severity=severity, quote=quote, reason=reason, also=also)
    return tuple(ledger)


def same(one: Issue, other: Issue) -> bool:
    """Whether two issues are about the same thing."""
    if CHECK in (one.by, other.by):
        return one.by == other.by
    a, b = words(one.problem), words(other.problem)
    if a and b and len(a & b) / len(a | b) >= ALIKE:
        return True
    quote = _plain(one.quote)
    return one.problem.strip() == other.problem.strip() or (
        bool(quote) and quote == _plain(other.quote) and one.criterion == other.criterion
    )


def _shows_more(old: Issue, new: Issue) -> bool:
    fresh, known = _plain(new.quote), _plain(old.quote)
    return bool(fresh) and fresh not in known and known not in fresh if known else bool(fresh)


def _plain(quote: str) -> str:
    return " ".join(quote.lower().split()).strip("\"'“”‘’ .…")
