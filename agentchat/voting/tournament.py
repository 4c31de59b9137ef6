"""Rules that compare the options two by two: Copeland, minimax, Schulze, ranked pairs. All elect a Condorcet winner."""

from __future__ import annotations

from fractions import Fraction

from agentchat.voting.count import Outcome, Poll, by_score, lead
from agentchat.voting.pairwise import Matrix
from agentchat.voting.phrasing import amount, listed
from agentchat.voting.profile import members
from agentchat.voting.standing import copeland_wins, worst_defeat


def copeland(poll: Poll) -> Outcome:
    """Most wins two by two; a tie is half a win (Copeland 1951). All who have the most win."""
    return by_score(poll.profile, copeland_wins(poll.profile, pairs=poll.pairs).scores(), "wins")


def minimax(poll: Poll) -> Outcome:
    """The option whose heaviest defeat is the lightest, counted in winning votes: the votes of those who beat it.

    Source: Simpson 1969, Kramer 1977, also called Simpson-Kramer or successive reversal. Scores are the votes of the
    heaviest defeat, so the lowest is best; 0 for an option nobody beats.
    """
    scores = worst_defeat(poll.profile, pairs=poll.pairs).scores()
    outcome = by_score(poll.profile, scores, "votes")
    defeats = {place: -score for place, score in scores.items()}
    names = poll.profile.options
    against = ", ".join(
        f"{names[place]} {amount(defeats[place])}" for place in sorted(defeats, key=defeats.__getitem__)
    )
    trace = (
        f"Votes of the heaviest defeat: {against}.",
        f"{listed(poll.profile.names(outcome.winners))} {'tie' if len(outcome.winners) > 1 else 'has the fewest'}.",
    )
    return Outcome(outcome.winners, outcome.ordering, defeats, margin=lead(scores, outcome.winners), trace=trace)


def schulze(poll: Poll) -> Outcome:
    """The option no other has a stronger beatpath to; the strength of a path is its weakest win, in winning votes.

    Source: Schulze 2011, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent
    single-winner election method", Social Choice and Welfare 36. All whom nobody has a stronger path to win. The margin
    is by how much the winner's paths are stronger than those to it, at the least.
    """
    pairs, places = poll.pairs, range(len(poll.profile.options))
    path = [[pairs.strength(one, other) if pairs.beats(one, other) else 0 for other in places] for one in places]
    for via in places:
        onward = path[via]
        for one in places:
            begin = path[one][via]
            if begin and one != via:
                path[one] = [max(now, min(begin, then)) for now, then in zip(path[one], onward, strict=True)]
    for place in places:
        path[place][place] = 0
    before = [sum(1 << other for other in places if path[other][one] > path[one][other]) for one in places]
    ordering = layers(before)
    winners = ordering[0]
    votes = Fraction(poll.profile.total, pairs.whole * poll.profile.scale)
    margin = None
    if len(places) > 1:
        first = winners[0]
        margin = votes * min(path[first][other] - path[other][first] for other in places if other != first)
    return Outcome(
        winners,
        ordering,
        margin=Fraction(0) if len(winners) > 1 else margin,
        trace=_paths(poll, path, winners, votes),
    )


def _paths(poll: Poll, path: Matrix, winners: tuple[int, ...], votes: Fraction) -> tuple[str, ...]:
    names = poll.profile.options
    lines = [
        f"{names[one]} to {names[other]}: {amount(path[one][other] * votes)}, back {amount(path[other][one] * votes)}."
        for one in winners
        for other in range(len(names))
        if other != one
    ]
    return (
        "Strongest beatpaths, by their weakest win:",
        *lines,
        f"Nobody has a stronger path to {listed(poll.profile.names(winners))}.",
    )


def ranked_pairs(poll: Poll) -> Outcome:
    """Wins are locked from the strongest on, in winning votes, unless one would close a ring; who is on top wins.

    Source: Tideman 1987, "Independence of clones as a criterion for voting rules", Social Choice and Welfare 4. Equal
    majorities are locked in declared order (of the winner, then of the loser), and the trace says so. Two options equal
    in number are not locked: several may be on top.
    """
    pairs, names = poll.pairs, poll.profile.options
    places = range(len(names))
    wins = sorted(
        ((pairs.strength(one, other), one, other) for one in places for other in places if pairs.beats(one, other)),
        key=lambda win: -win[0],
    )
    strengths = [strength for strength, _, _ in wins]
    above = [0] * len(names)
    trace = []
    if len(set(strengths)) < len(strengths):
        trace.append("Some majorities are equal: they are locked in the order the options were declared.")
    for _, one, other in wins:
        numbers = " to ".join(
            amount(Fraction(pairs.prefer[a][b], poll.profile.scale)) for a, b in ((one, other), (other, one))
        )
        if above[one] >> other & 1:
            trace.append(f"{names[one]} over {names[other]}, {numbers}: left out, it would close a ring.")
            continue
        trace.append(f"{names[one]} over {names[other]}, {numbers}: locked.")
        gained = above[one] | 1 << one
        for below in places:
            if below == other or above[below] >> other & 1:
                above[below] |= gained
    ordering = layers(above)
    winners = ordering[0]
    trace.append(f"Nobody is locked above {listed(poll.profile.names(winners))}.")
    margin = None
    if len(names) > 1:
        one, other = winners[0], (winners[1:] or ordering[1])[0]
        margin = Fraction(pairs.prefer[one][other] - pairs.prefer[other][one], poll.profile.scale)
    return Outcome(winners, ordering, margin=Fraction(0) if len(winners) > 1 else margin, trace=tuple(trace))


def layers(before: list[int]) -> tuple[tuple[int, ...], ...]:
    """From a relation without rings to tiers: again and again those with nobody left before them."""
    left = (1 << len(before)) - 1
    tiers = []
    while left:
        tier = tuple(place for place in members(left) if not before[place] & left)
        tiers.append(tier)
        left &= ~sum(1 << place for place in tier)
    return tuple(tiers)
