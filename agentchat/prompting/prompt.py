"""What a prompt is, how a model wants to be asked, and how much fits: the vocabulary of the folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

KNOWN_WINDOW = 8192
"""Tokens to count on where nobody knows a model's window."""

WIDEST = 32_768
"""More is not used: every turn pays for what it reads again, and discussions drift long before."""

PER_MESSAGE = 8
"""Tokens a chat template puts around one message, at most."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Profile:
    """How a model wants to be asked."""

    name: Literal["full", "tiny"]
    window: int
    """Tokens it can read and write together."""
    reply_tokens: int
    """Tokens kept for the reply."""
    turns: int = 80
    """At most so many turns are read word for word; older ones as a summary."""

    @property
    def room(self) -> int:
        """Tokens a prompt may have."""
        return self.window - self.reply_tokens


def profile_for(window: int | None, tiny: bool) -> Profile:
    """The profile for a model of that window (None: nobody knows); one too narrow for a discussion is tiny."""
    if tiny or (window is not None and window < TINY.window):
        return Profile("tiny", min(window or TINY.window, TINY.window), TINY.reply_tokens)
    width = min(window or KNOWN_WINDOW, WIDEST)
    return Profile("full", width, min(width // 4, 4096))


TINY = Profile("tiny", 2048, 110)
FULL = profile_for(None, tiny=False)


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that one model call is given."""

    messages: tuple[Message, ...]
    """A last one by the assistant is the opening of the reply, which goes on from there."""
    max_tokens: int
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    sampling: Mapping[str, JsonValue] = field(default_factory=dict)
    grammar: str = ""
    """GBNF for what follows the opening, where the model takes one."""
    left_out: int = 0
    """How many older turns did not fit and are in no summary."""


def tokens(text: str) -> int:
    """About how many tokens a text has, rather more than fewer: one for 3.2 characters of ASCII, 1.3 for one of CJK."""
    wide = 0 if text.isascii() else len(text.encode("utf-8", "surrogatepass")) - len(text)
    return -((-5 * len(text) - 8 * wide) // 16)


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` tokens: its beginning and an ellipsis where it is longer."""
    have = tokens(text)
    if have <= limit:
        return text
    keep = max(0, len(text) * (limit - 2) // have)
    while keep and tokens(text[:keep]) > limit - 2:
        keep = keep * 9 // 10
    if not keep:
        return ""
    kept = text[:keep]
    whole = kept.rstrip() if text[keep].isspace() else kept.rpartition(" ")[0].rstrip()
    return (whole if len(whole) > keep - 40 else kept) + " …"
