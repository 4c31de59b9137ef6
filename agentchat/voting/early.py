"""When the rest of the ballots no longer matters: who wins whatever they say. Never wrong; not every lead is seen."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from agentchat.voting.ballot import Ballot
from agentchat.voting.count import Poll, Rule
from agentchat.voting.positional import reaches
from agentchat.voting.profile import Profile, profile as read
from agentchat.voting.rules import BY_NAME, check
from agentchat.voting.standing import Positional, first_places


def unassailable(
    rule: str,
    options: Sequence[str],
    ballots: Sequence[Ballot],
    outstanding: Fraction,
    *,
    threshold: Fraction = Fraction(1, 2),
    top: Fraction = Fraction(5),
) -> str | None:
    """The option that wins whatever ballots of the `outstanding` weight say; None where that is not certain.

    Known for the rules that are a score; for Schulze and ranked pairs by who beats every other; for those that elect
    whoever is first on more than half of the ballots by that. For STAR and several seats only once all are in.
    """
    check(rule, options, ballots, threshold=threshold, top=top)
    # The outstanding weight goes in as a missing ballot, so that it is a whole number too.
    votes = read(options, [*ballots, Ballot(status="missing", weight=outstanding)], BY_NAME[rule].reads, top)
    if not votes.total:
        return None
    if not outstanding:
        winners = BY_NAME[rule].count(Poll(votes, threshold=threshold)).winners
        return options[winners[0]] if len(winners) == 1 else None
    ahead = _ahead(BY_NAME[rule], votes, int(outstanding * votes.scale), threshold)
    return None if ahead is None else options[ahead]


def _ahead(rule: Rule, votes: Profile, more: int, threshold: Fraction) -> int | None:
    places = range(len(votes.options))
    if rule.standing is not None:
        standing = rule.standing(votes, more)
        most, least = standing.bounds(None, more)
        sure = [one for one in places if all(least[one] > most[two] for two in places if two != one)]
        if rule.barred and isinstance(standing, Positional):
            sure = [one for one in sure if reaches(threshold, standing.share(least[one]))]
        return next(iter(sure), None)
    if rule.condorcet:
        prefer = Poll(votes).pairs.prefer
        beats = [[prefer[one][two] > prefer[two][one] + more for two in places] for one in places]
        return next((one for one in places if sum(beats[one]) == len(places) - 1), None)
    if rule.majoritarian and set(votes.exposure) == {votes.total}:
        firsts = first_places(votes, more)
        least = firsts.bounds(None, more)[1]
        return next((one for one in places if 2 * firsts.share(least[one]) > 1), None)
    return None
