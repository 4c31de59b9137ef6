"""One vote: sealed ballots asked for at once, each in an order of its own, and how they are counted.

Read off the turns each time. What is counted is what came: a voter whose ballot did not come is asked once more, unless
nothing it could say would change who wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from agentchat.modes.ballots import FRAGILE, agreement, ballot_of, changed, entry, number, unanimous
from agentchat.modes.charter import CASTING, LOT, Settings, exact
from agentchat.modes.counting import Method, counted
from agentchat.modes.floor import chair, lot
from agentchat.modes.rounds import sealed_in
from agentchat.modes.sitting import Sitting, unheard, unseen
from agentchat.modes.slate import Option
from agentchat.persona import YOU
from agentchat.steps import Ask, Record, Together
from agentchat.voting import Ballot, Chain, Pick, decision, unassailable

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.events import Recorded
    from agentchat.transcript import Transcript, Turn
    from agentchat.voting import Tally

BEFORE, FINAL, REVOTE, PROBE = "before", "final", "revote", "probe"
"""Stages: before the talk, the vote that counts, once more after a tie, and one voter in reversed order."""

PROPOSALS = "proposals"
TIE = "tie"
"""What the question to the person is called that decides a tie."""

NOBODY = frozenset({"deadline", "policy"})
"""Who gives an answer that no person gave: the default, which is what the rest of the chain comes to."""

_ASKED = {
    "pick": "choose one option",
    "approval": "name every option that would do",
    "ranking": "put the options in order, best first",
    "scores": "give each option 0 to 5, 5 is best",
}


@dataclass(frozen=True)
class Vote:
    """A vote under way, or over."""

    transcript: Transcript
    now: Sitting
    settings: Settings
    stage: str
    slate: tuple[Option, ...]

    @cached_property
    def options(self) -> tuple[str, ...]:
        """What ballots name, in declared order."""
        return tuple(option.id for option in self.slate)

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """All its ballots, those that never came included."""
        return self.now.turns(self.stage)

    @cached_property
    def cast(self) -> dict[str, Turn]:
        """The last turn of each voter, in an order that says nothing of who was asked first; the person last."""
        voters = sorted(self.turns, key=lambda turn: (turn.start.speaker == YOU, turn.start.speaker))
        return {turn.start.speaker: turn for turn in voters}

    @cached_property
    def ballots(self) -> tuple[Ballot, ...]:
        """The ballot of each voter."""
        return tuple(ballot_of(turn, self.options) for turn in self.cast.values())

    @cached_property
    def record(self) -> Recorded | None:
        """Its `votes_counted`."""
        return self.now.record("votes_counted", stage=self.stage)

    @cached_property
    def how(self) -> Method:
        """Its rule. The ballots that are in fix their family, and the count the rest."""
        declared = self.settings.method(self.turns[0].start.kind if self.turns else "", len(self.options))
        if self.record is None:
            return declared
        seats, threshold = self.record.data.get("seats"), self.record.data.get("threshold")
        return Method(
            str(self.record.data.get("rule")),
            declared.family,
            seats if isinstance(seats, int) else 1,
            Fraction(threshold if isinstance(threshold, int | float) else 0.5).limit_denominator(1000),
        )

    @property
    def unanimous(self) -> str | None:
        """The option all put first."""
        return unanimous(self.ballots, self.options)

    # ── ballots ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def asks(self) -> Together | None:
        """Ballots of those who are still to vote."""
        voters = [member.id for member in self.transcript.active]
        if self.settings.you == "vote" and self.stage != BEFORE:
            voters.append(YOU)
        who = unheard(self.turns, voters, _lost)
        return None if self.spared(who) else unseen(self.turns, who, self._ask)

    def spared(self, who: tuple[str, ...]) -> str | None:
        """The option that wins whatever they say, so that they need not be asked again."""
        if not who or any(one not in self.cast for one in who) or self.how.seats > 1:
            return None
        came = [ballot for ballot in self.ballots if ballot.voter not in who]
        count = self.how.tally(self.options, came, Chain(()))
        present, silent = count.valid + count.abstained, count.abstained
        if 2 * (silent + len(who)) > present + len(who) or present < self.settings.least * self.eligible:
            return None
        outstanding = Fraction(len(who))
        return unassailable(self.how.rule, self.options, came, outstanding, threshold=self.how.threshold)

    def probe(self) -> Ask | None:
        """The same ballot of one voter again, the options in reversed order."""
        readable = [ballot.voter for ballot in self.ballots if ballot.status == "valid"]
        voters = [one for one in readable if self.transcript.member(one) and one != YOU]
        if not self.settings.probe or self.stage != FINAL or self.now.turns(PROBE) or not voters:
            return None
        first = self.cast[min(voters, key=lambda one: lot(self.transcript.opened.seed, PROBE, one))].start
        return Ask(
            first.speaker,
            first.kind,
            first.brief,
            stage=PROBE,
            sealed=True,
            reads_to=first.reads_to,
            choices=first.choices[::-1],
            reason="drawn to vote again in reversed order",
        )

    def _ask(self, who: str) -> Ask:
        own = self._recused(who)
        shown = [option for option in self.slate if option.id not in own]
        seed = self.transcript.opened.seed
        shown.sort(key=lambda option: lot(seed, self.stage, who, option.id))
        again = f"The vote was a tie of {', '.join(self.options)}: vote again. " if self.stage == REVOTE else ""
        seats = f" {self.how.seats} of them will be chosen." if self.how.seats > 1 else ""
        brief = f"{again}Vote now, unseen by the others: {_ASKED[self.how.family]}.{seats} Vote as you see it."
        return Ask(
            who,
            self.how.family,
            brief,
            stage=self.stage,
            choices=tuple(option.id for option in shown),
            reason="all vote at once, unseen by the others",
            deadline=self.settings.deadline or None if who == YOU else None,
        )

    def _recused(self, who: str) -> frozenset[str]:
        """The options this voter proposed; nobody's, where that would leave anyone without a choice."""
        if not self.settings.recuse_own:
            return frozenset()
        owned = [{option.id for option in self.slate if one.id in option.by} for one in self.transcript.active]
        if any(len(self.slate) - len(own) < min(2, len(self.slate)) for own in owned):
            return frozenset()
        return frozenset(option.id for option in self.slate if who in option.by)

    # ── the count ───────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The chain that settles ties: once counted, the one on record, whatever was changed since."""
        recorded = self.record.data.get("ties") if self.record else None
        if not isinstance(recorded, list):
            return self.settings.steps
        own = self.settings.steps
        return tuple(str(step) for step in recorded if step != CASTING or CASTING in own)

    @cached_property
    def least(self) -> Fraction:
        """The quorum: once counted, the one on record."""
        share = self._recorded("least")
        return self.settings.least if share is None else exact(share)

    def _recorded(self, name: str) -> int | float | None:
        quorum = self.record.data.get("quorum") if self.record else None
        known = quorum.get(name) if isinstance(quorum, dict) else None
        return known if isinstance(known, int | float) else None

    @cached_property
    def eligible(self) -> int:
        """Those who could vote: whoever is still in the room, or did; once counted, so many as then."""
        if (known := self._recorded("eligible")) is not None:
            return int(known)
        active = {YOU, *(member.id for member in self.transcript.active)}
        return sum(ballot.status != "missing" or ballot.voter in active for ballot in self.ballots)

    @cached_property
    def count(self) -> Tally:
        """The tally, as far as the declared chain goes without asking the person."""
        return self.how.tally(self.options, self.ballots, self._chain(self._before_the_person))

    @cached_property
    def settled(self) -> Tally:
        """The tally with the whole chain, and the person's answer where there is one."""
        return self.how.tally(self.options, self.ballots, self._chain(self.steps))

    @cached_property
    def tied(self) -> bool:
        """Whether only a tie keeps it from a decision, so far as nobody is asked."""
        return not self._why(self.count, ties=False) and self.how.open(self.count)

    @property
    def why_not(self) -> str:
        """Why it is no decision: `no ballots`, `quorum`, `abstained`, `majority`, `tie`; empty where it is one."""
        return self._why(self.settled)

    @property
    def reason(self) -> str:
        """The same, or how it was won, in words."""
        return self._told(self.settled)

    @property
    def winner(self) -> str | None:
        """The one option that won by the rule alone."""
        winners = self.count.winners
        return winners[0] if len(winners) == 1 and not self._why(self.count) else None

    def counted(self, before: Vote | None) -> Record:
        """The count, put on record; that opens the ballots."""
        chain = self._chain(self._before_the_person)
        quorum = self.least
        data: dict[str, JsonValue] = {"stage": self.stage, "question": self.transcript.question}
        data |= counted(self.how, self.options, self.ballots, chain, quorum, self.eligible)
        turns = self.cast.values()
        data["ballots"] = [entry(*one, self.options) for one in zip(turns, self.ballots, strict=True)]
        data["ties"] = [*self.settings.steps]
        data["changed"] = [*changed(before.ballots, self.ballots, self.options)] if before else []
        reason = self._told(self.count)
        if left := [ballot.voter for ballot in self.ballots if ballot.status == "missing"]:
            sure = self.spared(tuple(one for one in left if sum(turn.start.speaker == one for turn in self.turns) == 1))
            reason += f" {sure} wins whatever the missing ballots say: nobody was asked again." if sure else ""
            data["unassailable"] = sure
        if self.stage == FINAL and (probe := self.now.turns(PROBE)):
            again = ballot_of(probe[0], self.options)
            tau = agreement(ballot_of(self.cast[again.voter], self.options), again, self.options)
            data["probe"] = {"voter": again.voter, "agreement": number(tau), "fragile": tau < FRAGILE}
        sealed = (BEFORE,) if self.stage == BEFORE else (PROPOSALS, BEFORE, FINAL, REVOTE, PROBE)
        return Record("votes_counted", data, reason, sealed_in(self.transcript, *sealed))

    @property
    def _before_the_person(self) -> tuple[str, ...]:
        steps = self.steps if self.stage != BEFORE else ()
        return steps[: steps.index(CASTING)] if CASTING in steps and self.settings.you == "tie-break" else steps

    def _chain(self, steps: tuple[str, ...]) -> Chain:
        drawn = lot(self.transcript.opened.seed, LOT, self.stage, len(self.now.turns_before(FINAL)))
        return Chain(steps, self._casting(), drawn)

    def _casting(self) -> Ballot | None:
        if self.settings.you == "tie-break":
            return self._answer()
        if self.settings.you == "vote" and not self.settings.chair:
            holder = YOU
        else:
            head = chair(self.transcript, self.settings.chair, self.transcript.active)
            holder = head.id if head else ""
        return next((one for one in self.ballots if one.voter == holder and one.status == "valid"), None)

    def _answer(self) -> Ballot | None:
        """The person's word on a tie, as a ballot."""
        given = self.now.answer(TIE)
        if given is None or given.by in NOBODY:
            return None
        said = given.answer.strip().casefold()
        chosen = next((option for option in self.options if option.casefold() == said), None)
        return Ballot(Pick(chosen), voter=YOU) if chosen else None

    def _told(self, count: Tally) -> str:
        reason = decision(count, quorum=self.least, eligible=Fraction(self.eligible)).reason
        if count.tie is None or not count.tie.step:
            return reason
        return f"{reason} It was a tie of {' and '.join(count.tie.among)}, settled by {count.tie.step}."

    def _why(self, count: Tally, *, ties: bool = True) -> str:
        held = decision(count, quorum=self.least, eligible=Fraction(self.eligible))
        if not held.present:
            return "no ballots"
        if not held.quorum_met:
            return "quorum"
        if 2 * count.abstained > held.present or not count.valid:
            return "abstained" if count.abstained else "no ballots"
        if not count.elected:
            return "majority"
        return "tie" if ties and self.how.open(count) else ""


def _lost(turn: Turn) -> bool:
    return ballot_of(turn).status == "missing"
