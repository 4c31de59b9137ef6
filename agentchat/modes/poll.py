"""A poll: everyone answers unseen by the others, all at once; then all is shown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel, Field, JsonValue

from agentchat.kinds.ballot import ABSTAIN
from agentchat.modes.ballots import ballot_of
from agentchat.modes.floor import lot
from agentchat.modes.mode import Settings as ModeSettings
from agentchat.modes.rounds import sealed_in
from agentchat.modes.sitting import Sitting, came_to_nothing, sitting, unheard, unseen
from agentchat.modes.slate import Given, slate
from agentchat.steps import Ask, Finish, Record, Step, Wait

if TYPE_CHECKING:
    from agentchat.transcript import Transcript, Turn

POLL = "poll"


class Settings(ModeSettings):
    """Settings of a poll."""

    options: Given = Field((), description="What to choose from: tea | coffee; empty asks for an answer in words")
    words: int = Field(60, ge=10, le=400, description="About how many words an answer has")


class Poll:
    """One question, answered by all at once."""

    name: ClassVar[str] = "poll"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Poll"
    summary: ClassVar[str] = "everyone answers unseen, then all is shown"
    picture: ClassVar[str] = "A B C ⇒ ▣"
    again: ClassVar[str] = "everyone answers it unseen"
    achieves: ClassVar[frozenset[str]] = frozenset({"polled"})
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, settings: BaseModel) -> None:
        self.settings = cast("Settings", settings)
        self.options = slate(("", text) for text in self.settings.options)

    def bound(self, members: int) -> int:
        """An answer of each, once more where none came, and their reveal."""
        return 2 * members + 2

    def next(self, transcript: Transcript) -> Step:
        """The next step."""
        now = sitting(transcript)
        if shown := now.record("poll_revealed"):
            if not shown.data["answers"]:
                return Finish("failed", reason="nobody answered", data=shown.data)
            return Finish("polled", reason=shown.reason, data=shown.data)
        if not transcript.active:
            return Wait("Nobody is in the room to answer: invite or unmute someone.")
        turns = now.turns(POLL)
        who = unheard(turns, [member.id for member in transcript.active], self._lost)
        return unseen(turns, who, lambda one: self._ask(transcript, one)) or self._reveal(transcript, now)

    def _ask(self, transcript: Transcript, who: str) -> Ask:
        seed = transcript.opened.seed
        choices = tuple(sorted((option.id for option in self.options), key=lambda option: lot(seed, who, option)))
        brief = "Answer the question for yourself, before you hear the others. Short and concrete."
        kind = "pick" if choices else "thought"
        return Ask(who, kind, brief, stage=POLL, choices=choices, reason="all answer at once, unseen by the others")

    def _lost(self, turn: Turn) -> bool:
        return ballot_of(turn).status == "missing" if turn.start.choices else came_to_nothing(turn)

    def _reveal(self, transcript: Transcript, now: Sitting) -> Record:
        last = {turn.start.speaker: turn for turn in now.turns(POLL)}
        answers: list[JsonValue] = []
        votes: Counter[str] = Counter()
        for who, turn in last.items():
            vote = turn.data.get("vote")
            if turn.start.choices and isinstance(vote, str):
                votes[vote] += 1
                answers.append({"who": who, "text": str(turn.data.get("why") or ""), "vote": vote})
            elif turn.spoken:
                answers.append({"who": who, "text": turn.text})
        data: dict[str, JsonValue] = {"question": transcript.question, "answers": answers, "of": len(last)}
        reason = f"{len(answers)} of {len(last)} answered"
        if self.options:
            counts = {option.id: votes[option.id] for option in self.options}
            data |= {"counts": {**counts}, "abstained": votes[ABSTAIN]}
            best = sorted(counts, key=lambda option: -counts[option])
            reason = f"{', '.join(f'{option}: {counts[option]}' for option in best)}; {reason}"
        return Record("poll_revealed", data, reason, sealed_in(transcript, POLL))
