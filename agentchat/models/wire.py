"""Watches the raw answer of a provider on its way to LiteLLM, which takes a stream that broke off for a finished one.

Speaks every dialect only as far as it must: did the provider say that the reply ended, how long is the text, what did
it cost. Whatever LiteLLM would lose (a byte order mark, bad UTF-8, content sent as a list) is put right on the way.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from agentchat.errors import ModelErrorKind

Shape = Literal["unknown", "events", "lines", "json", "page", "opaque"]
"""Server-sent events, one JSON a line, one JSON, something for a browser, or a format only LiteLLM reads."""

_DECODER = codecs.getincrementaldecoder("utf-8")

KEPT = 4096
"""Bytes of a body kept to say what was wrong with it."""

MOST = 8_000_000
"""Characters of a whole reply, or of one line of a stream, that are waited for: all other limits count text."""

_NEWLINES = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""httpx ends a line at these; inside JSON they are text."""


_FINISHES = ("finish_reason", "stop_reason", "finishReason", "done_reason")
"""Where the dialects say why a reply ended."""

_LAST_EVENTS = frozenset({"message_stop", "message-end", "response.completed", "response.incomplete"})

_DIALECTS = frozenset({*_FINISHES, "content_block", "done", "content", "output"})
"""Keys by which a dialect is known whose end can be seen."""


@dataclass(slots=True)
class Wire:
    """One call as it was on the wire."""

    streams: bool
    """Whether a stream was asked for."""
    connect: float = 10.0
    """Seconds to wait for a connection."""
    host: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: ModelErrorKind | None = None
    detail: str = ""
    """What the network said of its failure."""
    shape: Shape = "unknown"
    start: str = ""
    """The first characters of the body."""
    finish: str = ""
    """The provider's word for how the reply ended; "" until it has come."""
    done: bool = False
    """Whether the protocol's own last event came."""
    over: bool = False
    """Whether the body came to its end, so that the connection can be used again."""
    error: JsonValue = None
    """The error object the provider sent in place of a reply, or in the middle of one."""
    broken: bool = False
    """Whether a part of it was no JSON."""
    known: bool = False
    """Whether the dialect is one whose end can be seen; of another, LiteLLM's word must do."""
    characters: int = 0
    """The length of the text, where the dialect is OpenAI's."""
    usage: Mapping[str, JsonValue] | None = None
    counted: bool = False
    """Whether the provider counted the tokens, in whatever dialect."""
    _decoder: codecs.IncrementalDecoder = field(default_factory=lambda: _DECODER("replace"))
    _tail: str = ""
    _held: list[str] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Whether the provider said that the reply was complete."""
        return bool(self.finish) or self.done

    @property
    def swamped(self) -> bool:
        """Whether more came than is ever read, and still no end of it."""
        return len(self._tail) > MOST

    @property
    def grace(self) -> float | None:
        """Seconds to wait for more: a reply that has ended needs no more than its usage and the end of the body."""
        if self.done:
            return 0.3
        return 2.0 if self.finish else None

    def feed(self, piece: bytes) -> bytes:
        """What LiteLLM shall read of this piece now. What comes with the end is held back until all of it is there."""
        if "eventstream" in self.headers.get("content-type", ""):
            self.shape = "opaque"
            return piece
        text = self._decoder.decode(piece)
        if self.shape == "unknown":
            text = (self._tail + text).lstrip("\ufeff")
            self._tail = ""
            self.shape = self._recognise(text)
        if len(self.start) < KEPT:
            self.start = (self.start + text)[:KEPT]
        match self.shape:
            case "events" | "lines":
                return self._take_lines(text).encode()
            case "page":
                return b""
            case _:
                self._tail += text
                return b""

    def rest(self) -> bytes:
        """What is left for LiteLLM at the end of the body."""
        self.over = True
        match self.shape:
            case "events" | "lines":
                last = self._take_lines("\n") if self._tail else ""
                return (last + "".join(self._held)).encode()
            case "json":
                return self._whole().encode()
            case _:
                return b""

    def _recognise(self, text: str) -> Shape:
        kind = self.headers.get("content-type", "")
        match text.lstrip()[:1]:
            case "":
                return "unknown"
            case "{" | "[":
                return "lines" if "ndjson" in kind or "jsonl" in kind else "json"
            case "<":
                return "page"
            case _ if self.streams or "event-stream" in kind:
                return "events"
            case _:
                return "page"

    def _take_lines(self, text: str) -> str:
        *lines, self._tail = (self._tail + text.replace("\r\n", "\n")).split("\n")
        out = []
        for line in lines:
            line = self._take_line(line)
            if self.ended:
                self._held.append(line + "\n")
            else:
                out.append(line + "\n")
        return "".join(out)

    def _take_line(self, line: str) -> str:
        if self.shape == "lines":
            start, payload = "", line
        else:
            name, _, payload = line.partition(":")
            if name != "data":
                return line
            start, payload = "data: ", payload.removeprefix(" ")
        if payload.strip() == "[DONE]":
            self.known = self.done = True
            return line
        return start + self._understood(payload) if payload.strip() else line

    def _whole(self) -> str:
        return self._understood(self._tail)

    def _understood(self, payload: str) -> str:
        """Learn from one JSON text; returned as LiteLLM can read it."""
        try:
            content = json.loads(payload)
        except (ValueError, RecursionError):
            self.broken = True
            return payload
        if isinstance(content, dict) and self._learn(content):
            return json.dumps(content)
        return payload.translate(_NEWLINES) if not payload.isascii() else payload

    def _learn(self, content: dict[str, JsonValue]) -> bool:
        """Take note of what one object says. True if it had to be changed."""
        if error := content.get("error"):
            self.error = error
        if isinstance(usage := content.get("usage"), dict):
            self.usage = usage
        self.counted = self.counted or any(content.get(key) for key in ("usage", "usageMetadata", "prompt_eval_count"))
        self.done = self.done or content.get("type") in _LAST_EVENTS
        choices = content.get("choices")
        if isinstance(choices, list):
            self.known = True
            changed = [self._learn_choice(choice) for choice in choices if isinstance(choice, dict)]
            return any(changed)
        for place in (content, content.get("delta"), first(content.get("candidates"))):
            if isinstance(place, dict):
                self.known = self.known or not _DIALECTS.isdisjoint(place)
                words = [word for key in _FINISHES if isinstance(word := place.get(key), str) and word]
                self.finish = words[0] if words else self.finish
        if content.get("done") is True:
            self.finish = self.finish or "stop"
        return False

    def _learn_choice(self, choice: dict[str, JsonValue]) -> bool:
        self.finish = str(choice.get("finish_reason") or self.finish)
        piece = choice.get("delta") or choice.get("message")
        content = piece.get("content") if isinstance(piece, dict) else None
        if isinstance(content, str):
            self.characters += len(content)
        if not isinstance(piece, dict) or not isinstance(content, list):
            return False
        text = "".join(_text_of(part) for part in content)
        self.characters += len(text)
        piece["content"] = text
        return True


def first(values: JsonValue) -> JsonValue:
    """The first of a list, or None."""
    return values[0] if isinstance(values, list) and values else None


def _text_of(part: JsonValue) -> str:
    """The text of one part of a content given as a list."""
    if isinstance(part, dict):
        part = part.get("text")
    return part if isinstance(part, str) else ""
