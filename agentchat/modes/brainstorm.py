"""A brainstorm: ideas unseen by the others, rounds that build on them, then sorted, then narrowed down.

Ideas come apart before they come together: no interaction keeps arguments most diverse (EVIDENCE §1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel, Field

from agentchat.modes.floor import chair, drawn
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.rounds import Segment, sealed_in, segment
from agentchat.steps import Ask, Finish, Record, Step, Together, Wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.transcript import Member, Transcript, Turn

DIVERGE, BUILD, CLUSTER, CONVERGE, CLOSING = "diverge", "build on", "cluster", "converge", "closing"


class Settings(ModeSettings):
    """Settings of a brainstorm."""

    rounds: int = Field(2, ge=1, le=6, description="Rounds of building on each other's ideas")
    chair: str = Field("", description="Who sorts the ideas and sums up; empty lets the room pick one")
    words: int = Field(80, ge=20, le=400, description="About how many words a turn has")


class Brainstorm:
    """Diverge, build on, cluster, converge."""

    name: ClassVar[str] = "brainstorm"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Brainstorm"
    summary: ClassVar[str] = "many ideas apart, built on together, then sorted"
    picture: ClassVar[str] = "A B C ⇒ A → B → C ⇒ ▣"
    again: ClassVar[str] = "they build on it for a round"
    achieves: ClassVar[frozenset[str]] = frozenset({"brainstormed"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)

    def bound(self, members: int) -> int:
        """Ideas and their reveal, the rounds, a sorting, picks and their reveal, a synthesis."""
        return (members + 1) + 12 * members + 2 + (members + 1) + 3

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        members = transcript.active
        if not members:
            return Wait("Nobody is in the room to speak: invite or unmute someone.")
        now = segment(transcript, BUILD)
        return (
            self._diverge(transcript, now, members)
            or self._build(transcript, now, members)
            or self._narrow(transcript, now, members)
        )

    def close(self, transcript: Transcript) -> Step:
        """Sum up the ideas so far, and end."""
        members = transcript.active
        now = segment(transcript, BUILD)
        if left := sealed_in(transcript, DIVERGE, CONVERGE):
            return Record("thoughts_revealed", {}, "it comes to its end", left)
        if not members or not any(turn.spoken for turn in (*now.turns, *now.beside)):
            return Finish("ended", reason=transcript.purse.closing)
        head = chair(transcript, self.settings.chair, members) or members[0]
        return self._sum_up(now, members, head, transcript.purse.closing)

    def _diverge(self, transcript: Transcript, now: Segment, members: Sequence[Member]) -> Step | None:
        if now.round > now.base:
            return None
        if now.reopened:
            left = sealed_in(transcript, DIVERGE, CONVERGE)
            return Record("thoughts_revealed", {}, "nobody else is asked for one", left) if left else None
        brief = "Write down three different ideas, one line each. Wild is fine; nobody judges yet."
        return _unseen(transcript, now.beside, members, "idea", DIVERGE, brief, "ideas first, unseen by the others")

    def _build(self, transcript: Transcript, now: Segment, members: Sequence[Member]) -> Step | None:
        rounds = now.reopened.rounds if now.reopened else self.settings.rounds
        spoke = {turn.start.speaker for turn in now.turns}
        number = now.round
        if now.round == now.base or all(member.id in spoke for member in members):
            if now.round > now.base and not any(turn.spoken or _passed(turn) for turn in now.turns):
                return Finish("failed", reason="nobody could speak in this round")
            number, spoke = now.round + 1, set()
        if number - now.base > rounds or any(turn.start.stage == CLUSTER for turn in now.beside):
            return None
        member = next(one for one in drawn(transcript, members, number) if one.id not in spoke)
        brief = "Take one idea of somebody else's and build on it: “yes, and …”. No criticism in this part."
        return Ask(member.id, "idea", brief, number, BUILD, reason=f"drawn for round {number}")

    def _narrow(self, transcript: Transcript, now: Segment, members: Sequence[Member]) -> Step:
        head = chair(transcript, self.settings.chair, members) or members[0]
        sorted_ = [turn for turn in now.beside if turn.start.stage == CLUSTER]
        if not sorted_:
            brief = "Sort all ideas so far into three to five groups: a name for each, and its ideas. Drop nothing."
            return Ask(head.id, "cluster", brief, now.round, CLUSTER, reason="sorts the ideas")
        brief = "Which one idea would you start with tomorrow, and why? Name one only."
        picks = [turn for turn in now.beside if turn.start.stage == CONVERGE]
        if step := _unseen(transcript, picks, members, "thought", CONVERGE, brief, "each picks one, unseen"):
            return step
        built = now.round - now.base
        return self._sum_up(now, members, head, f"{built} round{'' if built == 1 else 's'} of building on")

    def _sum_up(self, now: Segment, members: Sequence[Member], head: Member, reason: str) -> Step:
        closing = [turn for turn in now.beside if turn.start.stage.startswith(CLOSING)]
        done = next((turn for turn in closing if turn.spoken), None)
        if done or len(closing) >= 2:
            return Finish("brainstormed", done.text if done else "", reason, {"text": done.text} if done else {})
        brief = "Sum up: the groups of ideas, which ones were picked and by whom, and a first step for the best."
        failed = {turn.start.speaker for turn in closing}
        last = next((member for member in (head, *members) if member.id not in failed), head)
        return Ask(last.id, "synthesis", brief, now.round, f"{CLOSING} {len(closing) + 1}", reason="sums up")


def _unseen(
    transcript: Transcript,
    turns: Sequence[Turn],
    members: Sequence[Member],
    kind: str,
    stage: str,
    brief: str,
    reason: str,
) -> Step | None:
    """A sealed turn for each member at once, then their reveal; None when that is done."""
    turns = [turn for turn in turns if turn.start.stage == stage]
    if any(turn.id in transcript.revealed for turn in turns):
        return None
    have = {turn.start.speaker for turn in turns}
    missing = [member for member in members if member.id not in have]
    if not missing:
        return Record("thoughts_revealed", {"stage": stage}, "all are in", tuple(turn.id for turn in turns))
    reads_to = turns[0].start.reads_to if turns else None
    return Together(
        tuple(Ask(m.id, kind, brief, stage=stage, sealed=True, reads_to=reads_to, reason=reason) for m in missing)
    )


def _passed(turn: Turn) -> bool:
    return turn.end is not None and turn.end.outcome == "passed"
