"""What a persona held before: facts projected from sessions, what of them is near a topic, and what a room was given.

Facts only, and no model: positions and objections as they were recorded, ballots that were revealed, what the room
decided, questions left open. Each is its persona's own; no other ever reads it.
"""

from __future__ import annotations

from agentchat.memory.facts import FORM, Fact, facts, happened
from agentchat.memory.held import Held, due, gone, held, is_on, mentioned
from agentchat.memory.near import Kept, Remembered, chosen, lines

__all__ = [
    "FORM",
    "Fact",
    "Held",
    "Kept",
    "Remembered",
    "chosen",
    "due",
    "facts",
    "gone",
    "happened",
    "held",
    "is_on",
    "lines",
    "mentioned",
]
