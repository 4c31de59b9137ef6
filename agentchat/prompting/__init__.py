"""What one participant gets to read, within its model's window, and how its reply is read. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from agentchat.prompting.editing import EDITING, compose_editing, read_draft
from agentchat.prompting.full import compose_full, overflow_full
from agentchat.prompting.guard import too_similar, worth
from agentchat.prompting.openings import whole
from agentchat.prompting.prompt import FULL, TINY, Message, Profile, Prompt, profile_for, tokens
from agentchat.prompting.reading import Heard, Reading, read_human, read_reply
from agentchat.prompting.summary import compose_summary
from agentchat.prompting.tiny import compose_tiny

if TYPE_CHECKING:
    from agentchat.events import TurnStarted
    from agentchat.transcript import Transcript

__all__ = [
    "FULL",
    "TINY",
    "Heard",
    "Message",
    "Profile",
    "Prompt",
    "Reading",
    "compose",
    "compose_summary",
    "overflow",
    "profile_for",
    "read_draft",
    "read_human",
    "read_reply",
    "tokens",
    "too_similar",
    "whole",
    "worth",
]


def compose(transcript: Transcript, start: TurnStarted, profile: Profile, attempt: int = 0) -> Prompt:
    """What the speaker of a turn is given to read: the same transcript and start, the same prompt.

    A tiny model that is asked again gets another opening with every `attempt`.
    """
    if start.kind in EDITING:
        return compose_editing(transcript, start, profile, attempt)
    match profile.name:
        case "full":
            return compose_full(transcript, start, profile)
        case "tiny":
            return compose_tiny(transcript, start, profile, attempt)
        case _:
            assert_never(profile.name)


def overflow(transcript: Transcript, start: TurnStarted, profile: Profile) -> tuple[int, int] | None:
    """From where to where the past should be summed up before this turn; None while it fits.

    Ask a recorder with `compose_summary` and look again: what is very long takes more than one summary.
    """
    fits = profile.name == "tiny" or start.kind in EDITING
    return None if fits else overflow_full(transcript, start, profile)
