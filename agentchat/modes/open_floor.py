"""An open floor: nobody directs. In each round all say at once, unseen, how much they want to speak; the most does.

Silence is an answer. Work is handed from one to another as a fact on record, taken on or not by whom it is asked of.
Those who wait for each other are named and put to the person, who would else see a room that does nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel, Field, JsonValue

from agentchat.kinds.bid import HIGHEST, NOBODY, REQUEST
from agentchat.modes.bidding import BID, CLOSING, DROP, ERRAND, FLOOR, Bidding, bidding, goes_first
from agentchat.modes.floor import chair, lot
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.requests import OPEN, Request, circle, doable
from agentchat.modes.rounds import sealed_in
from agentchat.modes.sitting import unseen
from agentchat.steps import Ask, Escalate, Finish, Record, Step, Wait
from agentchat.text import quoted
from agentchat.voting.phrasing import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.transcript import Member, Transcript, Turn

PATIENCE = 2
"""Rounds in which a request may go without an answer."""

MOST_ROUNDS = 12

_LEVELS = ("silence", "if nobody else does", "something to add", "it must be said")


class Settings(ModeSettings):
    """Settings of an open floor."""

    rounds: int = Field(6, ge=1, le=MOST_ROUNDS, description="Rounds of bids, at most")
    silence: int = Field(1, ge=1, le=3, description="Rounds in a row in which nobody wants to speak, until it ends")
    synthesis: bool = Field(default=True, description="Whether somebody sums up in the end")
    chair: str = Field("", description="Who sums up; empty takes the chair of the room, or draws one")
    words: int = Field(120, ge=20, le=600, description="About how many words a turn has")


class OpenFloor:
    """Bids, the floor for the highest, work handed from one to another."""

    name: ClassVar[str] = "open-floor"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Open floor"
    summary: ClassVar[str] = "who wants it most speaks; work is handed on"
    picture: ClassVar[str] = "A B? C → B → …"
    again: ClassVar[str] = "they bid for the floor for a round"
    achieves: ClassVar[frozenset[str]] = frozenset({"discussed"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)

    def bound(self, members: int) -> int:
        """In each round, 12 after a reopening: a bid of each, what they come to, each on the floor in vain, a request
        of each done, and those in circles named; the end, and two to sum up.
        """
        return MOST_ROUNDS * (4 * members + 1) + 4

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        now = bidding(transcript)
        if now.closed is not None:
            return self._sum_up(transcript, now, now.closed.reason)
        if not transcript.active:
            return Wait("Nobody is in the room to speak: invite or unmute someone.")
        if now.circle is not None:
            return self._who_first(transcript, now)
        return self._bid(transcript, now, now.round) or self._go_on(transcript, now)

    def close(self, transcript: Transcript) -> Step:
        """Sum up what there is."""
        now, why = bidding(transcript), transcript.purse.closing
        if now.closed is not None:
            return self._sum_up(transcript, now, why)
        return self._close(transcript, now, why) if now.spoken else Finish("ended", reason=why)

    # Bids.

    def _bid(self, transcript: Transcript, now: Bidding, number: int) -> Step | None:
        """A bid of each, unseen by the others; then what they come to. None once that is on record."""
        turns = now.bids if number == now.round else []
        if number == now.round and now.opened is not None:
            return None
        have = {turn.start.speaker for turn in turns}
        missing = [member.id for member in transcript.active if member.id not in have]
        return unseen(turns, missing, lambda who: self._ask_bid(transcript, now, who, number)) or self._open(
            transcript, now
        )

    def _ask_bid(self, transcript: Transcript, now: Bidding, who: str, number: int) -> Ask:
        asked = [one for one in now.requests if one.to == who and one.state == "asked"]
        own = [one for one in now.requests if one.by == who and one.state != "done"]
        levels = "; ".join(f"{level}: {said}" for level, said in enumerate(_LEVELS))
        said = [f"The floor is open: how much do you want it now? {levels}."]
        free = self._free(transcript, now, who, number)
        if free:
            said.append("You may hand one piece of work to somebody else who does it better.")
        if asked:
            said.append("Asked of you, each to be accepted or declined: ")
            said += [f"request {one.id}, by {transcript.name(one.by)}: {quoted(one.what)}." for one in asked]
        for one in own:
            why = f" ({quoted(one.why)})" if one.why else ""
            said.append(f"Your request {one.id} to {transcript.name(one.to)}, {quoted(one.what)}, is {one.state}{why}.")
        choices = [*free, *(f"{REQUEST}{one.id}" for one in asked)]
        return Ask(who, "bid", " ".join(said), number, BID, choices=tuple(choices), reason="all bid at once, unseen")

    def _free(self, transcript: Transcript, now: Bidding, who: str, number: int) -> list[str]:
        """Who can be asked for something: one who can still answer, and does not owe it something already."""
        owing = {one.to for one in now.requests if one.by == who and one.state in OPEN}
        others = [member.id for member in transcript.active if member.id != who and member.id not in owing]
        return others if number < self._rounds(now) else []

    def _rounds(self, now: Bidding) -> int:
        again = now.sitting.reopened
        return min(again.rounds, MOST_ROUNDS) if again else self.settings.rounds

    def _open(self, transcript: Transcript, now: Bidding) -> Record:
        """What the bids come to: who wants how much, what was asked, taken on and let go of."""
        bids: list[JsonValue] = [
            {"who": turn.start.speaker, "want": turn.data.get("want"), "why": turn.data.get("why") or ""}
            for turn in now.bids
        ]
        answered = self._answered(transcript, now)
        asked = self._asked(transcript, now)
        before = self._on_record(now)
        everything = (*answered, *asked)
        rows: list[JsonValue] = [{**one.kept(), "fresh": before.get(str(one.id)) != one.state} for one in everything]
        stirred = bool(asked) or any(one.state != old.state for one, old in zip(answered, now.requests, strict=True))
        data: dict[str, JsonValue] = {"round": now.round, "bids": bids, "requests": rows, "stirred": stirred}
        wanting = self._wanting(transcript, now)
        reason = f"{transcript.name(wanting[0][0])} wants the floor most" if wanting else "nobody wants to speak"
        return Record("bids_opened", data, reason, sealed_in(transcript, BID))

    def _on_record(self, now: Bidding) -> dict[str, JsonValue]:
        """The states of the requests as last recorded: what was done since is not in it."""
        record = now.sitting.record("bids_opened")
        rows = record.data.get("requests") if record else None
        found = [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
        return {str(one.get("id")): one.get("state") for one in found}

    def _answered(self, transcript: Transcript, now: Bidding) -> list[Request]:
        """The requests there were, as the bids leave them."""
        answers: dict[tuple[str, object], dict[str, JsonValue]] = {}
        for turn in now.bids:
            given = turn.data.get("answers")
            for one in given if isinstance(given, list) else ():
                if isinstance(one, dict):
                    answers[turn.start.speaker, one.get("request")] = one
        return [self._left(transcript, now, one, answers.get((one.to, one.id))) for one in now.requests]

    def _left(self, transcript: Transcript, now: Bidding, one: Request, answer: dict[str, JsonValue] | None) -> Request:
        if one.state not in OPEN:
            return one
        member = transcript.member(one.to)
        if member is None or member.muted:
            return replace(one, state="lapsed", why="left" if member is None else "is muted")
        if one.state == "asked" and answer is not None:
            accepted = answer.get("answer") == "accept"
            return replace(one, state="accepted" if accepted else "declined", why=str(answer.get("reason") or ""))
        if one.state == "asked" and now.round - one.round >= PATIENCE:
            return replace(one, state="lapsed", why=f"no answer in {PATIENCE} rounds")
        return one

    def _asked(self, transcript: Transcript, now: Bidding) -> list[Request]:
        """What the bids ask of others, numbered on."""
        found: list[Request] = []
        number = max((one.id for one in now.requests), default=0)
        for member in transcript.members:
            turn = next((one for one in now.bids if one.start.speaker == member.id), None)
            to, what = (turn.data.get("to"), turn.data.get("what")) if turn else (None, None)
            if isinstance(to, str) and to not in ("", NOBODY) and what:
                number += 1
                found.append(Request(number, member.id, to, " ".join(str(what).split()), "asked", now.round))
        return found

    # The floor.

    def _go_on(self, transcript: Transcript, now: Bidding) -> Step:
        """Those who wait for each other are named; what was taken on is done; then the floor, then the next round."""
        if found := circle(now.requests):
            return self._circle(transcript, found)
        active = {member.id for member in transcript.active}
        if work := next((one for one in doable(now.requests) if one.to in active), None):
            return self._errand(transcript, now, work)
        if not any(turn.spoken for turn in now.taken):
            tried = {turn.start.speaker for turn in now.taken}
            for who, reason in self._wanting(transcript, now):
                if who not in tried:
                    brief = "You have the floor. Say what you asked it for, as far as it has not been said."
                    return Ask(who, brief=brief, round=now.round, stage=FLOOR, reason=reason)
        rounds = self._rounds(now)
        if now.silent and now.quiet + 1 >= self.settings.silence:
            times = self.settings.silence
            return self._close(transcript, now, f"nobody wants to speak{f', {times} rounds in a row' * (times > 1)}")
        if now.round >= rounds:
            return self._close(transcript, now, f"{rounds} round{'' if rounds == 1 else 's'}")
        return self._bid(transcript, now, now.round + 1) or Wait()

    def _wanting(self, transcript: Transcript, now: Bidding) -> list[tuple[str, str]]:
        """Who wants the floor, the most first, and why each is next."""
        active = {member.id for member in transcript.active}
        wants = {turn.start.speaker: _want(turn) for turn in now.bids if _want(turn) and turn.start.speaker in active}
        waits = {who: self._waited(now, who) for who in wants}
        seed = transcript.opened.seed
        order = sorted(wants, key=lambda who: (-wants[who], -waits[who], lot(seed, now.round, who)))
        return [(who, self._why(who, wants, waits)) for who in order]

    def _why(self, who: str, wants: dict[str, int], waits: dict[str, int]) -> str:
        level = f"bids {wants[who]} of {HIGHEST}"
        equal = [one for one in wants if wants[one] == wants[who] and one != who]
        if not equal:
            return level
        if all(waits[one] < waits[who] for one in equal):
            return f"{level}, and has waited longest of those who do"
        return f"{level}, drawn by lot among those who do"

    def _waited(self, now: Bidding, who: str) -> int:
        """How many turns ago it last spoke; those who never did waited since the beginning."""
        before = [turn for turn in now.spoken if turn not in now.taken]
        return next((at for at, turn in enumerate(reversed(before)) if turn.start.speaker == who), len(before))

    def _errand(self, transcript: Transcript, now: Bidding, work: Request) -> Ask:
        by = transcript.name(work.by)
        brief = f"You took on what {by} asked of you: {quoted(work.what)}. Do it now."
        stage, why = f"{ERRAND} {work.id}", f"took on what {by} asked: {work.what}"
        return Ask(work.to, "errand", brief, now.round, stage, choices=(str(work.id),), reason=why)

    # Those who wait for each other.

    def _circle(self, transcript: Transcript, found: Sequence[Request]) -> Record:
        waits = [f"{transcript.name(one.by)} waits for {transcript.name(one.to)}" for one in found]
        data: dict[str, JsonValue] = {"requests": [one.id for one in found], "members": [one.to for one in found]}
        return Record("waits_in_circle", data, f"{listed(waits)}: nobody of them can begin")

    def _who_first(self, transcript: Transcript, now: Bidding) -> Step:
        if any(one.key == now.key for one in transcript.escalations):
            return Wait("Say which of those who wait for each other goes first.")
        assert now.circle is not None
        members = now.circle.data.get("members")
        ids = list(dict.fromkeys(map(str, members))) if isinstance(members, list) else []
        first = [goes_first(transcript.name(who)) for who in ids]
        question = f"{now.circle.reason}. Who goes first?"
        return Escalate(question, "ask", (*first, DROP), first[0] if first else DROP, key=now.key, reason="a circle")

    # The end.

    def _close(self, transcript: Transcript, now: Bidding, why: str) -> Record:
        rows: list[JsonValue] = [{**one.kept(), "fresh": True} for one in now.requests]
        return Record("floor_closed", {"why": why, "requests": rows}, why, sealed_in(transcript, BID))

    def _sum_up(self, transcript: Transcript, now: Bidding, why: str) -> Step:
        done = next((turn for turn in now.closing if turn.spoken), None)
        failed = {turn.start.speaker for turn in now.closing}
        left = [one for one in transcript.active if one.id not in failed]
        head = chair(transcript, self.settings.chair, left)
        if self.settings.synthesis and now.spoken and done is None and len(now.closing) < 2 and head is not None:
            return self._ask_closing(transcript, now, head)
        requests: list[JsonValue] = [one.kept() for one in now.requests]
        data: dict[str, JsonValue] = {"rounds": now.round, "requests": requests}
        if not now.spoken:
            told = why if now.came else f"{why}: no bid came of anybody"
            return Finish("silent" if now.came else "failed", reason=told, data=data)
        text = done.text if done else now.spoken[-1].text
        return Finish("discussed", done.text if done else "", why, {"text": text, **data})

    def _ask_closing(self, transcript: Transcript, now: Bidding, head: Member) -> Ask:
        open_ = [one for one in now.requests if one.state != "done"]
        told = "; ".join(
            f"what {transcript.name(one.by)} asked {transcript.name(one.to)} ({quoted(one.what)}) is {one.state}"
            for one in open_
        )
        brief = "Sum up: what was said and done, by whom, what is open, and what follows."
        brief += f" Not done: {told}." if told else ""
        return Ask(head.id, "synthesis", brief, now.round, f"{CLOSING} {len(now.closing) + 1}", reason="sums up")


def _want(turn: Turn) -> int:
    want = turn.data.get("want")
    return want if isinstance(want, int) and not isinstance(want, bool) else 0
