"""What outranks every mode: an end a person wants, a speaker they chose or addressed, an owed answer, a mode they call.

Such turns are asides: they do not count in the mode's rounds, and a sealed stage delays them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.events import HumanSpoke, Recorded, SessionClosed, SessionReopened
from agentchat.steps import Ask, Enter, Finish
from agentchat.transcript import ADDRESSED, ASKED, FORCED, Due, Turn

if TYPE_CHECKING:
    from agentchat.events import Directed
    from agentchat.steps import Step
    from agentchat.transcript import Transcript


def next_step(transcript: Transcript) -> Step | None:
    """The step a person or an open question calls for; None leaves it to the mode."""
    if transcript.ending:
        return Finish("ended", reason=transcript.ending)
    if not (transcript.due or transcript.wishes):
        return _as_it_had(transcript)
    if _sealed_stage(transcript):
        return None
    active = {member.id for member in transcript.active}
    for rank in (FORCED, ADDRESSED, ASKED):
        for due in transcript.due:
            if due.why == rank and due.who in active:
                return _ask(transcript, due)
    return _enter(transcript.wishes[0]) if transcript.wishes else _as_it_had(transcript)


def _as_it_had(transcript: Transcript) -> Finish | None:
    """The end once more of a session that was reopened for an answer only; None for any other.

    What the person then says to all is more than that.
    """
    if transcript.frame.id:
        return None
    for one in reversed(transcript.mine):
        match one:
            case HumanSpoke() if not one.mentions:
                return None
            case SessionReopened() if one.rounds:
                return None
            case SessionClosed():
                return Finish(one.outcome, one.summary, one.reason)
            case _:
                pass
    return None


def _enter(wish: Directed) -> Enter:
    settings = {key: value for key, value in wish.data.items() if key != "question"}
    return Enter(wish.target, settings, wish.reason or "you called it", str(wish.data.get("question") or ""), wish.seq)


def _ask(transcript: Transcript, due: Due) -> Ask:
    match due.why:
        case "forced":
            brief, reason = due.brief, "you asked for this turn" if due.brief else "you chose the next speaker"
        case "addressed":
            brief, reason = "The person in the room just spoke to you. Answer that first.", "you asked"
        case _:
            asker = _asker(transcript, due.cause)
            brief, reason = f"{asker} asked you something. Answer it.", f"owes {asker} an answer"
    return Ask(due.who, brief=brief, aside=True, reply_to=due.cause, reason=reason, stage="aside", model=due.model)


def _asker(transcript: Transcript, seq: int) -> str:
    for entry in reversed(transcript.entries):
        if isinstance(entry, Turn) and entry.end is not None and entry.end.seq == seq:
            return transcript.name(entry.speaker)
    return "Someone"


def _sealed_stage(transcript: Transcript) -> bool:
    """Whether a sealed stage is under way: some of its turns are in and not yet revealed."""
    for entry in reversed(transcript.mine):
        if isinstance(entry, Recorded | SessionReopened):
            return False
        if isinstance(entry, Turn) and entry.start.kind != "nominate":
            return transcript.sealed(entry)
    return False
