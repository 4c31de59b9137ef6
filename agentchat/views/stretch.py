"""What is shown of a stretch of a transcript, without working out the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.transcript import Turn
from agentchat.views.entries import Page
from agentchat.views.fold import counts, opening
from agentchat.views.fragments import fragments, place, woven

if TYPE_CHECKING:
    from datetime import tzinfo

    from agentchat.transcript import Transcript
    from agentchat.views.room import Entry


def stretch(
    transcript: Transcript, first: int, last: int, zone: tzinfo | None = None, *, whys: bool = True
) -> tuple[Entry, ...]:
    """What is shown from one `seq` to another, both included. The session's first event brings the question along."""
    page = Page(transcript, zone, whys=whys)
    shown: list[Entry] = list(opening(transcript, zone)) if first <= transcript.opened.seq else []
    talk: Turn | None = None
    for entry in woven(transcript.entries, fragments(transcript)):
        if first <= place(entry) <= last:
            shown += page.show(entry, talk)
        if isinstance(entry, Turn) and counts(entry):
            talk = entry
    return tuple(shown)
