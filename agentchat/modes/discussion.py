"""A discussion: sealed first thoughts, rounds of talk, where each stands, and a closing synthesis.

Positions decide agreement, never the text (EVIDENCE §2); the rule that ended it is on record.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from pydantic import BaseModel, Field, JsonValue, field_validator

from agentchat.conformity import polled
from agentchat.events import Directed
from agentchat.modes import stop
from agentchat.modes.floor import chair, choose, drawn, last_heard, lot
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.rounds import Segment, overlap, sealed_in, segment
from agentchat.steps import Ask, Finish, Record, Step, Together, Wait
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.events import Event, Recorded
    from agentchat.transcript import Member, Transcript

REPEATS = 0.8
"""Share of three-word runs a turn has in common with its speaker's turn before, from which it says nothing new."""

KNOWN = 2 / 3
"""Share of the members whose position must be known before the room can agree."""

MOST_TRIES = 2
"""Tries at a nomination or a synthesis before the room does without."""

TALK, THOUGHTS, AGREEMENT, CHOICE, CLOSING = "talk", "first thoughts", "agreement", "choice", "closing"
DISSENT = "dissent"

CASE_AGAINST = """\
Everybody agrees to “{proposal}” at once. You were drawn by lot to make the strongest honest case against it, \
whatever you think yourself: the one assumption it rests on, who would pay for it, or what would have to be true for \
it to fail. One point, concrete. If you look and find nothing serious, say in one sentence what you looked at and \
that it stands.\
"""
"""What the one drawn is asked for, with leave to stand down: an invented objection is worse than none."""


class Settings(ModeSettings):
    """Settings of a discussion."""

    rounds: int = Field(2, ge=1, le=12, description="Rounds of talk; each persona speaks once a round")
    order: Literal["free", "round-robin", "moderated"] = Field(
        "free", description="Who speaks next: the most concerned, each in the same order, or whom the chair names"
    )
    chair: str = Field("", description="Who moderates and sums up; empty lets the room pick one")
    first_thoughts: bool = Field(
        default=True, description="Before the talk, each writes down a thought unseen by the rest"
    )
    agreement: bool = Field(default=True, description="After each round, put a proposal and ask each where it stands")
    agree_at: float = Field(2 / 3, ge=0.5, le=1, description="Share that must agree for the room to agree")
    dissent: bool = Field(
        default=True, description="Where all agree at once, ask one drawn by lot for the case against, then ask again"
    )
    synthesis: bool = Field(default=True, description="Sum up at the end")
    stop: str = Field("agreement | stall", description="When to stop before the last round: " + stop.USAGE)
    words: int = Field(120, ge=20, le=600, description="About how many words a turn has")

    @field_validator("agree_at", mode="before")
    @classmethod
    def _shared(cls, share: object) -> object:
        """`2/3`, as it is shown and typed."""
        try:
            return float(Fraction(share)) if isinstance(share, str) else share
        except (ValueError, ZeroDivisionError):
            return share

    @field_validator("stop")
    @classmethod
    def _readable(cls, text: str) -> str:
        stop.parse(text)
        return text


class Discussion:
    """Takes turns until the room agrees, has nothing more to say, or its rounds are over."""

    name: ClassVar[str] = "discussion"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Discussion"
    summary: ClassVar[str] = "takes turns until the room agrees"
    picture: ClassVar[str] = "A → B → C → A …"
    again: ClassVar[str] = "they talk for a round"
    achieves: ClassVar[frozenset[str]] = frozenset({"agreed", "discussed"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)
        self.stops = stop.parse(self.settings.stop)

    def bound(self, members: int) -> int:
        """Thoughts and their reveal; a round of nominations, turns, a proposal, positions; one dissent; the end."""
        return (members + 1) + 13 * (4 * members + 4) + (members + 3) + 5

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        members = transcript.active
        if not members:
            return Wait("Nobody is in the room to speak: invite or unmute someone.")
        now = segment(transcript, TALK)
        if now.stopped is not None:
            return self._close(transcript, now, now.stopped)
        if now.round == now.base:
            return self._thoughts(transcript, now, members) or self._pick(transcript, now, members, now.base + 1)
        return (
            self._round(transcript, now, members)
            or self._agreement(transcript, now, members)
            or self._dissent(transcript, now, members)
            or self._stop_or_go_on(transcript, now, members)
        )

    def close(self, transcript: Transcript) -> Step:
        """Sum up what was said so far, and end."""
        now = segment(transcript, TALK)
        if now.stopped is not None and transcript.active:
            return self._close(transcript, now, now.stopped)
        why = transcript.purse.closing
        if not transcript.active or not any(turn.spoken for turn in (*now.turns, *now.beside)):
            return Finish("ended", reason=why)
        data: dict[str, JsonValue] = {"rule": why, "round": now.round}
        return Record("stopped", data, f"stopped: {why}", sealed_in(transcript, THOUGHTS))

    def _thoughts(self, transcript: Transcript, now: Segment, members: Sequence[Member]) -> Step | None:
        if not self.settings.first_thoughts or now.reopened or len(members) < 2:
            left = sealed_in(transcript, THOUGHTS)
            return Record("thoughts_revealed", {}, "nobody else is asked for one", left) if left else None
        turns = [turn for turn in now.beside if turn.start.stage == THOUGHTS]
        if any(turn.id in transcript.revealed for turn in turns):
            return None
        have = {turn.start.speaker for turn in turns}
        if missing := [member for member in members if member.id not in have]:
            brief = "Before you hear the others: your own first thought on the question. One point, concrete."
            reads_to = turns[0].start.reads_to if turns else None
            why = "all think first, unseen by the others"
            return Together(
                tuple(
                    Ask(m.id, "thought", brief, stage=THOUGHTS, sealed=True, reads_to=reads_to, reason=why)
                    for m in missing
                )
            )
        return Record("thoughts_revealed", {}, "all first thoughts are in", tuple(turn.id for turn in turns))

    def _round(self, transcript: Transcript, now: Segment, members: Sequence[Member]) -> Step | None:
        spoke = {turn.start.speaker for turn in now.turns}
        eligible = [member for member in self._talkers(transcript, members) if member.id not in spoke]
        if not eligible or not now.talking:
            return None
        if rule := self.stops(self._facts(transcript, now, whole=False)):
            return Record("stopped", {"rule": rule, "round": now.round}, f"stopped after {rule}")
        return self._pick(transcript, now, eligible, now.round)

    def _pick(self, transcript: Transcript, now: Segment, eligible: Sequence[Member], number: int) -> Step:
        eligible = [member for member in eligible if member in self._talkers(transcript, transcript.active)]
        if self.settings.order == "round-robin":
            member = next(one for one in drawn(transcript, transcript.active, 0) if one in eligible)
            return self._turn(now, member, "next in the same order as always", number)
        last = last_heard(transcript)
        speaker = last.speaker if isinstance(last, Turn) else ""
        others = [member for member in eligible if member.id != speaker] or eligible
        head = chair(transcript, self.settings.chair, transcript.active)
        if self.settings.order == "moderated" and head and len(others) > 1:
            return self._moderated(transcript, now, head, others, number)
        member, reason = choose(transcript, others, number)
        return self._turn(now, member, reason, number)

    def _talkers(self, transcript: Transcript, members: Sequence[Member]) -> Sequence[Member]:
        """Who takes turns in the talk: all, but a chair who moderates only chooses and sums up."""
        head = chair(transcript, self.settings.chair, members)
        if self.settings.order == "moderated" and len(members) > 2:
            return [member for member in members if member is not head]
        return members

    def _moderated(
        self, transcript: Transcript, now: Segment, head: Member, others: Sequence[Member], number: int
    ) -> Step:
        tries = 0
        for entry in reversed(transcript.mine):
            if not isinstance(entry, Turn) or entry.start.aside:
                continue
            if entry.start.kind != "nominate":
                break
            named = transcript.member(str(entry.data.get("speaker", "")))
            if named is not None and named in others:
                why = str(entry.data.get("why") or "no reason given")
                return self._turn(now, named, f"{head.persona.name} chose: {why}", number)
            tries += 1
        if tries >= MOST_TRIES:
            member, reason = choose(transcript, others, number)
            return self._turn(now, member, f"the chair named nobody; {reason}", number)
        names = ", ".join(f"{member.persona.name} ({member.id})" for member in others)
        brief = f"Choose who should speak next: {names}. Whose view is most needed now?"
        choices = tuple(member.id for member in others)
        stage = f"{CHOICE} {number}.{len(others)}.{tries}"
        return Ask(head.id, "nominate", brief, number, stage, sealed=True, choices=choices, reason="chairs the room")

    def _turn(self, now: Segment, member: Member, reason: str, number: int) -> Ask:
        return Ask(member.id, "say", self._brief(now, number), number, TALK, reason=reason)

    def _brief(self, now: Segment, number: int) -> str:
        last = now.base + self._rounds(now)
        if number == now.base + 1:
            wanted = "Say what you think should be done, from what you care about. Be concrete."
        elif number >= last:
            wanted = "Last round: say what you could agree on now, and the one thing you would not give up."
        else:
            wanted = "Take up the strongest point against you, then build on or challenge what was said."
        if now.agreement is not None:
            proposal, agree = now.agreement.data.get("proposal"), now.agreement.data.get("agree")
            wanted += f" On the table: “{proposal}” ({agree} of {now.agreement.data.get('of')} agree)."
        return wanted

    def _agreement(self, transcript: Transcript, now: Segment, members: Sequence[Member]) -> Step | None:
        if not self.settings.agreement or len(members) < 2 or now.settled:
            return None
        if not any(turn.spoken for turn in now.turns):
            return None
        proposal = next((turn for turn in now.beside if turn.start.kind == "proposal"), None)
        if proposal is None:
            head = drawn(transcript, members, now.round)[0]
            brief = "In one sentence: what could everybody here agree on now? State it as a proposal."
            return Ask(head.id, "proposal", brief, now.round, AGREEMENT, reason="puts what the room could agree on")
        positions = [turn for turn in now.beside if turn.start.kind == "position"]
        asked = {turn.start.speaker for turn in positions}
        missing = [member for member in members if member.id not in asked]
        if missing and proposal.spoken:
            return self._positions(now, missing, positions, proposal.text, AGREEMENT)
        return self._tally(now, positions, len(members), proposal.text * proposal.spoken)

    def _positions(
        self, now: Segment, missing: Sequence[Member], known: Sequence[Turn], proposal: str, stage: str
    ) -> Together:
        again = "You heard the case against it. Judge anew: " if stage == DISSENT else ""
        brief = f"{again}The proposal is: “{proposal}” Where do you stand?"
        reads_to = known[0].start.reads_to if known else None
        why = "where each stands" + (", having heard the case against" if again else "")
        return Together(
            tuple(
                Ask(m.id, "position", brief, now.round, stage, sealed=True, reads_to=reads_to, reason=why)
                for m in missing
            )
        )

    def _dissent(self, transcript: Transcript, now: Segment, members: Sequence[Member]) -> Step | None:
        """Once a segment, where all agreed at the first asking: the case against it, and positions anew."""
        known = [(entry, poll) for entry in now.agreements if (poll := polled(entry))]
        again = any(entry.data.get("again") for entry in now.agreements)
        if len(known) != 1 or again or not self.settings.dissent or known[0][0].data.get("round") != now.round:
            return None
        first, poll = known[0]
        if now.dissent is None:
            if not poll.unanimous:
                return None
            seed, eligible = transcript.opened.seed, self._talkers(transcript, members)
            one = min(eligible, key=lambda member: lot(seed, DISSENT, now.round, member.id))
            data: dict[str, JsonValue] = {"who": one.id, "round": now.round, "proposal": first.data["proposal"]}
            reason = f"all agree at once and nobody objects: {one.persona.name} is asked for the case against"
            return Record("dissent_called", data, reason)
        proposal, asked = str(first.data["proposal"]), str(now.dissent.data["who"])
        case = next((turn for turn in now.beside if turn.start.stage == DISSENT and turn.start.kind == "say"), None)
        if case is None:
            if asked not in [one.id for one in members]:
                return None
            brief = CASE_AGAINST.format(proposal=proposal)
            return Ask(asked, "say", brief, now.round, DISSENT, reason="drawn by lot to make the case against")
        if not case.spoken:
            return None
        positions = [turn for turn in now.beside if turn.start.kind == "position" and turn.start.stage == DISSENT]
        heard = {turn.start.speaker for turn in positions}
        if missing := [member for member in members if member.id not in heard]:
            return self._positions(now, missing, positions, proposal, DISSENT)
        return self._tally(now, positions, len(members), proposal, again=True)

    def _tally(self, now: Segment, positions: Sequence[Turn], of: int, proposal: str, *, again: bool = False) -> Record:
        """Where all stand; `again` where they were asked anew, after the case against."""
        known = [turn for turn in positions if turn.data]
        stances: dict[str, JsonValue] = {turn.start.speaker: turn.data["stance"] for turn in known}
        objections: dict[str, JsonValue] = {
            turn.start.speaker: turn.data["objection"] for turn in known if turn.data.get("objection")
        }
        count = {word: sum(stance == word for stance in stances.values()) for word in ("agree", "partly", "disagree")}
        blocked = any(stances[who] == "disagree" for who in objections)
        enough = len(known) >= KNOWN * of
        reached = bool(known) and enough and count["agree"] >= self.settings.agree_at * len(known) and not blocked
        before = now.agreement.data if now.agreement else {}
        stable = reached and before.get("reached") is True and before.get("round") == now.round - 1
        data: dict[str, JsonValue] = {
            "round": now.round,
            "proposal": proposal,
            "stances": stances,
            "objections": objections,
            **count,
            "known": len(known),
            "of": of,
            "reached": reached,
            "stable": stable,
            "again": again,
        }
        reason = f"{count['agree']} of {of} agree" + (", having heard the case against" if again else "")
        reason += "" if enough else f", only {len(known)} positions are known"
        none = tuple(turn.id for turn in positions if not turn.data)
        return Record("agreement_recorded", data, reason if proposal else "no proposal came", none)

    def _rounds(self, now: Segment) -> int:
        return now.reopened.rounds if now.reopened else self.settings.rounds

    def _stop_or_go_on(self, transcript: Transcript, now: Segment, members: Sequence[Member]) -> Step:
        if not any(turn.spoken for turn in now.turns):
            if not all(turn.end and turn.end.outcome == "passed" for turn in now.turns):
                return Finish("failed", reason="nobody could speak in this round")
            rule = "all passed: nobody has more to say"
        else:
            rule = self.stops(self._facts(transcript, now, whole=True))
        rounds = self._rounds(now)
        if not rule and now.round - now.base >= rounds:
            rule = f"{rounds} round{'s' if rounds > 1 else ''}"
        if rule:
            return Record("stopped", {"rule": rule, "round": now.round}, f"stopped after {rule}")
        return self._pick(transcript, now, members, now.round + 1)

    def _facts(self, transcript: Transcript, now: Segment, *, whole: bool) -> stop.Facts:
        """What stop rules are asked about; `whole` at the end of a round, where all of them count."""
        spent = transcript.spent
        counted = "turns" in self.settings.stop
        begun = now.reopened or transcript.opened
        return stop.Facts(
            rounds=now.round - now.base - (not whole),
            turns=sum(isinstance(e, Turn) and e.id > begun.seq and e.start.stage == TALK for e in transcript.mine)
            if counted
            else 0,
            tokens=spent.tokens_in + spent.tokens_out,
            cost=spent.cost,
            minutes=_minutes(transcript, begun) if "minutes" in self.settings.stop else 0,
            agreed=whole and now.agreement is not None and now.agreement.data.get("stable") is True,
            stalled=whole and _stalled(transcript, now),
            said=now.said,
        )

    def _close(self, transcript: Transcript, now: Segment, stopped: Recorded) -> Step:
        reached = now.agreement is not None and now.agreement.data.get("reached") is True
        done = next((turn for turn in now.closing if turn.spoken), None)
        if done or not self.settings.synthesis or len(now.closing) >= MOST_TRIES:
            data: dict[str, JsonValue] = {"text": done.text} if done else {}
            return Finish("agreed" if reached else "discussed", done.text if done else "", stopped.reason, data)
        members = transcript.active
        failed = {turn.start.speaker for turn in now.closing}
        willing = [member for member in members if member.id not in failed] or members
        head = chair(transcript, self.settings.chair, willing) or willing[0]
        brief = "Sum up: what the room agrees on, what is contested and by whom, what is open, what to do next."
        stage = f"{CLOSING} {len(now.closing) + 1}"
        return Ask(head.id, "synthesis", brief, now.round, stage, reason="sums up the discussion")


def _minutes(transcript: Transcript, begun: Event) -> float:
    """How long it has gone on. A fork has its own time, however long ago what it copied was said."""
    forked = [e.at for e in transcript.entries if isinstance(e, Directed) and e.verb == "fork"]
    return (transcript.last.at - max([begun.at, *forked[-1:]])).total_seconds() / 60


def _stalled(transcript: Transcript, now: Segment) -> bool:
    """Whether every turn of the round repeats what its speaker said before, or passes."""
    if now.round - now.base < 2:
        return False
    before: dict[str, str] = {}
    for entry in transcript.mine:
        if isinstance(entry, Turn) and entry.start.stage == TALK and entry.start.round == now.round - 1:
            before[entry.speaker] = entry.text
    return all(not turn.spoken or overlap(turn.text, before.get(turn.speaker, "")) > REPEATS for turn in now.turns)
