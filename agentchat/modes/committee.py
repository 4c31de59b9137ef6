"""A committee: options, a sealed vote, a talk, a sealed vote again; then the result, and what the minority says.

The rule decides, by the ballots that came: nobody's words, and a tie only as it was declared (EVIDENCE §3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel, JsonValue

from agentchat.conformity import moves
from agentchat.events import Recorded
from agentchat.modes import slate
from agentchat.modes.aftermath import Aftermath
from agentchat.modes.ballots import number
from agentchat.modes.charter import Settings
from agentchat.modes.discussion import CASE_AGAINST
from agentchat.modes.floor import drawn
from agentchat.modes.rounds import sealed_in
from agentchat.modes.sitting import Sitting, came_to_nothing, last_sitting, sitting, unheard, unseen
from agentchat.modes.vote import BEFORE, FINAL, PROPOSALS, REVOTE, TIE, Vote
from agentchat.persona import YOU
from agentchat.steps import Ask, Escalate, Record, Step, Wait

if TYPE_CHECKING:
    from agentchat.modes.slate import Option
    from agentchat.transcript import Member, Transcript

ARGUE, DISSENT = "argue", "dissent"

MOST_TRIES = 2
"""Members who are asked to dissent before the room votes without."""

MOST_ROUNDS = 12
"""Rounds of arguments, also after a reopening that asks for more."""


class Committee:
    """Decides."""

    name: ClassVar[str] = "committee"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Committee"
    summary: ClassVar[str] = "argues, votes unseen, and decides by a rule"
    picture: ClassVar[str] = "A B C ⇒ A → B → C ⇒ ▣"
    again: ClassVar[str] = "they talk for a round and vote again"
    achieves: ClassVar[frozenset[str]] = frozenset({"decided"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)

    def bound(self, members: int) -> int:
        """Proposals and three votes, each asked for twice at most, and their records; the arguments; what follows."""
        return 2 * members + 1 + 3 * (2 * members + 3) + MOST_ROUNDS * members + 12

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        now = sitting(transcript)
        if outcome := now.record("decision_reached", "no_decision"):
            return Aftermath(transcript, now, self.settings, outcome).next()
        if not transcript.active:
            return Wait("Nobody is in the room to vote: invite or unmute someone.")
        standing = _standing(transcript, now)
        if step := self._slate(transcript, now, standing):
            return step
        look = _Look(transcript, now, self.settings, slate.recorded(standing.data) if standing else ())
        return look.talk() or look.decide()

    def _slate(self, transcript: Transcript, now: Sitting, standing: Recorded | None) -> Step | None:
        """The options, where they do not stand yet."""
        given = slate.slate(("", text) for text in self.settings.options)
        new = given and given != _given(now)
        if standing and (not new or now.turns(BEFORE, FINAL)):
            return None
        if new:
            return _set(transcript, given, "the options are given", given=True)
        turns = now.turns(PROPOSALS)
        if who := unheard(turns, [member.id for member in transcript.active], came_to_nothing):
            return unseen(turns, who, _proposal)
        options = slate.slate((turn.start.speaker, turn.text) for turn in turns if turn.spoken)
        if not options:
            data: dict[str, JsonValue] = {"why": "no options", "question": transcript.question}
            return Record("no_decision", data, "Nobody proposed anything.", sealed_in(transcript, PROPOSALS))
        proposals = sum(turn.spoken for turn in turns)
        reason = f"{len(options)} option{'s' * (len(options) > 1)} from {proposals} proposal{'s' * (proposals > 1)}"
        return _set(transcript, options, reason, given=False)


@dataclass(frozen=True)
class _Look:
    """One look at a committee whose options stand."""

    transcript: Transcript
    now: Sitting
    settings: Settings
    slate: tuple[Option, ...]

    def vote(self, stage: str, options: tuple[Option, ...] = ()) -> Vote:
        return Vote(self.transcript, self.now, self.settings, stage, options or self.slate)

    # ── before the vote ─────────────────────────────────────────────────────────────────────────────────────────────

    def talk(self) -> Step | None:
        """The first vote and the arguments; None once the vote that counts has begun, or may begin."""
        members = self.transcript.active
        rounds = min(self.now.reopened.rounds, MOST_ROUNDS) if self.now.reopened else self.settings.rounds
        if self.now.turns(FINAL) or rounds == 0 or len(members) < 2:
            return None
        called = self.now.record("dissent_called")
        if not called and not self.now.turns(ARGUE) and not self._voted_earlier():
            first = self.vote(BEFORE)
            if step := first.asks():
                return step
            if self.settings.dissent and (option := first.unanimous):
                one = drawn(self.transcript, members, 0)[0]
                data: dict[str, JsonValue] = {"who": one.id, "option": option, "of": len(first.ballots)}
                reason = f"all chose {option} at once: {one.persona.name} is asked for the case against"
                return Record("dissent_called", data, reason)
        return self._dissent(called, members) if called else self._argue(members, rounds)

    def _dissent(self, called: Recorded, members: Sequence[Member]) -> Ask | None:
        turns = self.now.turns(DISSENT)
        asked = {turn.start.speaker for turn in turns}
        left = [member for member in drawn(self.transcript, members, 0) if member.id not in asked]
        if any(not came_to_nothing(turn) for turn in turns) or len(turns) >= MOST_TRIES or not left:
            return None
        one = next((member for member in left if member.id == called.data.get("who")), left[0])
        texts = {option.id: option.text for option in self.slate}
        option = str(called.data.get("option"))
        brief = CASE_AGAINST.format(proposal=texts.get(option, option))
        return Ask(one.id, "argument", brief, 0, DISSENT, reason="drawn by lot to make the case against")

    def _argue(self, members: Sequence[Member], rounds: int) -> Ask | None:
        base = max((turn.start.round for turn in self.now.turns_before(ARGUE)), default=0)
        turns = self.now.turns(ARGUE)
        number = max((turn.start.round for turn in turns), default=base)
        heard = [turn for turn in turns if turn.start.round == number]
        spoke = {turn.start.speaker for turn in heard}
        if number == base or all(member.id in spoke for member in members):
            if number - base >= rounds or (heard and not any(turn.spoken for turn in heard)):
                return None
            number, spoke = number + 1, set()
        member = next(one for one in drawn(self.transcript, members, number) if one.id not in spoke)
        return Ask(
            member.id, "argument", self._case(number == base + 1), number, ARGUE, reason=f"drawn for round {number}"
        )

    def _case(self, first: bool) -> str:
        wanted = (
            "Argue for the option you find best, or against one that must not win: the reason that counts most, and "
            "what would change your mind."
            if first
            else "Take up the strongest argument against what you want. Say whether it changes your mind, and why."
        )
        return f"{wanted} The options: {slate.listed(self.slate)}. Then everybody votes, unseen."

    # ── the vote ────────────────────────────────────────────────────────────────────────────────────────────────────

    def decide(self) -> Step:
        """The vote that counts, once more where it is a tie that nothing settles, and what comes of it."""
        final = self.vote(FINAL)
        before = self._before()
        if step := self._held(final, before):
            return step
        if final.why_not != "tie" or final.how.seats > 1:
            return self._outcome(final, before)
        tied = final.settled.elected
        again = self.vote(REVOTE, tuple(option for option in self.slate if option.id in tied))
        return self._held(again, final) or self._outcome(again, before)

    def _held(self, vote: Vote, before: Vote | None) -> Step | None:
        """What is still to be done until a vote is counted, and its tie put to the person who decides it."""
        if vote.record is None:
            if step := vote.asks() or vote.probe():
                return step
            if before and before.stage == BEFORE and before.record is None:
                return before.counted(None)
            return vote.counted(before)
        if self.settings.you != "tie-break" or not vote.tied or self.now.answer(TIE):
            return None
        if self.now.raised(TIE):
            return Wait("The room waits for you to decide the tie.")
        return Escalate(
            f"The vote is a tie of {' and '.join(vote.count.elected)}. Which one shall it be?",
            options=vote.count.elected,
            default="" if vote.how.open(vote.settled) else vote.settled.elected[0],
            deadline=self.settings.deadline or None,
            key=TIE,
            reason="a tie that the ballots do not settle",
        )

    def _outcome(self, vote: Vote, before: Vote | None) -> Record:
        if why := vote.why_not:
            return Record(
                "no_decision", {"why": why, "stage": vote.stage, "question": self.transcript.question}, vote.reason
            )
        count = vote.settled
        texts = {option.id: option.text for option in self.slate}
        first = before.winner if before else None
        data: dict[str, JsonValue] = {
            "winner": count.elected[0],
            "winners": [*count.elected],
            "text": texts[count.elected[0]],
            "question": self.transcript.question,
            "stage": vote.stage,
            "rule": count.rule,
            "margin": None if count.margin is None else number(count.margin),
            "unit": count.unit,
            "confidence": None if count.confidence is None else number(count.confidence),
            "by": self._settled_by(vote),
            "before": first,
            "flipped": first is not None and first not in count.elected,
            "moved": self._moved() if before else [],
        }
        return Record("decision_reached", data, vote.reason)

    def _settled_by(self, vote: Vote) -> str:
        tie = vote.settled.tie
        if tie is None or not tie.step:
            return "rule"
        return YOU if tie.step == "casting" and self.settings.you == "tie-break" else f"tie: {tie.step}"

    def _moved(self) -> list[JsonValue]:
        """Who stands elsewhere than at first: toward whom, and after whose turn."""
        moved: list[JsonValue] = []
        for one in moves(self.transcript, self.transcript.frame.id):
            turn = self.transcript.turn(one.after) if one.after is not None else None
            after: JsonValue = {"who": turn.speaker, "round": turn.start.round} if turn else None
            moved.append({"who": one.who, "from": one.before, "to": one.now, "toward": [*one.toward], "after": after})
        return moved

    def _before(self) -> Vote | None:
        """The vote that this one is compared with: the one before the talk, or the last one on the same question."""
        if self.now.turns(BEFORE):
            return self.vote(BEFORE)
        earlier = self._voted_earlier()
        if earlier is None:
            return None
        stage = str(earlier.data.get("stage"))
        return Vote(self.transcript, last_sitting(self.now.earlier), self.settings, stage, self.slate)

    def _voted_earlier(self) -> Recorded | None:
        """The count of the sitting before, where it was of the same options on the same question."""
        last = last_sitting(self.now.earlier) if self.now.earlier else None
        counted, options = (last.record("votes_counted"), last.record("options_set")) if last else (None, None)
        options = options or self.now.record_before("options_set")
        same = counted and options and counted.data.get("question") == self.transcript.question
        return counted if same and options and slate.recorded(options.data) == self.slate else None


def _standing(transcript: Transcript, now: Sitting) -> Recorded | None:
    """The newest options on the question at hand."""
    found = now.record("options_set") or now.record_before("options_set")
    return found if found and found.data.get("question") == transcript.question else None


def _given(now: Sitting) -> tuple[Option, ...]:
    """The options that were given last, perhaps for another question: given, not proposed."""
    sets = (one for one in reversed((*now.earlier, *now.entries)) if isinstance(one, Recorded))
    return next((slate.recorded(one.data) for one in sets if one.kind == "options_set" and one.data.get("given")), ())


def _set(transcript: Transcript, options: tuple[Option, ...], reason: str, *, given: bool) -> Record:
    facts: list[JsonValue] = [option.fact() for option in options]
    data: dict[str, JsonValue] = {"question": transcript.question, "options": facts, "given": given}
    return Record("options_set", data, reason, sealed_in(transcript, PROPOSALS))


def _proposal(who: str) -> Ask:
    brief = (
        "Propose one answer to the question, as an option the room can vote for: one sentence, concrete, without "
        "reasons. Nobody sees it before all have written theirs."
    )
    return Ask(who, "proposal", brief, stage=PROPOSALS, reason="all propose at once, unseen by the others")
