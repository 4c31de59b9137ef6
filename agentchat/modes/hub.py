"""A hub: each case goes to the specialist it suits, who resolves it, hands it on, or says that a person is needed.

Who suits a case is scored by code from the specialists' own words, and shown. What suits nobody is the person's: a case
is never given to somebody it does not fit. An answer is plain words; what becomes of the case is read from them where
they say it on a line of its own, else asked for in a short verdict. Nothing is kept beside the record (`modes.case`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel, Field, JsonValue

from agentchat.kinds.hub import NEEDS, RESOLVED
from agentchat.kinds.slate import fold
from agentchat.modes.case import CASE, ROUTE, SUMMARY, VERDICT, Case, Outcome, case_of, reply
from agentchat.modes.members import absent, is_called
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.routing import close, eligible, reason, rows, scored
from agentchat.modes.sitting import sitting
from agentchat.steps import Ask, Escalate, Finish, Record, Step, Wait
from agentchat.text import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.modes.routing import Scored
    from agentchat.persona import Persona
    from agentchat.transcript import Member, Transcript, Turn

NOBODY = "nobody"
"""What leaves a case with the person."""

MOST_ESCALATED = 2
"""Times one case is put to the person before it stays with them."""

MOST_TURNS = 3
"""Answers of one who has the case, where they ask somebody something first."""

MOST_VERDICTS = 2
"""Times somebody is asked what becomes of a case, each time somebody else, before it is the person's."""


class Settings(ModeSettings):
    """Settings of a hub."""

    router: str = Field("", description="Who decides where the scores are close; empty leaves it to the scores")
    manager: str = Field("", description="Who sums up a case for you; empty: who is tagged manager, lead or chair")
    least: float = Field(2.0, ge=0, le=20, description="The score from which somebody fits; 0 lets anybody have it")
    margin: float = Field(1.0, ge=0, le=20, description="Scores so close together are put to the router")
    handoffs: int = Field(3, ge=0, le=8, description="How often one case may be handed on")
    deadline: int = Field(0, ge=0, le=604_800, description="Seconds you have for a case that comes to you; 0 waits")
    words: int = Field(120, ge=20, le=800, description="About how many words an answer has")

    def lacks(self, personas: Sequence[Persona]) -> str:
        """Names that nobody here goes by."""
        missing = absent(self.router, personas) or absent(self.manager, personas)
        return f"{missing} is not in the room" if missing else ""


class Hub:
    """Route, handle, hand on, escalate."""

    name: ClassVar[str] = "hub"
    version: ClassVar[int] = 2
    title: ClassVar[str] = "Hub"
    summary: ClassVar[str] = "each case goes to the specialist it suits, or to you"
    picture: ClassVar[str] = "? → A ⇢ B ⇒ ✓"
    again: ClassVar[str] = "it is taken as a new case"
    achieves: ClassVar[frozenset[str]] = frozenset({"resolved"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)

    def bound(self, members: int) -> int:
        """Each member once, and what is handed on: the record that says so, answers, verdicts; a summary; as often as
        it is put to the person, whose answers are no words of theirs.
        """
        each = 2 + MOST_TURNS + MOST_VERDICTS
        return (MOST_ESCALATED + 1) * (each * (members + self.settings.handoffs + 1) + 3) + 4

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        if not transcript.active:
            return Wait("Nobody is in the room to take a case: invite or unmute someone.")
        now = case_of(transcript, sitting(transcript))
        if now.escalating:
            return self._escalate(transcript, now)
        if now.given is None or now.lost:
            return self._route(transcript, now)
        turn = now.turn
        asked = reply(transcript, turn) if turn is not None and now.turns < MOST_TURNS else ""
        if turn is None or asked:
            here = transcript.member(now.given)
            gone = here is None or here.muted
            return self._route(transcript, now) if gone else self._ask(transcript, now, now.given, asked)
        outcome = self._outcome(transcript, now)
        if outcome is None and (judge := self._judge(transcript, now)):
            return self._settle(transcript, judge, turn)
        if outcome is None or outcome.what == NEEDS:
            return self._escalate(transcript, now)
        return self._finish(transcript, now, turn) if outcome.what == RESOLVED else self._hand_on(transcript, now)

    def close(self, transcript: Transcript) -> Step:
        """Sum the case up, and leave it with the person."""
        now, why = case_of(transcript, sitting(transcript)), transcript.purse.closing
        manager = self._manager(transcript)
        if manager and now.said and now.summary is None:
            return self._sum_up(manager, why)
        return self._left(now, why)

    def _sum_up(self, manager: Member, why: str) -> Ask:
        brief = f"This case goes to the person now, because {quoted(why)}. Sum it up for them."
        return Ask(manager.id, "case_summary", brief, stage=SUMMARY, reason="sums the case up for you")

    def _route(self, transcript: Transcript, now: Case) -> Step:
        found = self._scored(transcript, now)
        able = eligible(found, self.settings.least)
        near = close(able, self.settings.margin) if able else ()
        router = self._named(transcript, self.settings.router)
        if near and router and now.router is None:
            names = " or ".join(one.name for one in near)
            brief = f"A case has come in that suits {names} about equally. Who should take it?"
            choices = tuple(one.who for one in near)
            return Ask(router.id, "route", brief, stage=ROUTE, choices=choices, reason="the scores are close")
        if not able:
            tried = any(one.out for one in found)
            why = "nobody else fits it" if tried else "nobody here fits it"
            return _record(found, "", why)
        picked = str(now.router.data.get("who") or "") if now.router else ""
        by_router = next((one for one in near if one.who == picked), None)
        if by_router and router:
            why = str(now.router.data.get("why") or "") if now.router else ""
            return _record(found, by_router.who, f"{router.persona.name} chose{f': {why}' if why else ''}")
        return _record(found, able[0].who, reason(able, able[0]))

    def _scored(self, transcript: Transcript, now: Case) -> tuple[Scored, ...]:
        """By the newest words; where they alone fit nobody, by all that the person said of the case."""
        here = self._specialists(transcript)
        seed = transcript.opened.seed
        found = scored(now.words[-1], here, now.tried, now.load, seed)
        if len(now.words) > 1 and not eligible(found, self.settings.least):
            return scored(" ".join(now.words), here, now.tried, now.load, seed)
        return found

    def _ask(self, transcript: Transcript, now: Case, who: str, reply: str) -> Ask:
        others, manager = [one for one in self._specialists(transcript) if one.id != who], self._manager(transcript)
        parts = [f"{reply}. The case is still yours." if reply else "The case is yours.", "Answer the person."]
        if now.from_:
            giver = transcript.name(now.from_.speaker)
            parts.append(f"{giver} (#{now.from_.id}) handed it on to you{f': {quoted(now.for_)}' if now.for_ else ''}.")
        if others:
            listed = ", ".join(f"@{one.id} ({one.persona.title or one.persona.name})" for one in others)
            line = quoted(f"@{others[0].id}: what is to be done")
            parts.append(f"What is the field of {listed}, you hand on: with a last line such as {line}.")
        if manager and manager.id != who:
            parts.append(f"Where a person must decide, that line is for @{manager.id}.")
        choices = tuple(one.id for one in others)
        why = "goes on with the answer" if reply else now.why
        return Ask(who, "case_answer", " ".join(parts), stage=CASE, choices=choices, reason=why)

    def _outcome(self, transcript: Transcript, now: Case) -> Outcome | None:
        manager = self._manager(transcript)
        return now.outcome(manager.id if manager else "")

    def _judge(self, transcript: Transcript, now: Case) -> str:
        """Who says what becomes of it: who answered, else the router, the manager, or anybody; nobody after a while."""
        if now.turn is None or len(now.verdicts) >= MOST_VERDICTS:
            return ""
        apart = (self._named(transcript, self.settings.router), self._manager(transcript))
        asked = {one.start.speaker for one in now.verdicts}
        here = [one.id for one in transcript.active]
        order = [now.turn.start.speaker, *(one.id for one in apart if one), *here]
        return next((one for one in order if one in here and one not in asked), "")

    def _settle(self, transcript: Transcript, judge: str, turn: Turn) -> Ask:
        whose = "your answer" if judge == turn.start.speaker else f"the answer of {transcript.name(turn.speaker)}"
        brief = f"What becomes of the case by {whose} (#{turn.id})?"
        reason = "says whether that is all"
        return Ask(
            judge, "case_verdict", brief, stage=VERDICT, choices=turn.start.choices, reply_to=turn.id, reason=reason
        )

    def _hand_on(self, transcript: Transcript, now: Case) -> Step:
        outcome, turn = self._outcome(transcript, now), now.turn
        assert outcome is not None
        assert turn is not None
        member = transcript.member(outcome.to)
        if now.handed >= self.settings.handoffs or outcome.to in now.tried or member is None or member.muted:
            return self._escalate(transcript, now)
        why = f": {outcome.why}" if outcome.why else ""
        said = f"{transcript.name(turn.speaker)} hands it on to {transcript.name(outcome.to)}{why}"
        data: dict[str, JsonValue] = {"from": turn.speaker, "to": outcome.to, "why": outcome.why, "turn": turn.id}
        return Record("case_handed", data, said)

    def _escalate(self, transcript: Transcript, now: Case) -> Step:
        """To the person, after the manager's summary; what they answer decides who goes on."""
        why = self._why(transcript, now)
        if now.answer is not None:
            return self._answered(transcript, now, now.answer.answer)
        if now.escalated >= MOST_ESCALATED:
            return self._left(now, f"{why}; it was put to you {MOST_ESCALATED} times")
        manager = self._manager(transcript)
        if manager and now.summary is None:
            return self._sum_up(manager, why)
        names = tuple(one.persona.name for one in self._specialists(transcript))
        question = f"{why[:1].upper()}{why[1:]}. Who should take it? “{NOBODY}” leaves it with you."
        deadline = self.settings.deadline or None
        return Escalate(question, "ask", (*names, NOBODY), NOBODY, deadline, now.key, reason=why)

    def _answered(self, transcript: Transcript, now: Case, answer: str) -> Step:
        chosen = next((one for one in self._specialists(transcript) if fold(one.persona.name) == fold(answer)), None)
        if fold(answer) == NOBODY or chosen is None:
            return self._left(now, self._why(transcript, now))
        return _record(self._scored(transcript, now), chosen.id, "you chose")

    def _why(self, transcript: Transcript, now: Case) -> str:
        """Why a case is the person's, in words."""
        turn, outcome = now.turn, self._outcome(transcript, now)
        if turn is None or now.lost:
            return now.why or "nobody here fits it"
        name = transcript.name(turn.speaker)
        match outcome:
            case Outcome("hand on") if now.handed >= self.settings.handoffs:
                return f"it was handed on {now.handed} times, and {name} would hand it on again"
            case Outcome("hand on", to):
                return f"{name} would hand it on to {transcript.name(to)}, who could not take it"
            case Outcome("needs a person", _, why):
                by = transcript.name(now.verdicts[-1].speaker) if now.verdicts else name
                return f"{by} says a person is needed{': ' if why else ''}{why.rstrip('.')}"
            case _:
                return f"nobody could say whether {name} settled it"

    def _finish(self, transcript: Transcript, now: Case, turn: Turn) -> Finish:
        text = str(turn.data.get("text") or turn.text)
        handed = f" after {now.handed} hand-off{'s' * (now.handed > 1)}" if now.handed else ""
        data: dict[str, JsonValue] = {"text": text, "by": turn.speaker, "handed": now.handed}
        return Finish(RESOLVED, text, f"handled by {transcript.name(turn.speaker)}{handed}", data)

    def _left(self, now: Case, why: str) -> Finish:
        """It stays with the person; it failed where nobody brought a word on it."""
        text = next((one.text for one in (now.summed, now.said) if one and one.spoken), "")
        data: dict[str, JsonValue] = {"text": text or why, "by": "", "handed": now.handed}
        return Finish("escalated" if text or not now.tried else "failed", text, f"it is yours: {why}", data)

    def _specialists(self, transcript: Transcript) -> tuple[Member, ...]:
        """Who may have a case: all but the router and the manager, where there are others."""
        apart = {one.id for one in (self._named(transcript, self.settings.router), self._manager(transcript)) if one}
        return tuple(one for one in transcript.active if one.id not in apart) or transcript.active

    def _manager(self, transcript: Transcript) -> Member | None:
        if self.settings.manager:
            return self._named(transcript, self.settings.manager)
        tagged = (one for tag in ("manager", "lead", "chair") for one in transcript.active if tag in one.persona.tags)
        return next(tagged, None)

    def _named(self, transcript: Transcript, name: str) -> Member | None:
        return next((one for one in transcript.active if name and is_called(name, one.persona)), None)


def _record(found: Sequence[Scored], chosen: str, why: str) -> Record:
    words = f"goes to {chosen}: {why}" if chosen else why
    return Record("case_routed", {"chosen": chosen, "why": why, "scores": rows(found)}, words)
