"""Who could have changed the winners alone, by another ballot: exact, or None where it was not worked out.

Where a rule is a score, each voter is one look at the scores, up to `MOST_LOOKS`. Where it is not, every ballot the
voter could have cast is counted, up to `MOST_RECOUNTS` counts in all: enough for any number of equal voters on three
options, for 60 different ballots on four, for eight on five. Not for STAR, nor for several seats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agentchat.voting.count import Poll, Rule
from agentchat.voting.positional import reaches
from agentchat.voting.profile import Profile, Voice, members
from agentchat.voting.standing import Positional, Standing

MOST_RECOUNTS = 4_500
"""About a second."""

MOST_LOOKS = 1_000_000
"""Scores looked at, or comparisons where a score is made of those: about a second."""

WEAK_ORDERS = (1, 1, 3, 13, 75, 541, 4683)
"""The ways to rank that many options, ties allowed."""


def pivotal(rule: Rule, poll: Poll, winners: Sequence[int]) -> tuple[str, ...] | None:
    """The names of the voters each of whom could have changed the winners."""
    profile = poll.profile
    kinds = dict.fromkeys((voter.voice, voter.weight) for voter in profile.voters)
    if not profile.total or len(profile.options) == 1:
        return ()
    if rule.standing is not None:
        if len(kinds) * len(profile.options) ** (1 + rule.pairwise) > MOST_LOOKS:
            return None
        standing = rule.standing(profile, 0)
        sways = {kind: _moves(rule, poll, standing, winners, *kind) for kind in kinds}
    elif rule.reads != "order" or rule.several:
        return None
    else:
        open_kinds = [kind for kind in kinds if not _safe(rule, poll, winners, kind[1])]
        sizes = [voice.slate.bit_count() for voice, _ in open_kinds]
        if any(size >= len(WEAK_ORDERS) for size in sizes) or sum(WEAK_ORDERS[size] for size in sizes) > MOST_RECOUNTS:
            return None
        sways = dict.fromkeys(kinds, False) | {kind: _recounted(rule, poll, winners, *kind) for kind in open_kinds}
    return tuple(voter.name for voter in profile.voters if sways[voter.voice, voter.weight])


def _moves(rule: Rule, poll: Poll, standing: Standing, winners: Sequence[int], voice: Voice, weight: int) -> bool:
    """Whether a ballot in place of this one could put another option level with a winner, or a winner behind."""
    most, least = standing.bounds(voice, weight)
    if rule.barred and isinstance(standing, Positional):
        won = [reaches(poll.threshold, standing.share(score)) for score in most]
        kept = [reaches(poll.threshold, standing.share(score)) for score in least]
        if not winners:
            return any(won)
        if not all(kept[place] for place in winners):
            return True
    return any(
        most[one] > least[winner] or (most[one] == least[winner] and one not in winners)
        for winner in winners
        for one in range(len(most))
        if one != winner
    )


def _safe(rule: Rule, poll: Poll, winners: Sequence[int], weight: int) -> bool:
    """Whether one who beats every other would still do so, whatever that weight of votes said."""
    if not weight:
        return True
    prefer = poll.pairs.prefer
    return (
        rule.condorcet
        and len(winners) == 1
        and all(
            prefer[winners[0]][other] > prefer[other][winners[0]] + 2 * weight
            for other in range(len(prefer))
            if other != winners[0]
        )
    )


def _recounted(rule: Rule, poll: Poll, winners: Sequence[int], voice: Voice, weight: int) -> bool:
    """Whether some other ballot would have given other winners, by counting with each."""
    rest = dict(poll.profile.voices)
    rest[voice] -= weight
    for tiers in weak_orders(voice.slate):
        voices = dict(rest)
        changed = Voice(tiers, voice.slate)
        voices[changed] = voices.get(changed, 0) + weight
        profile: Profile = replace(poll.profile, voices={each: count for each, count in voices.items() if count})
        if rule.count(replace(poll, profile=profile, bare=True)).winners != winners:
            return True
    return False


def weak_orders(options: int) -> Iterator[tuple[int, ...]]:
    """All ways to rank a set of options, ties allowed; first those that pick one."""
    if not options:
        yield ()
        return
    tier, tiers = options, []
    while tier:
        tiers.append(tier)
        tier = (tier - 1) & options
    for tier in sorted(tiers, key=lambda each: (each.bit_count(), next(members(each)))):
        for rest in weak_orders(options & ~tier):
            yield (tier, *rest)
