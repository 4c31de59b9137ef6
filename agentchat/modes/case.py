"""How a case stands, read off the record since the person's newest word: who has it, who tried, what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentchat.events import EscalationAnswered, HumanSpoke, Recorded
from agentchat.kinds.hub import OUTCOMES
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from agentchat.modes.sitting import Sitting
    from agentchat.transcript import Transcript

CASE, ROUTE, SUMMARY = "case", "routing", "summary"
ASKED = "case"


@dataclass(slots=True)
class Case:
    """One case. `words` are the person's on it, the newest last."""

    words: tuple[str, ...]
    load: Mapping[str, int]
    given: str | None = None
    """Who has it; empty where it fitted nobody, None where it was not routed yet."""
    why: str = ""
    turn: Turn | None = None
    """What who has it made of it."""
    said: Turn | None = None
    """The newest that anybody made of it."""
    from_: Turn | None = None
    """What it was handed on with, by whom."""
    router: Turn | None = None
    summary: Turn | None = None
    """What the manager made of it for the question that is next."""
    summed: Turn | None = None
    """The newest summary there is."""
    answer: EscalationAnswered | None = None
    tried: dict[str, str] = field(default_factory=dict)
    """Who had it in vain, and what came of that."""
    handed: int = 0
    escalated: int = 0

    @property
    def escalating(self) -> bool:
        """Whether it fitted nobody, or the person said who goes on."""
        return self.given == "" or self.answer is not None

    @property
    def key(self) -> str:
        """What the question to the person is called."""
        return f"{ASKED} {self.escalated + 1}"


def case_of(transcript: Transcript, now: Sitting) -> Case:
    """The case under way. A new word to all begins its routing anew; what was answered before is over."""
    begins = [at for at, one in enumerate(now.entries) if isinstance(one, HumanSpoke) and not (one.to or one.mentions)]
    spoken = tuple(one.text for one in (now.entries[at] for at in begins) if isinstance(one, HumanSpoke))
    load = Counter(one.speaker for one in now.entries if isinstance(one, Turn) and one.start.stage == CASE)
    case = Case((transcript.question, *spoken), load)
    for entry in now.entries[begins[-1] + 1 if begins else 0 :]:
        match entry:
            case Recorded(kind="case_routed"):
                case.given, case.why = str(entry.data.get("chosen") or ""), str(entry.data.get("why") or "")
                case.turn = case.from_ = case.router = case.answer = None
                case.tried.pop(case.given, None)
            case Recorded(kind="case_handed"):
                case.given, case.why, case.from_ = str(entry.data.get("to") or ""), entry.reason, case.turn
                case.turn, case.handed = None, case.handed + 1
            case Turn() if entry.start.stage == ROUTE:
                case.router = entry
            case Turn() if entry.start.stage == SUMMARY:
                case.summary, case.summed = entry, entry if entry.spoken else case.summed
            case Turn() if entry.start.stage == CASE:
                case.turn = entry
                if handled(entry):
                    case.said = entry
                else:
                    case.tried[entry.start.speaker] = _lost(entry)
            case EscalationAnswered() if entry.key.startswith(ASKED):
                case.answer, case.escalated, case.summary = entry, case.escalated + 1, None
            case _:
                pass
    return case


def handled(turn: Turn) -> str:
    """What becomes of a case by a turn; empty where nothing came of it."""
    outcome = str(turn.data.get("outcome") or "")
    return outcome if turn.spoken and outcome in OUTCOMES else ""


def _lost(turn: Turn) -> str:
    end = turn.end.outcome if turn.end else ""
    return {"passed": "passed", "interrupted": "was cut off"}.get(end, "could not answer")
