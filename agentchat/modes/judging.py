"""What comes of the judgments of a version: its issues in the ledger, and whether it is better than the best so far."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from agentchat.modes.floor import lot
from agentchat.modes.issues import Issue, answered, joined
from agentchat.persona import CHECK, YOU
from agentchat.steps import Ask, Record, Step, Together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentchat.modes.versions import Progress, Version
    from agentchat.transcript import Transcript, Turn

LEVELS: tuple[Literal["blocker", "major", "minor"], ...] = ("blocker", "major", "minor")

TOLD = 1500
"""Characters of a failing check that stand in its issue."""


def ledger(now: Progress, version: Version, judged: Sequence[Turn]) -> tuple[Issue, ...]:
    """The issues once this version is judged."""
    replies: dict[int, tuple[str, str]] = {}
    for one in _dicts(version.replies.data.get("replies") if version.replies else None):
        if isinstance(number := one.get("issue"), int):
            replies[number] = str(one.get("done")), str(one.get("reason") or "")
    settled = answered(now.issues, replies, {turn.start.speaker for turn in judged})
    found = [_found(version, turn.start.speaker, one) for turn in judged for one in _dicts(turn.data.get("issues"))]
    return joined(settled, [*_check(version), *wished(version, now.wishes), *found])


def wished(version: Version, wishes: Iterable[str]) -> list[Issue]:
    """What the person asks for, as issues."""
    return [Issue(0, YOU, "", "major", "", wish, "", version.number) for wish in wishes]


def given_up(before: Sequence[Issue], after: Sequence[Issue], version: Version, best: Version) -> tuple[Issue, ...]:
    """The ledger where a version is not the best: the next one begins from another, which has its own faults still.

    What the version fixed is open again, and what only it brought is gone with it; what was rejected stays rejected.
    """
    known = {issue.id: issue for issue in before}
    text = " ".join(best.text.split()).lower()
    return tuple(_given_up(known.get(issue.id), issue, version, best, text) for issue in after)


def _given_up(old: Issue | None, issue: Issue, version: Version, best: Version, text: str) -> Issue:
    if issue.status == "rejected":
        return issue
    if old is not None:
        return replace(issue, status=old.status, reason=old.reason)
    elsewhere = bool(issue.quote) and " ".join(issue.quote.split()).lower() not in text
    if elsewhere or (issue.by == CHECK and best.passed):
        return replace(issue, status="fixed", reason=f"gone with version {version.number}")
    return issue


def ahead(now: Progress, version: Version, best: Version, issues: Sequence[Issue]) -> bool | None:
    """Whether a version is better than the best whatever it scores; None where the scores must say.

    It is where it passes a check the other does not, or does what the person asked for since.
    """
    if version.passed != best.passed:
        return version.passed
    asked = {issue.id for issue in now.issues if issue.by == YOU and issue.status == "open"}
    return True if any(issue.id in asked and issue.status == "fixed" for issue in issues) else None


def comparison(transcript: Transcript, version: Version, best: Version, judged: Sequence[Turn]) -> Step | None:
    """The two versions in both orders, put to one of the critics, and what comes of it; None once that is known."""
    number = version.number
    pair = (str(version.turn or 0), str(best.turn or 0))
    have = [turn.start.choices for turn in version.compares]
    missing = [order for order in (pair, pair[::-1]) if order not in have]
    judge = sorted(turn.start.speaker for turn in judged)[lot(transcript.opened.seed, number) % len(judged)]
    if version.compared is not None or (missing and transcript.member(judge) is None):
        return None
    if missing:
        brief = "Which of the two texts does better what is asked for? Length alone is no merit."
        why = "the scores are close: both orders must agree"
        stage = f"compare {number}"
        asks = (Ask(judge, "compare", brief, number, stage, sealed=True, choices=one, reason=why) for one in missing)
        return Together(tuple(asks))
    numbers = {pair[0]: number, pair[1]: best.number}
    won = [_winner(turn) for turn in version.compares]
    better = number if won == [pair[0]] * 2 else best.number if won == [pair[1]] * 2 else None
    orders: list[JsonValue] = [
        {"shown": [numbers[one] for one in turn.start.choices], "better": numbers.get(winner)}
        for turn, winner in zip(version.compares, won, strict=True)
    ]
    reason = f"version {better} wins in both orders" if better else "no clear winner"
    return Record("draft_compared", {"a": number, "b": best.number, "orders": orders, "better": better}, reason)


def _dicts(value: JsonValue) -> list[dict[str, JsonValue]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _found(version: Version, by: str, one: dict[str, JsonValue]) -> Issue:
    text = {name: str(one.get(name) or "") for name in ("criterion", "quote", "problem", "fix")}
    severity = next((known for known in LEVELS if known == one.get("severity")), LEVELS[-1])
    return Issue(0, by, text["criterion"], severity, text["quote"], text["problem"], text["fix"], version.number)


def _check(version: Version) -> list[Issue]:
    """The issue of a check that does not pass: a blocker, with what it says."""
    if version.passed or version.check is None:
        return []
    data, end = version.check.data, version.check.end
    why = (end.error if end else "") or "it was cut off"
    told = f"The check fails with exit code {data['exit']}" if "exit" in data else f"The check could not be run: {why}"
    output = str(data.get("output") or "").strip()
    shown = output if len(output) <= TOLD else f"{output[: TOLD // 2]}\n…\n{output[-TOLD // 2 :]}"
    return [Issue(0, CHECK, "", "blocker", "", f"{told}:\n{shown}" if shown else f"{told}.", "", version.number)]


def _winner(turn: Turn) -> str:
    """The choice that was called better; empty for neither."""
    return dict(zip("AB", turn.start.choices, strict=True)).get(str(turn.data.get("better")), "")
