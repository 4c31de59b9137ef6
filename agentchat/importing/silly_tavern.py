"""SillyTavern's chats, of one character or a group: a header, then one message a line.

What a person hid, and the program's own notices (`is_system`), are no part of the talk. Swipes become alternatives.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from agentchat.errors import UsageError
from agentchat.events import SessionOpened
from agentchat.importing.taken import Taken
from agentchat.importing.talk import Message, moment, session, title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

FORM = "SillyTavern"
_HEADER = ("chat_metadata", "character_name", "user_name")


class Digest(Protocol):
    """What an id is made by."""

    def update(self, piece: bytes, /) -> None:
        """Take in more."""
        ...

    def hexdigest(self) -> str:
        """What it comes to."""
        ...


def begins(line: bytes) -> bool:
    """Whether this is the first line of such a chat."""
    fields = _fields(line)
    return any(name in fields for name in _HEADER) or ("mes" in fields and "is_user" in fields)


def read(lines: Iterable[tuple[int, bytes]], name: str, digest: Digest) -> Taken:
    """The talk as a session. Raises UsageError where nothing was said."""
    said: list[Message] = []
    damaged: list[str] = []
    hidden = 0
    for number, line in lines:
        digest.update(line + b"\n")
        fields = _fields(line)
        if not isinstance(fields.get("mes"), str):
            if not any(one in fields for one in _HEADER):
                damaged.append(f"line {number}: it is no message, or was cut off")
        elif fields.get("is_system"):
            hidden += 1
        elif str(fields["mes"]).strip():
            said.append(_message(fields))
    if not said:
        raise UsageError(f"{name}: nothing is said in it")
    notes = [f"{hidden} hidden or system message{'s' if hidden != 1 else ''} left out"] if hidden else []
    topic = said[0].text if said[0].human else title(one.who for one in said if not one.human)
    events = session(digest.hexdigest(), topic, said[1:] if said[0].human else said, form=FORM)
    opened = events[0][0]
    assert isinstance(opened, SessionOpened)
    return Taken(f"a chat of {FORM}", opened, tuple(events), tuple(damaged), tuple(notes))


def _fields(line: bytes) -> dict[str, JsonValue]:
    """The line's object; empty where it is none."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _message(fields: dict[str, JsonValue]) -> Message:
    text, swipes, extra = str(fields["mes"]), fields.get("swipes"), fields.get("extra")
    others = [one for one in swipes if isinstance(one, str) and one.strip()] if isinstance(swipes, list) else []
    if text in others:
        others.remove(text)
    model = extra.get("model") if isinstance(extra, dict) else None
    return Message(
        str(fields.get("name") or "Somebody"),
        text,
        human=fields.get("is_user") is True,
        at=moment(fields.get("send_date")),
        others=tuple(dict.fromkeys(others)),
        model=model if isinstance(model, str) else "",
    )
