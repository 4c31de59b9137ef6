"""When a transcript outgrows a speaker's window: a turn of kind `summary` comes first (DESIGN §2, 13).

It is an event like any other, made once, and void off its path. Where it failed, the oldest turns are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.events import TurnStarted
from agentchat.prompting import overflow
from agentchat.transcript import SUMMARY, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentchat.room.turn import Asking
    from agentchat.transcript import Transcript


def covered(start: TurnStarted) -> tuple[int, int]:
    """The events a summary's turn stands for: the first and the last of them."""
    first, _, last = start.stage.partition("-")
    return int(first), int(last)


async def summary_start(asking: Asking, transcript: Transcript, starts: Sequence[TurnStarted]) -> TurnStarted | None:
    """The start of the summary that must come before these turns; None where they fit, or one just failed."""
    for start in starts:
        member = transcript.member(start.speaker)
        if member is None:
            continue
        covers = overflow(transcript, start, await asking.profile(start.model or member.model))
        if covers and not _tried(transcript, covers):
            return TurnStarted(
                speaker=start.speaker,
                kind=SUMMARY,
                stage=_stage(covers),
                aside=True,
                reads_to=covers[1],
                frame=start.frame,
                reason="what was said so far no longer fits the model's window",
            )
    return None


def _tried(transcript: Transcript, covers: tuple[int, int]) -> bool:
    return any(
        isinstance(entry, Turn) and entry.start.kind == SUMMARY and entry.start.stage == _stage(covers)
        for entry in reversed(transcript.entries[-40:])
    )


def _stage(covers: tuple[int, int]) -> str:
    return f"{covers[0]}-{covers[1]}"
