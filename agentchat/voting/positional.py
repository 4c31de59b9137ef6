"""Rules that add up what each ballot gives: majority, plurality, approval, score, Borda and STAR."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from agentchat.voting.count import Outcome, Poll, by_score, finalists, named, winners_first
from agentchat.voting.phrasing import amount, listed, standings
from agentchat.voting.result import Round
from agentchat.voting.standing import Standing, borda_points, first_places, marks


def plurality(poll: Poll) -> Outcome:
    """Most first places; options tied first share the vote equally. All who have the most win."""
    return _most(poll, first_places(poll.profile), "votes")


def approval(poll: Poll) -> Outcome:
    """Most approvals (Brams & Fishburn 1978, American Political Science Review 72). All who have the most win."""
    return _most(poll, marks(poll.profile), "votes")


def score(poll: Poll) -> Outcome:
    """Highest total; an option without a score has 0. All who have the most win."""
    outcome = _most(poll, marks(poll.profile), "points")
    means = {name: total / poll.profile.valid for name, total in named(poll.profile, outcome.scores or {}).items()}
    return _noted(outcome, f"Means: {standings(means)}.")


def borda(poll: Poll) -> Outcome:
    """Points for each option it is put before: 0 for the last to n-1 for the first; tied ones get their average.

    Source: Borda 1781; ties as in Black 1976, Public Choice 28. With recused options, the rate at which an option is
    preferred in each pair, among the ballots that could compare the two. All who have the most win.
    """
    return _most(poll, borda_points(poll.profile, pairs=poll.pairs), "points")


def majority(poll: Poll) -> Outcome:
    """The option with the threshold's share of the votes: more than a half, or at least any other share. Else none.

    Options tied first share the vote. Where several reach a threshold below a half, those with the most win.
    """
    outcome = _most(poll, first_places(poll.profile), "votes")
    assert outcome.scores is not None
    most = outcome.scores[outcome.winners[0]]
    how = "more than" if poll.threshold == Fraction(1, 2) else "at least"
    needed = f"{how} {amount(poll.threshold * poll.profile.valid)}"
    if reaches(poll.threshold, most / poll.profile.valid):
        return _noted(outcome, f"{needed.capitalize()} was needed.")
    trace = (outcome.trace[0], f"Nobody has {needed} of {amount(poll.profile.valid)}.")
    return Outcome((), outcome.ordering, outcome.scores, trace=trace)


def reaches(threshold: Fraction, share: Fraction) -> bool:
    """Whether a share of the votes is a majority: strictly more than a half, at least any other threshold."""
    return share > threshold if threshold == Fraction(1, 2) else share >= threshold


def star(poll: Poll) -> Outcome:
    """Score, then automatic run-off: the two highest totals, then whom more ballots score higher.

    Source: Equal Vote Coalition, starvoting.org. A run-off tied in votes goes to the higher total, as they have it. A
    tie for a place in the run-off is followed each way: all who can win, win.
    """
    profile = poll.profile
    first = _most(poll, marks(profile), "points")
    assert first.ordering is not None
    assert first.scores is not None
    finals = list(finalists(first.ordering))
    winners: set[int] = set()
    rounds = [Round(named(profile, first.scores), note="Totals")]
    margins: list[Fraction] = []
    for one, other in finals:
        votes = [Fraction(0), Fraction(0)]
        for voice, weight in profile.voices.items():
            if voice.slate >> one & voice.slate >> other & 1 and voice.marks[one] != voice.marks[other]:
                votes[voice.marks[one] < voice.marks[other]] += Fraction(weight, profile.scale)
        reached = {one: (votes[0], first.scores[one]), other: (votes[1], first.scores[other])}
        ahead = [place for place in reached if reached[place] == max(reached.values())]
        winners.update(ahead)
        end = f"{listed(profile.names(ahead))} {'tie' if len(ahead) > 1 else 'wins'}"
        if len(ahead) == 1 and votes[0] == votes[1]:
            end += " by the higher total"
        rounds.append(Round({profile.options[one]: votes[0], profile.options[other]: votes[1]}, note=end))
        margins.append(abs(votes[0] - votes[1]))
    if not finals:
        return first
    trace = [first.trace[0], *(f"Run-off: {standings(each.counts)}; {each.note}." for each in rounds[1:])]
    if len(finals) > 1:
        trace.insert(1, f"A tie for a place in the run-off: all {len(finals)} run-offs are counted.")
    trace.append(f"{listed(profile.names(winners))} can win." if len(winners) > 1 else "")
    return Outcome(
        winners=tuple(sorted(winners)),
        ordering=winners_first(winners, first.ordering),
        scores=first.scores,
        rounds=tuple(rounds),
        unit="votes",
        margin=Fraction(0) if len(winners) > 1 else min(margins),
        trace=tuple(filter(None, trace)),
    )


def _most(poll: Poll, standing: Standing, unit: str) -> Outcome:
    """All with the highest score."""
    return by_score(poll.profile, standing.scores(), unit)


def _noted(outcome: Outcome, line: str) -> Outcome:
    return replace(outcome, trace=(*outcome.trace, line))
