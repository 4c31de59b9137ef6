"""What every voting rule costs on 1,000 ballots of 10 options, and on four times as many: linear is four."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from random import Random
from time import process_time

from agentchat.voting import RULES, Approval, Ballot, Opinion, Ranking, Scores, tally
from benchmarks.report import figure, title

OPTIONS = tuple(f"option {number}" for number in range(10))
BALLOTS = 1_000
MORE = 4
RUNS = 5


def opinion(rule: str, chance: Random) -> Opinion:
    """One that the rule reads: almost none is like another, and a ranking ties and leaves out."""
    if rule in ("approval", "spav"):
        return Approval(frozenset(option for option in OPTIONS if chance.random() < 0.4))
    if rule in ("score", "star"):
        return Scores({option: Fraction(chance.randint(0, 5)) for option in OPTIONS})
    order = chance.sample(OPTIONS, chance.randint(3, len(OPTIONS)))
    first = chance.choice((1, 1, 2))
    return Ranking((frozenset(order[:first]), *(frozenset({option}) for option in order[first:])))


def cost(rule: str, ballots: Sequence[Ballot], *, pivotal: bool = False) -> float:
    """CPU seconds of the best of the runs."""
    count = partial(tally, rule, OPTIONS, ballots, seats=3 if rule in ("stv", "spav") else 1, pivotal=pivotal)
    took = []
    for _ in range(RUNS):
        start = process_time()
        count()
        took.append(process_time() - start)
    return min(took)


def main() -> None:
    chance = Random(3)
    title(f"To count {BALLOTS:,} ballots of {len(OPTIONS)} options; 3 seats for stv and spav")
    for rule in RULES:
        ballots = [Ballot(opinion(rule, chance)) for _ in range(MORE * BALLOTS)]
        once = cost(rule, ballots[:BALLOTS])
        figure(rule, once * 1000, "ms", 50)
        figure(f"{rule}: {MORE} times the ballots", cost(rule, ballots) / once, "×", 1.25 * MORE)
        figure(f"{rule}: and who was pivotal", cost(rule, ballots[:BALLOTS], pivotal=True) * 1000, "ms", 1000)


if __name__ == "__main__":
    main()
