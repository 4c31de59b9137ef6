"""Rules that fill several seats in proportion: the single transferable vote, and sequential proportional approval.

They must go on where options are tied: the declared chain decides, and where it ends the order in which the options
were declared. Either is said in the trace, and the last one stands in the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from agentchat.voting.count import Outcome, Poll, named
from agentchat.voting.phrasing import amount, listed, standings
from agentchat.voting.profile import Profile, members
from agentchat.voting.result import Round, TieBreak
from agentchat.voting.ties import settle

LONG = 10**100
"""Exact values can grow twice as long with every surplus; one with a longer denominator is cut to 12 places."""


@dataclass
class _Ledger:
    """What is told of a count under way."""

    poll: Poll
    rounds: list[Round] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    tie: TieBreak | None = None

    def one_of(self, tied: list[int], what: str, *, last: bool = False) -> int:
        """The first of the tied, or the last; what becomes of it is noted, and how it was settled."""
        if len(tied) == 1:
            return tied[0]
        profile = self.poll.profile
        tie = settle(self.poll.ties, tied, self.poll, last=last)
        name = tie.winners[-1 if last else 0]
        how = tie.note if tie.step else "; ".join(filter(None, (tie.note, "by the order they were declared in")))
        self.tie = TieBreak(tie.among, tie.step or "declared", (name,), how, tie.seed)
        self.trace.append(f"{listed(tie.among)} are tied: {name} {what} ({how}).")
        return profile.options.index(name)

    def round(self, counts: dict[int, Fraction], out: Iterable[int], elected: Iterable[int], note: str) -> None:
        """Note a round."""
        profile = self.poll.profile
        shown = named(profile, counts)
        self.rounds.append(Round(shown, profile.names(out), profile.names(elected), note))
        self.trace.append(f"Round {len(self.rounds)}: {standings(shown)}; {note}.")

    def outcome(self, elected: list[int]) -> Outcome:
        """The seats as they were filled."""
        return Outcome(tuple(sorted(elected)), rounds=tuple(self.rounds), tie=self.tie, trace=tuple(self.trace))


Parcel = tuple[tuple[int, ...], int]
"""The tiers and the slate of ballots that go together."""


class _Piles:
    """The ballots as they lie with the options they count for."""

    def __init__(self, profile: Profile) -> None:
        self.left = profile.everyone
        self.held: list[dict[Parcel, Fraction]] = [{} for _ in profile.options]
        self.votes = dict.fromkeys(range(len(profile.options)), Fraction(0))
        for voice, weight in profile.voices.items():
            self.deal((voice.tiers, voice.slate), Fraction(weight, profile.scale))

    def deal(self, parcel: Parcel, weight: Fraction) -> None:
        """Give it to its first of those left, in equal parts where several are tied; to nobody if it prefers none."""
        tiers, slate = parcel
        top = next((tier & self.left for tier in tiers if tier & self.left), 0)
        if not top or (top == slate & self.left and top != self.left & -self.left):
            return
        part = weight / top.bit_count()
        for place in members(top):
            self.held[place][parcel] = self.held[place].get(parcel, Fraction(0)) + part
            self.votes[place] += part

    def pass_on(self, place: int, value: Fraction) -> None:
        """Hand on all of an option that is out of the count, each ballot at that part of its value."""
        held, self.held[place] = self.held[place], {}
        self.votes[place] = Fraction(0)
        for parcel, weight in held.items():
            self.deal(parcel, weight * value)


def stv(poll: Poll) -> Outcome:
    """Single transferable vote: Droop quota, surpluses by the weighted inclusive Gregory method.

    The quota is floor(valid / (seats + 1)) + 1. All ballots of an elected option hand on the same part of their value,
    its surplus by its votes, the largest surplus first. With no surplus to hand on the option with the fewest votes is
    out. Source: Scottish Local Government Elections Order 2007, rules 45 to 52, which cut values to five places (here
    they are exact, up to LONG); Farrell & McAllister 2003, "The 1983 change in surplus vote transfer procedures",
    Australian Journal of Political Science 38.
    """
    ledger, piles = _Ledger(poll), _Piles(poll.profile)
    quota = Fraction(floor(poll.profile.valid / (poll.seats + 1)) + 1)
    ledger.trace.append(f"The quota is {amount(quota)} of {amount(poll.profile.valid)}.")
    elected: list[int] = []
    surpluses: dict[int, Fraction] = {}
    while len(elected) < poll.seats:
        hopeful = {place: piles.votes[place] for place in members(piles.left)}
        if len(elected) + len(hopeful) <= poll.seats:
            note = f"as many are left as seats: {listed(poll.profile.names(hopeful))}"
            ledger.round(hopeful, (), hopeful, note)
            elected += hopeful
            break
        if over := [place for place in hopeful if hopeful[place] >= quota]:
            ledger.round(hopeful, (), over, f"elected: {listed(poll.profile.names(over))}")
            elected += over
            surpluses |= {place: hopeful[place] - quota for place in over}
            piles.left &= ~sum(1 << place for place in over)
        elif surpluses:
            most = max(surpluses.values())
            place = ledger.one_of([place for place, surplus in surpluses.items() if surplus == most], "hands on first")
            _hand_on(ledger, piles, place, surpluses.pop(place))
        else:
            out = _last(ledger, hopeful, poll.seats - len(elected))
            note = f"{listed(poll.profile.names(out))} {'are' if len(out) > 1 else 'is'} out"
            ledger.round(hopeful, out, (), note)
            for place in out:
                piles.left &= ~(1 << place)
            for place in out:
                piles.pass_on(place, Fraction(1))
    return ledger.outcome(elected)


def _hand_on(ledger: _Ledger, piles: _Piles, place: int, surplus: Fraction) -> None:
    value = surplus / piles.votes[place]
    name, cut = ledger.poll.profile.options[place], ""
    if value.denominator > LONG:
        value, cut = Fraction(floor(value * 10**12), 10**12), ", cut to 12 places"
    if surplus:
        ledger.trace.append(f"{name} hands on {amount(surplus)}: each ballot at {float(value):.4g} of its value{cut}.")
    piles.pass_on(place, value)


def _last(ledger: _Ledger, hopeful: dict[int, Fraction], seats: int) -> list[int]:
    """Who is out: the one with the fewest votes, or all without any, whose order changes nothing."""
    fewest = min(hopeful.values())
    last = [place for place, votes in hopeful.items() if votes == fewest]
    if not fewest and len(hopeful) - len(last) >= seats:
        return last
    return [ledger.one_of(last, "is out", last=True)]


def spav(poll: Poll) -> Outcome:
    """Sequential proportional approval: seat by seat the most approved, each ballot worth 1/(1 + elected it approves).

    Source: Thiele 1895, "Om flerfoldsvalg"; Brill, Freeman, Janson & Lackner 2017, AAAI.
    """
    profile, ledger = poll.profile, _Ledger(poll)
    elected: list[int] = []
    for _ in range(poll.seats):
        counts = dict.fromkeys((place for place in range(len(profile.options)) if place not in elected), Fraction(0))
        sums: dict[int, list[int]] = {}
        for voice, weight in profile.voices.items():
            row = sums.setdefault(sum(voice.marks[place] for place in elected), [0] * len(profile.options))
            for place, mark in enumerate(voice.marks):
                row[place] += weight * mark
        for place in counts:
            if exposure := profile.exposure[place]:
                votes = sum((Fraction(row[place], 1 + satisfied) for satisfied, row in sums.items()), Fraction(0))
                counts[place] = votes * profile.total / (exposure * profile.scale)
        most = max(counts.values())
        place = ledger.one_of([place for place, votes in counts.items() if votes == most], "takes the seat")
        elected.append(place)
        ledger.round(counts, (), (place,), f"{profile.options[place]} takes a seat")
    return ledger.outcome(elected)
