"""The moment a room is at: what it waits for from the person, and what there is to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from agentchat.events import Recorded
from agentchat.kinds import kind_of
from agentchat.kinds.ballot import BALLOTS
from agentchat.modes import again
from agentchat.persona import YOU
from agentchat.room import FREE
from agentchat.transcript import Turn
from agentchat.tui.verbs.verb import Hands, Moment, Verb

if TYPE_CHECKING:
    from agentchat.events import EscalationRaised
    from agentchat.home.reader import Reader
    from agentchat.room import Room
    from agentchat.transcript import Transcript

Asked = Literal["", "ballot", "turn", "question", "approval"]

STATES: Mapping[str, str] = {
    "running": "the room is going on already",
    "closed": "the room has ended",
    "read-only": "the room is read only",
}
"""What is the case where another state is wanted; where none is told, the room rests."""
WAITS: Mapping[Asked, str] = {
    "": "you are not asked for anything",
    "ballot": "the room waits for your ballot",
    "turn": "the room waits for your turn",
    "question": "the room waits for your answer",
    "approval": "a turn waits for your approval",
}
"""What is the case where the person is to be asked something else, or nothing."""


def now(room: Room | Reader, hands: Hands, *, floor: bool) -> Moment:
    """What decides which verbs make sense in this room."""
    transcript = room.transcript
    waiting = question(transcript)
    recorded = {entry.kind for entry in transcript.entries if isinstance(entry, Recorded)}
    return Moment(
        room.standing.state,
        hands,
        floor,
        len(transcript.members),
        asked(transcript),
        len(waiting.options) if waiting else 0,
        voted="votes_counted" in recorded,
        left=room.standing == FREE,
        forked=len(alternatives(room)) > 1,
        drafted="draft_scored" in recorded,
        watched=bool(room.standing.watched),
    )


def hindrance(verb: Verb, moment: Moment) -> str:
    """What is the case, where a verb makes no sense: the one fact without which it would."""
    state = STATES.get(moment.state, "nobody is speaking")
    if moment.watched:
        state = "this window only watches the session"
    driver = "this window drives the session" if moment.ours else "somebody drives this session"
    facts = (
        (
            WAITS[moment.asked],
            [replace(moment, asked=asked) for asked in WAITS],
        ),
        (state if moment.watched else driver, [replace(moment, state="read-only", left=True)]),
        ("nothing was voted on yet", [replace(moment, voted=True)]),
        ("there are no versions of a text", [replace(moment, drafted=True)]),
        (state, [replace(moment, state=other) for other in ("running", "paused", "closed")]),
    )
    return next((words for words, others in facts if any(map(verb.able, others))), state)


def alternatives(room: Room | Reader) -> tuple[int, ...]:
    """The turns in the place of the one that was last."""
    turns = (entry for entry in reversed(room.transcript.entries) if isinstance(entry, Turn) and shown(entry))
    last = next(turns, None)
    return room.alternatives(last.id) if last else ()


def shown(turn: Turn) -> bool:
    """Whether a turn is over and stands on the page."""
    return bool(turn.text) and kind_of(turn.start.kind).look != "hidden" and turn.speaker != YOU


def question(transcript: Transcript) -> EscalationRaised | None:
    """What the room waits for the person to answer."""
    return next((one for one in transcript.escalations if one.level != "notify"), None)


def asked(transcript: Transcript) -> Asked:
    """What is wanted of the person."""
    if (turn := transcript.asked) is not None:
        return "ballot" if turn.start.kind in BALLOTS else "turn"
    if question(transcript) is not None:
        return "question"
    return "approval" if transcript.unapproved is not None else ""


def invitation(transcript: Transcript, moment: Moment) -> str:
    """What the composer says before anything is written in it."""
    if moment.state == "read-only":
        return "you are watching" if moment.watched else "read only"
    if moment.state == "closed":
        more = f"ask more, and {again(transcript.frames[0].mode)}"
        return more if "rounds" in transcript.opened.settings else f"{more} · @name asks one"
    if moment.asked == "turn":
        return "it is your turn: what do you say?"
    if moment.asked == "question" and (waiting := question(transcript)):
        return f"your answer: {' / '.join(waiting.options)}" if waiting.options else "your answer"
    if moment.floor:
        return "say it; then they go on"
    if moment.going and len(transcript.open) == 1:
        return f"type to speak after {transcript.name(transcript.open[0].speaker)} · esc cuts in"
    return "type to speak, @name for one of them, / for commands"
