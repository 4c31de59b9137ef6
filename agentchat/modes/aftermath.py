"""What follows a vote: the minority's report, the chair's write-up, the person's veto. None of it moves the winner."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from agentchat.modes import slate
from agentchat.modes.ballots import favourites
from agentchat.modes.floor import chair, drawn
from agentchat.modes.vote import Vote
from agentchat.persona import YOU
from agentchat.steps import Ask, Escalate, Finish, Record, Step, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentchat.events import Recorded
    from agentchat.modes.charter import Settings
    from agentchat.modes.sitting import Sitting
    from agentchat.transcript import Member, Transcript

MINORITY, WRITE_UP, VETO = "minority", "write-up", "veto"
STAND = "let it stand"

MOST_TRIES = 2
"""Members who are asked for a report before the room does without."""

ENDS = {"tie": "tie", "quorum": "no_quorum", "no ballots": "no_quorum", "veto": "vetoed"}
"""How the mode ends, by why there is no decision; `no_decision` for any other reason."""


@dataclass(frozen=True)
class Aftermath:
    """A committee after its `decision_reached` or `no_decision`."""

    transcript: Transcript
    now: Sitting
    settings: Settings
    outcome: Recorded

    def next(self) -> Step:
        """The next step."""
        data = self.outcome.data
        if self.outcome.kind == "no_decision":
            end = ENDS.get(str(data.get("why")), "no_decision")
            return Finish(end, reason=self.outcome.reason, data=data)
        return self._minority() or self._write_up() or self._veto() or self._finish()

    @cached_property
    def winners(self) -> tuple[str, ...]:
        """The ids of what was chosen."""
        found = self.outcome.data.get("winners")
        return tuple(map(str, found)) if isinstance(found, list) else ()

    @property
    def chosen(self) -> str:
        """The same, in full where it is one."""
        return str(self.outcome.data.get("text")) if len(self.winners) == 1 else " and ".join(self.winners)

    def _minority(self) -> Ask | None:
        losers = [member for member in self.transcript.active if member.id in self._outvoted]
        if not self.settings.minority_report:
            return None
        liked = self._outvoted

        def report(member: Member) -> str:
            return (
                f"The room chose “{self.chosen}”. You put {' and '.join(sorted(liked[member.id]))} first, and were "
                f"outvoted. Write the minority report for all who were ({len(liked)}): the "
                "strongest case against the choice, and what would show within a year that it was wrong."
            )

        return self._of(losers, MINORITY, "minority", report, "speaks for those who were outvoted")

    @cached_property
    def _outvoted(self) -> dict[str, frozenset[str]]:
        """What each voter favoured who favoured none of what was chosen, and could have."""
        standing = self.now.record("options_set") or self.now.record_before("options_set")
        options = slate.recorded(standing.data) if standing else ()
        vote = Vote(self.transcript, self.now, self.settings, str(self.outcome.data.get("stage")), options)
        liked = {one.voter: favourites(one, vote.options) for one in vote.ballots if not one.recused & {*self.winners}}
        return {who: first for who, first in liked.items() if first and not first & {*self.winners} and who != YOU}

    def _write_up(self) -> Ask | None:
        if not self.settings.write_up:
            return None
        members = self.transcript.active
        head = chair(self.transcript, self.settings.chair, members)
        rest = [member for member in drawn(self.transcript, members, 0) if member is not head]
        brief = (
            f"The vote has decided: “{self.chosen}”. {self.outcome.reason} Write the decision up: what was "
            "chosen, the best reasons for it, what the minority says against it, and the first step. The vote decides: "
            "you cannot change the result, nor make it sound clearer than it was."
        )
        return self._of([*([head] if head else []), *rest], WRITE_UP, "synthesis", lambda _: brief, "writes it up")

    def _of(
        self, who: Sequence[Member], stage: str, kind: str, brief: Callable[[Member], str], reason: str
    ) -> Ask | None:
        """A turn by one of these, and by another where it came to nothing."""
        turns = self.now.turns(stage)
        tried = {turn.start.speaker for turn in turns}
        left = [member for member in who if member.id not in tried]
        if any(turn.spoken for turn in turns) or len(turns) >= MOST_TRIES or not left:
            return None
        member = left[0]
        return Ask(member.id, kind, brief(member), 0, stage, reason=reason)

    def _veto(self) -> Step | None:
        if self.settings.you != "veto":
            return None
        answer = self.now.answer(VETO)
        if answer is None:
            if self.now.raised(VETO):
                return Wait("The room waits for your last word.")
            question = f"The room chose “{self.chosen}”. Shall it stand?"
            deadline = self.settings.deadline or None
            return Escalate(question, "ask", (STAND, VETO), STAND, deadline, VETO, reason="you have the last word")
        if answer.answer.strip().casefold() != VETO:
            return None
        data = {**self.outcome.data, "why": "veto"}
        return Record(
            "no_decision", data, f"{' and '.join(self.winners)} was vetoed by {self.transcript.name(answer.by)}"
        )

    def _finish(self) -> Finish:
        written = next((turn.text for turn in self.now.turns(WRITE_UP) if turn.spoken), "")
        data = self.outcome.data
        return Finish("decided", written or str(data.get("text")), self.outcome.reason, data)
