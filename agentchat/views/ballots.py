"""A counted vote as it is shown: a result one can trust and argue with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.events import ModeLeft, Recorded
from agentchat.transcript import Turn
from agentchat.views.counted import BallotCast, Other, Tie, Vote, vote_of, votes
from agentchat.views.room import BallotRow, Cell, Result, Row, Section

if TYPE_CHECKING:
    from agentchat.transcript import Transcript

TOP = 5.0
"""The highest score a ballot gives."""


@dataclass(frozen=True, slots=True)
class XRay:
    """All there is to see in one vote."""

    result: Result
    sections: tuple[Section, ...] = ()
    trace: tuple[str, ...] = ()
    """How it was counted, line by line."""


def slate(transcript: Transcript, choices: tuple[str, ...]) -> dict[str, str]:
    """The options of a ballot by id, in the order given, each with its whole text."""
    texts: dict[str, str] = {}
    for entry in transcript.mine:
        if isinstance(entry, Recorded) and entry.kind == "options_set":
            options = entry.data.get("options")
            for one in options if isinstance(options, list) else ():
                if isinstance(one, dict):
                    texts[str(one.get("id"))] = str(one.get("text") or one.get("id"))
    return {one: texts.get(one, one) for one in choices}


def result(transcript: Transcript, record: Recorded) -> Result | None:
    """The result as an entry of the page."""
    vote = vote_of(record)
    if vote is None:
        return None
    found = vote.result
    chosen = found.elected or found.winners
    options = _options(vote)
    earlier = _before(transcript, record)
    return Result(
        key=record.seq,
        title=_title(vote, chosen),
        note=_figures(vote, chosen),
        decided=len(chosen) > 0 and vote.quorum.met and (len(found.winners) <= 1 or len(chosen) < len(found.winners)),
        columns=options,
        rows=tuple(_row(transcript, ballot, options, earlier) for ballot in vote.ballots),
        lines=_told(transcript, vote),
        question=vote.question,
    )


def xray(transcript: Transcript, record: Recorded) -> XRay | None:
    """Everything one set of ballots says, rule by rule."""
    shown, vote = result(transcript, record), vote_of(record)
    if shown is None or vote is None:
        return None
    sections = (
        Section("Under other rules", _rules(vote)),
        Section("Two by two", _pairs(vote)),
        Section("Who could have turned it", _pivots(transcript, vote)),
        Section("Counted", _counted(transcript, vote)),
        Section("The minority says", _minority(transcript, record)),
    )
    return XRay(shown, tuple(section for section in sections if section.rows), vote.result.trace)


def _title(vote: Vote, chosen: tuple[str, ...]) -> str:
    before = {"before": "Before the talk: ", "revote": "Voted again: "}.get(vote.stage, "")
    if not vote.quorum.met:
        return f"{before}no decision"
    match chosen:
        case ():
            return f"{before}nothing won"
        case (one,):
            return before + one
        case _:
            tied = len(vote.result.winners) > 1 and vote.rule not in ("stv", "spav")
            return f"{before}{'a tie: ' if tied else ''}{listed(chosen)}"


def _figures(vote: Vote, chosen: tuple[str, ...]) -> str:
    found = vote.result
    parts = [f"by {RULES.get(vote.rule, vote.rule)}" if vote.rule else ""]
    if chosen and found.scores and chosen[0] in found.scores:
        parts.append(figure(found.scores[chosen[0]], found.unit))
    if found.margin is not None and chosen:
        parts.append(f"margin {number(found.margin)}")
    if found.confidence is not None:
        parts.append(f"{found.confidence:.0%} put it first")
    return " · ".join(part for part in parts if part)


def _told(transcript: Transcript, vote: Vote) -> tuple[str, ...]:
    """The lines under the ballots: what makes one doubt the result."""
    found = vote.result
    lines = []
    if not vote.quorum.met:
        quorum = vote.quorum
        lines.append(
            f"No quorum: {number(quorum.present)} of {number(quorum.eligible)}, {number(quorum.needed)} needed"
        )
    if found.tie is not None:
        settled = _settled(found.tie)
        lines.append(f"A tie of {listed(found.tie.among)}, {settled}")
    if unlike := _unlike(vote):
        said = (f"{listed(one[0].winners) or 'nothing'} by {_by(one)}" for one in unlike)
        lines.append(f"Other rules would choose: {'; '.join(said)}")
    if found.condorcet and found.condorcet.cycle:
        lines.append(
            "They beat each other in a ring: " + " > ".join((*found.condorcet.cycle, found.condorcet.cycle[0]))
        )
    if found.pivotal:
        names = listed([transcript.name(who) for who in found.pivotal])
        lines.append(
            f"One ballot could have turned it: {names}" + ("'s" if len(found.pivotal) == 1 else ", each alone")
        )
    return tuple(lines)


def _unlike(vote: Vote) -> list[list[Other]]:
    """The rules that would have chosen otherwise, those together that agree."""
    found: dict[frozenset[str], list[Other]] = {}
    for other in vote.others:
        found.setdefault(frozenset(other.winners), []).append(other)
    found.pop(frozenset(vote.result.winners), None)
    return [*found.values()]


def _by(rules: Sequence[Other]) -> str:
    return listed([RULES.get(one.rule, one.rule) for one in rules])


def _margin(rules: Sequence[Other]) -> str:
    margins = [*dict.fromkeys(number(one.margin) for one in rules if one.margin is not None)]
    return f"margin{'s' if len(margins) > 1 else ''} {listed(margins)}" if margins else ""


def _before(transcript: Transcript, record: Recorded) -> Mapping[str, BallotCast]:
    """How each voted the time before, in the same mode."""
    for one in reversed(votes(transcript)):
        if one.seq < record.seq and one.frame == record.frame and (vote := vote_of(one)):
            return {ballot.voter: ballot for ballot in vote.ballots}
    return {}


def _first(ballot: BallotCast) -> tuple[str, ...]:
    """What a ballot puts first."""
    if ballot.pick is not None:
        return (ballot.pick,)
    if ballot.ranking:
        return ballot.ranking[0]
    best = max((ballot.scores or {}).values(), default=0)
    return tuple(option for option, score in (ballot.scores or {}).items() if score == best) or ballot.approve or ()


def _turned(ballot: BallotCast, earlier: BallotCast | None) -> str:
    """What one voted before, where that was something else."""
    if earlier is None or "valid" not in (ballot.status, earlier.status) or ballot.status in ("invalid", "missing"):
        return ""
    old, new = _first(earlier), _first(ballot)
    if earlier.status != "valid":
        return f"{earlier.status} before" if earlier.status == "abstained" else ""
    return f"{listed(old)} before" if set(old) != set(new) else ""


def _row(
    transcript: Transcript, ballot: BallotCast, options: tuple[str, ...], earlier: Mapping[str, BallotCast]
) -> BallotRow:
    member = transcript.member(ballot.voter)
    said = {"abstained": "abstained", "invalid": "no ballot could be read", "missing": "gave none"}
    turned = _turned(ballot, earlier.get(ballot.voter))
    why = ": ".join(filter(None, (said.get(ballot.status, ""), ballot.reason if ballot.status != "valid" else "")))
    return BallotRow(
        transcript.name(ballot.voter),
        member.persona.color if member else "",
        tuple(_cell(ballot, option) for option in options),
        " · ".join(filter(None, (why, turned))),
    )


def _cell(ballot: BallotCast, option: str) -> Cell:
    if ballot.status != "valid":
        return Cell("")
    if option in ballot.recused:
        return Cell("own")
    if ballot.pick is not None:
        return Cell("✓", 1.0) if ballot.pick == option else Cell("·", 0.0)
    if ballot.approve is not None:
        return Cell("✓", 1.0) if option in ballot.approve else Cell("·", 0.0)
    if ballot.scores is not None:
        score = ballot.scores.get(option)
        return Cell("–") if score is None else Cell(number(score), min(max(score / TOP, 0.0), 1.0))
    return _place(ballot.ranking or (), option)


def _place(tiers: tuple[tuple[str, ...], ...], option: str) -> Cell:
    place, steps = 1, max(len(tiers) - 1, 1)
    for at, tier in enumerate(tiers):
        if option in tier:
            return Cell(f"{place}=" if len(tier) > 1 else str(place), 1.0 - at / steps if len(tiers) > 1 else 1.0)
        place += len(tier)
    return Cell("–", 0.0)


def _options(vote: Vote) -> tuple[str, ...]:
    """The options, the best first where the rule put them in order."""
    ordered = [option for tier in vote.result.ordering or () for option in tier]
    named = list(vote.result.scores or ())
    for ballot in vote.ballots:
        named += [*(ballot.approve or ()), *(ballot.scores or ()), *([ballot.pick] if ballot.pick else [])]
        named += [option for tier in ballot.ranking or () for option in tier]
    return tuple(dict.fromkeys([*ordered, *named]))


def _rules(vote: Vote) -> tuple[Row, ...]:
    """The rules that would have chosen otherwise, then those that agree."""
    same = set(vote.result.winners)
    rows = [Row(f"{_by(one)}: {listed(one[0].winners) or 'nothing'}", "≠", _margin(one)) for one in _unlike(vote)]
    if agreeing := [other for other in vote.others if set(other.winners) == same]:
        rows.append(Row(f"the same by {_by(agreeing)}", "="))
    return tuple(rows)


def _pairs(vote: Vote) -> tuple[Row, ...]:
    found = vote.result.condorcet
    if found is None:
        return ()
    rows = []
    if found.winner:
        rows.append(Row(f"{found.winner} beats every other one", "✓"))
    if found.cycle:
        rows.append(Row(" > ".join((*found.cycle, found.cycle[0])), "?", "a ring"))
    if not rows:
        rows.append(Row("no option beats all others", "·"))
    if found.loser:
        rows.append(Row(f"{found.loser} loses to every other one", "✗"))
    return tuple(rows)


def _pivots(transcript: Transcript, vote: Vote) -> tuple[Row, ...]:
    pivotal = vote.result.pivotal
    if pivotal is None:
        return ()
    if not pivotal:
        return (Row("nobody alone", "·"),)
    return tuple(Row(transcript.name(who), "?", "by another ballot, alone") for who in pivotal)


def _counted(transcript: Transcript, vote: Vote) -> tuple[Row, ...]:
    rows = [Row(f"{number(vote.result.valid)} valid", "✓")]
    words = {"abstained": "abstained", "invalid": "unreadable", "missing": "missing"}
    for status, word in words.items():
        who = [transcript.name(ballot.voter) for ballot in vote.ballots if ballot.status == status]
        if who:
            rows.append(Row(f"{len(who)} {word}: {listed(who)}", "·"))
    quorum = vote.quorum
    if quorum.eligible:
        met = "met" if quorum.met else "not met"
        rows.append(
            Row(f"quorum {met}: {number(quorum.present)} of {number(quorum.eligible)}", "✓" if quorum.met else "✗")
        )
    if tie := vote.result.tie:
        rows.append(Row(f"a tie of {listed(tie.among)}, {_settled(tie)}", "?"))
    return tuple(rows)


def _settled(tie: Tie) -> str:
    """What became of a tie."""
    seed = f", seed {tie.seed}" if tie.seed is not None and tie.step == "lot" else ""
    return f"settled by {TIES.get(tie.step, tie.step)}{seed}" if tie.step else "not settled"


def _minority(transcript: Transcript, record: Recorded) -> tuple[Row, ...]:
    """The minority reports that followed on this vote, in its own mode."""
    rows: list[Row] = []
    for entry in transcript.entries:
        if isinstance(entry, Turn) and entry.id > record.seq and entry.start.frame == record.frame:
            if entry.start.kind == "minority" and entry.spoken:
                rows.append(Row(" ".join(entry.text.split()), "“", transcript.name(entry.speaker)))
        elif isinstance(entry, ModeLeft) and entry.seq > record.seq and entry.frame == record.frame:
            break
    return tuple(rows)


RULES: Mapping[str, str] = {
    "borda": "Borda",
    "star": "STAR",
    "irv": "instant run-off",
    "irv-drop-all": "instant run-off (ties drop together)",
    "copeland": "Copeland",
    "schulze": "Schulze",
    "ranked-pairs": "ranked pairs",
    "two-round": "two rounds",
    "stv": "single transferable vote",
    "spav": "proportional approval",
}
"""How a rule is called where its own name is not a word."""

TIES: Mapping[str, str] = {
    "pairwise": "comparing them two by two",
    "first-places": "more first places",
    "last-places": "fewer last places",
    "casting": "the casting ballot",
    "lot": "lot",
}
"""How a tie was settled, in words."""


def listed(names: tuple[str, ...] | list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    *most, last = names or ("",)
    return f"{', '.join(most)} and {last}" if most else last


def number(value: float) -> str:
    """A count without needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def figure(value: float, unit: str) -> str:
    """A count with its unit, in the singular where it is one."""
    return f"{number(value)} {unit.removesuffix('s') if value == 1 else unit}"
