"""A session from a file that somebody else wrote: a bundle of ours, or a talk held in another program.

Read by what stands in it, not by its name. Nothing here writes, and nothing in a file can do more than be wrong.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.importing import bundle, messages, silly_tavern
from agentchat.importing.bundle import event_of, renamed, same
from agentchat.importing.plain import Lines, named

if TYPE_CHECKING:
    from agentchat.importing.taken import Taken

__all__ = ["event_of", "read", "renamed", "same"]

KNOWN = "It reads what `agentchat sessions export` writes, SillyTavern's chats, and lists of messages with roles."


def read(path: Path) -> Taken:
    """The session in a file, and what of it could not be read. Raises UsageError where there is none."""
    with Lines(path) as lines:
        number, first = lines.first()
        if not first:
            raise UsageError(f"{named(path)} is empty", hint=KNOWN)
        if bundle.begins(first):
            return bundle.read(lines, named(path))
        digest = blake2b(digest_size=6)
        if silly_tavern.begins(first):
            return silly_tavern.read(lines, named(path), digest)
        if messages.begins(first):
            return messages.read(lines, named(path), digest)
    raise UsageError(f"{named(path)}, line {number}: no session begins so", hint=KNOWN)
