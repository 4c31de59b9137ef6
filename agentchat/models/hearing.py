"""One reply as it is heard: its text, the clock that watches it, and the verdict on how it ended.

The clock counts content only. A stream that sends keep-alives, empty deltas or a byte now and then is as silent as one
that sends nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from agentchat.errors import ModelError, ModelErrorKind
from agentchat.models.base import End, Finish, Request, Usage
from agentchat.models.faults import Seen, classify, cleaned, from_error_object
from agentchat.models.wire import Wire

BUDGET = 1_000_000
"""Characters of one reply. A model that says more will not stop."""

_LENGTH = frozenset({"length", "max_tokens", "model_length", "max_output_tokens", "response.incomplete"})
_FILTER = frozenset({"content_filter", "safety", "recitation", "refusal", "blocklist", "prohibited_content", "spii"})


class Clock:
    """Ends a call that is not heard: before its first content, between two, or in all."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + request.timeouts.total
        self._timeout = asyncio.timeout_at(self._until(request.timeouts.first_token if request.stream else None))
        self._heard = False

    def running(self) -> asyncio.Timeout:
        """The context to listen in. Raises TimeoutError."""
        return self._timeout

    def heard(self) -> None:
        """Content came."""
        self._heard = True
        self._timeout.reschedule(self._until(self._request.timeouts.silence))

    def fault(self, seen: Seen) -> ModelError:
        """What to say when the time was over."""
        kind: ModelErrorKind
        if self._loop.time() >= self._deadline:
            kind, seconds = "timeout_total", self._request.timeouts.total
        elif self._heard:
            kind, seconds = "timeout_idle", self._request.timeouts.silence
        else:
            kind, seconds = "timeout_first", self._request.timeouts.first_token
        return classify(replace(seen, failure=kind, detail=f"the limit is {seconds:g} s"))

    def _until(self, seconds: float | None) -> float:
        return self._deadline if seconds is None else min(self._loop.time() + seconds, self._deadline)


@dataclass(slots=True)
class Reply:
    """What LiteLLM has passed on of one reply."""

    received: int = 0
    """Characters received; a surrogate that came alone counts as one."""
    finish: str = ""
    model: str = ""
    request_id: str = ""
    usage: Mapping[str, JsonValue] | None = None
    """LiteLLM's count: made up where the provider gave none."""
    _half: str = ""

    def hear(self, piece: str) -> str:
        """The text of this piece that can be shown: a character cut in two waits for its other half."""
        self.received += len(piece)
        if piece.isascii() and not self._half:
            return piece
        piece, self._half = self._half + piece, ""
        if "\ud800" <= piece[-1:] <= "\udbff":
            piece, self._half = piece[:-1], piece[-1]
        return piece.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    @property
    def over_budget(self) -> bool:
        """Whether it is longer than any reply may be."""
        return self.received > BUDGET


@dataclass(frozen=True, slots=True)
class Heard:
    """All that is known of a call once it is over."""

    request: Request
    wire: Wire
    reply: Reply

    @property
    def whole(self) -> bool:
        """Whether the provider said that the reply ended, and all of its text was passed on."""
        wire = self.wire
        complete = wire.ended and 0 < wire.characters <= self.reply.received
        return complete and not wire.error and not wire.broken

    def seen(self, detail: str = "") -> Seen:
        """What there is to classify a fault by."""
        wire = self.wire
        return Seen(
            self.request.model,
            host=wire.host,
            status=wire.status,
            headers=wire.headers,
            body=wire.start if wire.status is not None and wire.status >= 400 else "",
            failure=wire.failure,
            detail=wire.detail or detail,
        )

    def end(self) -> End:
        """How the reply ended. Raises ModelError where it was none."""
        wire, reply = self.wire, self.reply
        if fault := self._broken():
            return self.cut(fault)
        raw = reply.finish if self._blind else wire.finish
        return End(
            self._finish(raw),
            usage=self._usage(),
            model=reply.model,
            finish_raw=raw,
            request_id=reply.request_id,
        )

    def cut(self, fault: ModelError) -> End:
        """The end of a reply that `fault` cut off. Raises it where nothing had come."""
        if not self.reply.received:
            raise fault
        return End("cut", self._usage(), self.reply.model, self.wire.finish, self.reply.request_id, fault)

    def fault(self, error: Exception) -> ModelError:
        """The fault of a call that LiteLLM gave up on."""
        return self._broken() or classify(self.seen(str(error)))

    def _broken(self) -> ModelError | None:
        wire = self.wire
        if wire.failure is not None or (wire.status is not None and wire.status >= 300):
            return classify(self.seen())
        if wire.error:
            return from_error_object(self.seen(), wire.error)
        strange = wire.shape == "page" or (wire.shape == "json" and wire.streams and not self.reply.received)
        if strange:
            return self._unreadable(f"not a stream but {cleaned(wire.start, 200)!r}")
        if wire.broken:
            return self._unreadable("a part of it was no JSON")
        if wire.known and self.reply.received < wire.characters:
            return self._unreadable("a part of its text got lost")
        return None

    @property
    def _blind(self) -> bool:
        """Whether the wire could not see how the reply ended: it came past it, or in a dialect it does not know."""
        return self.wire.status is None or (not self.wire.known and self.wire.shape != "unknown")

    def _unreadable(self, detail: str) -> ModelError:
        return classify(replace(self.seen(), failure="protocol", detail=detail))

    def _finish(self, raw: str) -> Finish:
        word = raw.lower()
        if self.wire.known and not self.wire.ended:
            return "cut"
        if word in _LENGTH:
            return "length"
        return "filter" if word in _FILTER else "stop"

    def _usage(self) -> Usage:
        wire, reply = self.wire, self.reply
        if wire.usage and "prompt_tokens" in wire.usage:
            counts: Mapping[str, JsonValue] | None = wire.usage
        else:
            counts = reply.usage if wire.counted or (self._blind and _count(reply.usage, "prompt_tokens")) else None
        prompt, completion = (_count(counts, key) for key in ("prompt_tokens", "completion_tokens"))
        if prompt is not None and completion is not None:
            return Usage(prompt, completion)
        asked = sum(len(message.content) for message in self.request.messages)
        return Usage(estimate(asked), estimate(reply.received), estimated=True)


def estimate(characters: int) -> int:
    """The tokens of so many characters, roughly."""
    return (characters + 3) // 4


def _count(counts: Mapping[str, JsonValue] | None, key: str) -> int | None:
    count = counts.get(key) if counts else None
    return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None
