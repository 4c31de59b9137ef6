"""How far the work of a pipeline has come: read off the transcript each time, never counted beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentchat.events import EscalationAnswered, Recorded
from agentchat.kinds.pipeline import FAIL, PASS
from agentchat.modes.sitting import sitting
from agentchat.modes.stages import Stage, group, place
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentchat.transcript import Entry, Transcript

ACCEPT, AGAIN, STOP = "accept it as it is", "try again", "stop"
"""What a person may say where a stage cannot go on by itself."""

AGAIN_MARK = ", try "
"""Before the number of a try, in what a turn's stage is called."""

MOST_SOURCES = 4
"""Works of an earlier pipeline that a first stage is pointed to."""

KINDS = frozenset({"work", "verdict"})


@dataclass(slots=True)
class Handover:
    """Where the work is."""

    at: int = 0
    """The stage that is next; as many as there are stages, once all are done."""
    asked: int = 0
    """Turns there were so far, of all stages."""
    visit: list[Turn] = field(default_factory=list)
    """Those since the work came to this stage."""
    turn: Turn | None = None
    """The newest one, until it is checked."""
    ahead: dict[int, Turn] = field(default_factory=dict)
    """What was made at once with it, of stages that come after."""
    why: str = ""
    """Why the stage is done once more; empty the first time."""
    again: bool = False
    """Whether it went back to its maker since it came here."""
    judged: Turn | None = None
    """The verdict that sent the work back, until the stage has done it anew."""
    newest: dict[int, Turn] = field(default_factory=dict)
    """What each stage made last, good or not."""
    passed: dict[int, Turn] = field(default_factory=dict)
    """What each stage handed on."""
    accepted: set[int] = field(default_factory=set)
    """Stages whose work a person took as it is."""
    tries: dict[int, int] = field(default_factory=dict)
    """How often somebody was asked for each stage."""
    more: dict[int, int] = field(default_factory=dict)
    """How often a person had a stage tried again."""
    sent_back: int = 0
    stuck: Recorded | None = None
    """Why it waits for a person."""
    stopped: Recorded | None = None
    """What it was stopped at."""
    failed: Recorded | None = None
    """The verdict that ended it, or the stage that nobody made."""
    over: Recorded | None = None

    @property
    def key(self) -> str:
        """What the question to the person is called."""
        return f"stage {self.at + 1}, after {self.asked} turns"


def handover(entries: Iterable[Entry], stages: Sequence[Stage]) -> Handover:
    """Where the work of these stages is."""
    now = Handover()
    for entry in entries:
        if isinstance(entry, Turn) and entry.start.kind in KINDS:
            now.asked += 1
            at = _stage_of(entry, stages, now.at)
            now.tries[at] = now.tries.get(at, 0) + 1
            if at > now.at:
                now.ahead[at] = entry
            else:
                now.visit.append(entry)
                now.turn = entry
        elif isinstance(entry, Recorded) and entry.kind == "stage_checked":
            _check(now, entry, stages)
        elif isinstance(entry, Recorded) and entry.kind == "pipeline_ended":
            now.over = entry
        elif isinstance(entry, EscalationAnswered) and now.stuck is not None and entry.key == now.key:
            _answer(now, now.stuck, entry.answer, stages)
    return now


def made(turn: Turn) -> bool:
    """Whether something came of it: words, or of a verdict a verdict."""
    if turn.start.kind == "verdict":
        return turn.data.get("verdict") in (PASS, FAIL)
    return turn.spoken


def back(now: Handover, stages: Sequence[Stage]) -> int:
    """The stage that a failing verdict of the one at hand sends the work back to."""
    verdict = stages[now.at].verdict
    found = place(stages[: now.at], verdict.back) if verdict and verdict.back else None
    return max(0, now.at - 1) if found is None else found


def sources(now: Handover, stages: Sequence[Stage], until: int) -> list[Turn]:
    """The work that the stage at `until` goes on from: what the last ones before it handed on that are no verdict."""
    first = group(stages, until).start if until < len(stages) else until
    for at in range(first - 1, -1, -1):
        if at in now.passed and stages[at].verdict is None:
            return [now.passed[one] for one in group(stages, at) if one in now.passed]
    return []


def made_before(transcript: Transcript) -> list[Turn]:
    """The work of the pipeline before this one, in the same room: the newest of each of its stages."""
    mine = {turn.id for turn in sitting(transcript).entries if isinstance(turn, Turn)}
    turns = [one for one in transcript.entries if isinstance(one, Turn) and one.start.kind == "work" and one.spoken]
    before = [one for one in turns if one.id not in mine]
    frame = before[-1].start.frame if before else 0
    newest = {one.start.stage.partition(AGAIN_MARK)[0]: one for one in before if one.start.frame == frame}
    return list(newest.values())[-MOST_SOURCES:]


def _stage_of(turn: Turn, stages: Sequence[Stage], at: int) -> int:
    """The stage a turn is for: the one at hand, or one that is made at once with it."""
    name = turn.start.stage.partition(AGAIN_MARK)[0]
    beside = group(stages, at) if at < len(stages) else range(0)
    return next((one for one in beside if one > at and stages[one].name == name), at)


def _check(now: Handover, record: Recorded, stages: Sequence[Stage]) -> None:
    turn, now.turn = now.turn, None
    if now.at >= len(stages):
        return
    if turn is not None and made(turn):
        now.newest[now.at] = turn
    match record.data.get("then"):
        case "next" if turn is not None:
            _on(now, turn)
        case "again":
            now.why, now.visit, now.again, now.judged = str(record.data.get("why") or ""), [], True, None
        case "back":
            now.sent_back += 1
            _back(now, record, turn, stages)
        case "fail":
            now.failed = record
        case _:
            now.stuck = record


def _answer(now: Handover, stuck: Recorded, answer: str, stages: Sequence[Stage]) -> None:
    turn, now.stuck = now.newest.get(now.at), None
    if answer == ACCEPT and turn is not None:
        now.accepted.add(now.at)
        _on(now, turn)
    elif answer == AGAIN:
        now.more[now.at] = now.more.get(now.at, 0) + 1
        if stuck.data.get("verdict"):
            _back(now, stuck, turn, stages)
        else:
            now.why, now.visit, now.again, now.judged = str(stuck.data.get("why") or ""), [], False, None
    elif stuck.data.get("by"):
        now.stopped = stuck
    else:
        now.failed = stuck


def _on(now: Handover, turn: Turn) -> None:
    now.passed[now.at] = turn
    now.at, now.visit, now.why, now.again, now.judged = now.at + 1, [], "", False, None
    if (beside := now.ahead.pop(now.at, None)) is not None:
        now.visit, now.turn = [beside], beside


def _back(now: Handover, record: Recorded, turn: Turn | None, stages: Sequence[Stage]) -> None:
    now.at, now.visit, now.again, now.ahead = back(now, stages), [], False, {}
    now.why, now.judged = str(record.data.get("why") or ""), turn
    now.accepted = {at for at in now.accepted if at < now.at}
    now.passed = {at: one for at, one in now.passed.items() if at < now.at}
