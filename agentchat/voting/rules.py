"""The rules by their names, and the tally of one: the same ballots and the same declared chain give the same result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction

from agentchat.errors import UsageError
from agentchat.voting.ballot import Ballot
from agentchat.voting.count import Outcome, Poll, Rule, named
from agentchat.voting.pairwise import MOST_COMPARED, condorcet
from agentchat.voting.phrasing import listed
from agentchat.voting.pivotal import pivotal as work_out
from agentchat.voting.positional import approval, borda, majority, plurality, score, star
from agentchat.voting.profile import Profile, Reads, profile as read
from agentchat.voting.result import Tally, TieBreak
from agentchat.voting.runoff import irv, irv_drop_all, two_round
from agentchat.voting.seats import spav, stv
from agentchat.voting.standing import borda_points, copeland_wins, first_places, marks, worst_defeat
from agentchat.voting.ties import STEPS, USUAL, Chain, settle
from agentchat.voting.tournament import copeland, minimax, ranked_pairs, schulze

BY_NAME: Mapping[str, Rule] = {
    "majority": Rule(majority, standing=first_places, barred=True),
    "plurality": Rule(plurality, standing=first_places),
    "two-round": Rule(two_round, majoritarian=True),
    "approval": Rule(approval, "approval", standing=marks),
    "score": Rule(score, "scores", standing=marks),
    "star": Rule(star, "scores"),
    "borda": Rule(borda, standing=borda_points, pairwise=True),
    "irv": Rule(irv, majoritarian=True),
    "irv-drop-all": Rule(irv_drop_all, majoritarian=True),
    "copeland": Rule(copeland, standing=copeland_wins, pairwise=True),
    "minimax": Rule(minimax, standing=worst_defeat, pairwise=True),
    "schulze": Rule(schulze, pairwise=True),
    "ranked-pairs": Rule(ranked_pairs, pairwise=True),
    "stv": Rule(stv, several=True),
    "spav": Rule(spav, "approval", several=True),
}
RULES = tuple(BY_NAME)


def tally(
    rule: str,
    options: Sequence[str],
    ballots: Sequence[Ballot],
    *,
    seats: int = 1,
    threshold: Fraction = Fraction(1, 2),
    top: Fraction = Fraction(5),
    ties: Chain = USUAL,
    pivotal: bool = True,
) -> Tally:
    """Count the ballots by a rule.

    `threshold` is for majority, `seats` for stv and spav, `top` the highest score a ballot may give. Without `pivotal`
    it is not asked who could have changed the result, which costs more than the count.

    Raises UsageError for what cannot be counted: an unknown rule, options that are equal, a number out of range.
    """
    check(rule, options, ballots, seats=seats, threshold=threshold, top=top, ties=ties)
    votes = read(options, ballots, BY_NAME[rule].reads, top)
    poll = Poll(votes, seats, threshold, ties)
    outcome = BY_NAME[rule].count(poll) if votes.total else Outcome((), trace=("There is no valid ballot.",))
    settled = outcome.tie
    if len(outcome.winners) > seats:
        settled = settle(ties, outcome.winners, poll)
    names = votes.names(outcome.winners)
    elected = settled.winners if settled and len(names) > seats else names
    trace = outcome.trace
    if settled and settled is not outcome.tie:
        trace = (*trace, _told(settled))
    return Tally(
        rule=rule,
        options=votes.options,
        winners=names,
        elected=elected,
        ordering=None if outcome.ordering is None else tuple(votes.names(tier) for tier in outcome.ordering),
        rounds=outcome.rounds,
        scores=None if outcome.scores is None else named(votes, outcome.scores),
        unit=outcome.unit,
        confidence=_confidence(votes, BY_NAME[rule].reads, elected[0]) if elected else None,
        valid=votes.valid,
        abstained=votes.abstained,
        invalid=sum((ballot.weight for ballot in votes.rejected), Fraction(0)),
        missing=votes.missing,
        margin=outcome.margin,
        pivotal=work_out(BY_NAME[rule], poll, outcome.winners) if pivotal else None,
        condorcet=condorcet(votes, poll.pairs) if votes.total and len(options) <= MOST_COMPARED else None,
        tie=settled,
        trace=trace,
    )


def check(
    rule: str,
    options: Sequence[str],
    ballots: Sequence[Ballot],
    *,
    seats: int = 1,
    threshold: Fraction = Fraction(1, 2),
    top: Fraction = Fraction(5),
    ties: Chain = USUAL,
) -> None:
    """Raise UsageError for what cannot be counted."""
    if rule not in BY_NAME:
        near = get_close_matches(rule.lower(), RULES, n=3, cutoff=0.4) or RULES
        raise UsageError(f"There is no voting rule {rule!r}", hint=f"Try {listed(near)}.")
    if not options:
        raise UsageError("There is nothing to choose from", hint="Give at least one option.")
    if twice := [option for option, times in Counter(options).items() if times > 1]:
        raise UsageError(f"{listed(twice)} stands among the options twice", hint="Give each option a name of its own.")
    if not 1 <= seats <= len(options):
        raise UsageError(
            f"{seats} seats cannot be filled from {len(options)} options", hint="Take 1 to as many as there are."
        )
    if seats > 1 and not BY_NAME[rule].several:
        several = listed(name for name, each in BY_NAME.items() if each.several)
        raise UsageError(f"{rule} has one winner, not {seats}", hint=f"For several seats take {several}.")
    if BY_NAME[rule].pairwise and len(options) > MOST_COMPARED:
        raise UsageError(
            f"{rule} compares every two options, and {len(options)} are too many",
            hint=f"Take another rule, or at most {MOST_COMPARED} options.",
        )
    if not 0 < threshold <= 1:
        raise UsageError(f"A threshold of {threshold} is no share of the votes", hint="Take more than 0 and at most 1.")
    if top <= 0:
        raise UsageError(f"{top} cannot be the highest score", hint="Take a number above 0.")
    if any(ballot.weight < 0 for ballot in ballots):
        raise UsageError("A ballot weighs less than nothing", hint="Weights are 0 or more.")
    if unknown := [step for step in ties.steps if step not in STEPS]:
        raise UsageError(f"There is no way to settle a tie called {unknown[0]!r}", hint=f"There are {listed(STEPS)}.")


def _told(tie: TieBreak) -> str:
    how = f" ({tie.note})" if tie.note else ""
    if tie.step:
        return f"The tie of {listed(tie.among)} is settled for {tie.winners[0]}{how}."
    if len(tie.winners) < len(tie.among):
        return f"The tie of {listed(tie.among)} is narrowed to {listed(tie.winners)}, and stays{how}."
    return f"The tie of {listed(tie.winners)} stays."


def _confidence(votes: Profile, reads: Reads, winner: str) -> Fraction:
    """The share of the ballots that could speak of the winner and put it first, approve of it, or score it highest."""
    place = votes.options.index(winner)
    match reads:
        case "order":
            return first_places(votes).scores()[place] / votes.valid
        case "approval":
            fond = sum(weight for voice, weight in votes.voices.items() if voice.marks[place])
        case _:
            fond = sum(weight for voice, weight in votes.voices.items() if voice.tiers[0] >> place & 1)
    return Fraction(fond, votes.exposure[place]) if votes.exposure[place] else Fraction(0)
