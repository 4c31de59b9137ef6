"""A persona's question to the person: one line of its turn, raised when the turn is committed.

The person is not to be flooded: one open question a persona, so many a session, and none of them twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.events import EscalationRaised
from agentchat.prompting.reading import human_question
from agentchat.text import skeleton

if TYPE_CHECKING:
    from agentchat.events import TurnEnded
    from agentchat.transcript import Transcript

MOST = 6
"""Questions the personas of one room may put to the person."""

DEFAULT = "Nobody can say now: go on with the assumption you find best, and name it."
"""What counts where the room's policy is not to wait."""


def raised(transcript: Transcript, end: TurnEnded) -> tuple[EscalationRaised, ...]:
    """The question a turn that just ended puts to the person, to be committed with it."""
    if end.intent != "escalate" or not (question := human_question(end.text)):
        return ()
    personas = {persona.id for persona in (*transcript.opened.personas, *(one.persona for one in transcript.members))}
    raised_before = (entry for entry in transcript.entries if isinstance(entry, EscalationRaised))
    before = [one for one in raised_before if one.turn is not None and one.by in personas]
    if len(before) >= MOST or any(skeleton(one.question) == skeleton(question) for one in before):
        return ()
    if any(one.by == end.speaker for one in transcript.escalations):
        return ()
    return (EscalationRaised(by=end.speaker, turn=end.turn, question=question, default=DEFAULT, frame=end.frame),)
