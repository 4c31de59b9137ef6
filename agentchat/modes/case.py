"""How a case stands, read off the record since the person's newest word: who has it, who tried, what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from agentchat.events import EscalationAnswered, EscalationRaised, HumanSpoke, Recorded
from agentchat.kinds.hub import HAND_ON, NEEDS, OUTCOMES, addressed, read
from agentchat.kinds.tasks import short
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.modes.sitting import Sitting
    from agentchat.transcript import Transcript

CASE, ROUTE, VERDICT, SUMMARY = "case", "routing", "verdict", "summary"
ASKED = "case"


class Outcome(NamedTuple):
    """What becomes of a case."""

    what: str
    to: str = ""
    why: str = ""


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
    turns: int = 0
    """How often who has it was asked."""
    verdicts: tuple[Turn, ...] = ()
    """Those on that turn."""
    said: Turn | None = None
    """The newest that anybody made of it."""
    from_: Turn | None = None
    """What it was handed on with, by whom."""
    for_: str = ""
    """Why it was handed on."""
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
    def lost(self) -> bool:
        """Whether nothing came of the turn of who has it."""
        return self.turn is not None and _lost(self.turn)

    @property
    def key(self) -> str:
        """What the question to the person is called."""
        return f"{ASKED} {self.escalated + 1}"

    def outcome(self, manager: str) -> Outcome | None:
        """What becomes of it by the words of who has it, where they are clear, else by the verdict on them."""
        if self.turn is None or self.lost:
            return None
        given = (self.turn, *reversed(self.verdicts))
        known = (found for turn in given if (found := _outcome(turn.data)))
        return next(known, None) or _in_words(self.turn, manager)


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
                case.turns = 0
                case.tried.pop(case.given, None)
            case Recorded(kind="case_handed"):
                case.given, case.why, case.from_ = str(entry.data.get("to") or ""), entry.reason, case.turn
                case.for_, case.turn, case.turns = str(entry.data.get("why") or ""), None, 0
                case.handed += 1
            case Turn():
                _take(case, entry)
            case EscalationAnswered() if entry.key.startswith(ASKED):
                case.answer, case.escalated, case.summary = entry, case.escalated + 1, None
            case _:
                pass
    return case


def _take(case: Case, turn: Turn) -> None:
    stage = turn.start.stage
    if stage == ROUTE:
        case.router = turn
    elif stage == SUMMARY:
        case.summary, case.summed = turn, turn if turn.spoken else case.summed
    elif stage == VERDICT:
        case.verdicts = (*case.verdicts, turn)
    elif stage == CASE:
        case.turn, case.turns, case.verdicts = turn, case.turns + 1, ()
        if _lost(turn):
            case.tried[turn.start.speaker] = _came_of(turn)
        else:
            case.said = turn


def reply(transcript: Transcript, turn: Turn) -> str:
    """What came of a question in an answer, to another of the room or to the person, in words; empty without one."""
    end = turn.end
    if end is None or turn.start.kind == "handling":
        return ""
    if end.intent == "ask" and end.mentions:
        name = transcript.name(end.mentions[0])
        asides = (one for one in transcript.mine if isinstance(one, Turn) and one.start.reply_to == end.seq)
        answer = next((one for one in asides if one.start.aside and one.spoken), None)
        return f"{name} answered you (#{answer.id})" if answer else f"{name} did not answer you"
    raised = {one.seq for one in transcript.mine if isinstance(one, EscalationRaised) and one.turn == turn.id}
    answered = any(isinstance(one, EscalationAnswered) and one.escalation in raised for one in transcript.mine)
    return "The person answered you" if answered else ""


def _outcome(data: Mapping[str, JsonValue]) -> Outcome | None:
    what, to, why = (str(data.get(name) or "").strip() for name in ("outcome", "to", "why"))
    return Outcome(what, to, why) if what in OUTCOMES else None


def _in_words(turn: Turn, manager: str) -> Outcome | None:
    """A line `OUTCOME: …`, or one that is for another of the specialists, or for the manager."""
    if said := read(turn.text, turn.start.choices):
        return _outcome(said)
    mentions = turn.end.mentions if turn.end else ()
    found = addressed(turn.text, [one for one in mentions if one == manager or one in turn.start.choices])
    if found is None:
        return None
    who, why = found
    return Outcome(HAND_ON if who in turn.start.choices else NEEDS, who, short(why, 300))


def _lost(turn: Turn) -> bool:
    if turn.start.kind == "handling":
        return not turn.spoken or _outcome(turn.data) is None
    return not turn.spoken or (turn.end is not None and turn.end.outcome == "interrupted")


def _came_of(turn: Turn) -> str:
    match turn.end.outcome if turn.end else "":
        case "passed":
            return f"passed: {short(turn.text, 80)}" if turn.text else "passed"
        case "interrupted":
            return "was cut off"
        case _:
            return "could not answer"
