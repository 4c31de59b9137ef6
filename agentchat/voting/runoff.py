"""Rules in rounds for one winner: two-round, and instant run-off with either way of dropping the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from agentchat.voting.count import Outcome, Poll, by_score, finalists, ladder, named, winners_first
from agentchat.voting.phrasing import listed, standings
from agentchat.voting.profile import Profile, members
from agentchat.voting.result import Round
from agentchat.voting.standing import first_places

MOST_SETS = 5_000
"""Sets of options left that instant run-off follows: to find all winners of all orders is NP-hard in general."""


def votes_among(profile: Profile, left: int) -> tuple[dict[int, int], int]:
    """A vote of each ballot for its first of the options left, shared where several are tied; and what one vote is.

    A ballot that prefers none of those it could compare is exhausted, and counts for nobody.
    """
    tops: dict[int, int] = {}
    for voice, weight in profile.voices.items():
        top = next((tier & left for tier in voice.tiers if tier & left), 0)
        if top and (top != voice.slate & left or top == left == left & -left):
            tops[top] = tops.get(top, 0) + weight
    whole = lcm(*{top.bit_count() for top in tops})
    counts = dict.fromkeys(members(left), 0)
    for top, weight in tops.items():
        each = weight * (whole // top.bit_count())
        for place in members(top):
            counts[place] += each
    return counts, whole * profile.scale


def two_round(poll: Poll) -> Outcome:
    """More than half of the votes at once; else a run-off of the best two.

    A tie for a place in the run-off is followed each way: all who win some run-off, win.
    """
    profile = poll.profile
    first = by_score(profile, first_places(profile).scores(), "votes")
    assert first.scores is not None
    assert first.ordering is not None
    rounds = [Round(named(profile, first.scores))]
    finals = list(finalists(first.ordering))
    if not finals or 2 * first.scores[first.winners[0]] > profile.valid:
        end = f"Round 1: {first.trace[0]} {profile.options[first.winners[0]]} has more than half."
        return Outcome(first.winners, first.ordering, first.scores, tuple(rounds), margin=first.margin, trace=(end,))
    trace = [f"Round 1: {first.trace[0]} Nobody has more than half."]
    if len(finals) > 1:
        trace.append(f"A tie for a place in the run-off: all {len(finals)} run-offs are counted.")
    winners: set[int] = set()
    margins = []
    for one, other in finals:
        votes, unit = votes_among(profile, 1 << one | 1 << other)
        ahead = ladder(votes)[0]
        winners.update(ahead)
        margins.append(Fraction(abs(votes[one] - votes[other]), unit))
        counts = _shown(profile, votes, unit)
        out = profile.names({one, other} - set(ahead))
        rounds.append(Round(counts, out, note="Run-off"))
        end = f"{listed(profile.names(ahead))} {'tie' if len(ahead) > 1 else 'wins'}"
        trace.append(f"Run-off: {standings(counts)}; {end}.")
    seconds = winners_first({place for pair in finals for place in pair}, first.ordering)
    return Outcome(
        winners=tuple(sorted(winners)),
        ordering=winners_first(winners, seconds),
        scores=first.scores,
        rounds=tuple(rounds),
        margin=Fraction(0) if len(winners) > 1 else min(margins),
        trace=tuple(trace),
    )


@dataclass(frozen=True, slots=True)
class _Stage:
    """A set of options left: their votes, and what follows."""

    votes: dict[int, int]
    unit: int
    winners: tuple[int, ...]
    """Empty where it goes on."""
    last: tuple[int, ...] = ()
    """Those with the fewest votes."""


def _stage(profile: Profile, left: int) -> _Stage:
    votes, unit = votes_among(profile, left)
    levels = ladder(votes)
    if not any(votes.values()) or len(votes) == 1:
        return _Stage(votes, unit, levels[0])
    if 2 * votes[levels[0][0]] > sum(votes.values()):
        return _Stage(votes, unit, levels[0])
    return _Stage(votes, unit, (), levels[-1])


def irv(poll: Poll) -> Outcome:
    """Instant run-off: one with the fewest votes is out at a time, until one has more than half of those that count.

    Where several are last, every order of dropping them is followed, and all who win by some order win ("parallel
    universes": Conitzer, Rognlie & Xia 2009, IJCAI; named irv.put). Those without a vote go together: their order
    changes nothing. The rounds shown are those of one order, where the last declared goes first.
    """
    profile = poll.profile
    stages: dict[int, _Stage] = {}
    waiting, winners = [profile.everyone], set[int]()
    while waiting and len(stages) < MOST_SETS:
        left = waiting.pop()
        if left not in stages:
            stage = stages[left] = _stage(profile, left)
            winners.update(stage.winners)
            waiting += () if stage.winners else _onward(left, stage)
    shown, left = [], profile.everyone
    while True:
        stage = stages.get(left) or _stage(profile, left)
        after = None if stage.winners else _onward(left, stage)[-1]
        shown.append((stage, left & ~after if after is not None else 0))
        if after is None:
            break
        left = after
    note: tuple[str, ...] = ()
    if waiting:
        note = (f"Too many orders of dropping the last: {MOST_SETS:,} sets of options were followed, not all.",)
    return _told(poll, shown, tuple(sorted(winners)), note)


def _onward(left: int, stage: _Stage) -> list[int]:
    """What may be left after this stage; last the one that is shown."""
    if not stage.votes[stage.last[0]]:
        return [left & ~sum(1 << place for place in stage.last)]
    return [left & ~(1 << place) for place in stage.last]


def irv_drop_all(poll: Poll) -> Outcome:
    """Instant run-off where all who are tied last are out at once; if all who are left are tied, they all win."""
    shown, left = [], poll.profile.everyone
    while True:
        stage = _stage(poll.profile, left)
        winners = stage.last if len(stage.last) == len(stage.votes) else stage.winners
        out = 0 if winners else sum(1 << place for place in stage.last)
        shown.append((stage, out))
        if winners:
            return _told(poll, shown, winners, ())
        left &= ~out


def _told(poll: Poll, shown: list[tuple[_Stage, int]], winners: tuple[int, ...], note: tuple[str, ...]) -> Outcome:
    """The rounds of one order of dropping, in words and numbers."""
    if poll.bare:
        return Outcome(winners)
    profile = poll.profile
    rounds, trace = [], []
    for number, (stage, out) in enumerate(shown, 1):
        counts, gone = _shown(profile, stage.votes, stage.unit), profile.names(members(out))
        if gone:
            how = f"{listed(gone)} {'are' if len(gone) > 1 else 'is'} out"
            if len(stage.last) > len(gone):
                how = f"{listed(profile.names(stage.last))} are last, and each order is followed; here {how}"
        else:
            first = ladder(stage.votes)[0]
            how = f"{listed(profile.names(first))} {'tie' if len(first) > 1 else 'has more than half'}"
        rounds.append(Round(counts, gone, note=how))
        trace.append(f"Round {number}: {standings(counts)}; {how}.")
    final = shown[-1][0]
    ordering = (*ladder(final.votes), *(tuple(members(out)) for _, out in reversed(shown[:-1])))
    if len(winners) > 1:
        trace.append(f"{listed(profile.names(winners))} can win.")
    return Outcome(
        winners=winners,
        ordering=winners_first(winners, ordering),
        rounds=tuple(rounds),
        margin=Fraction(0) if len(winners) > 1 else _lead(final, winners[0]),
        trace=(*trace, *note),
    )


def _lead(final: _Stage, winner: int) -> Fraction | None:
    others = [votes for place, votes in final.votes.items() if place != winner]
    return Fraction(final.votes[winner] - max(others), final.unit) if others else None


def _shown(profile: Profile, votes: Mapping[int, int], unit: int) -> dict[str, Fraction]:
    return {profile.options[place]: Fraction(count, unit) for place, count in votes.items()}
