"""Messages with roles, as OpenAI's and many other programs have them: a list, or an object with `messages` in it.

System messages become material. What a tool was asked and gave back, and pictures, are no speech, and left out.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.events import Material, SessionOpened
from agentchat.importing.taken import Taken
from agentchat.importing.talk import Message, moment, session, title, whole

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agentchat.importing.plain import Lines
    from agentchat.importing.silly_tavern import Digest

MOST = 8 * 1024 * 1024
"""Bytes of such a file: a JSON that is read whole takes thirty times its size."""
FORM = "messages with roles"
ASSISTANT = "The assistant"
SHAPE = 'It takes {"messages": [{"role": "user", "content": "…"}, …]}, or the list alone.'


def begins(line: bytes) -> bool:
    """Whether this may be the first line of such a file."""
    return line.startswith((b"{", b"["))


def read(lines: Lines, name: str, digest: Digest) -> Taken:
    """The talk as a session. Raises UsageError where it is none."""
    data = lines.rest(MOST)
    digest.update(data)
    listed, model = _listed(data, name)
    left: Counter[str] = Counter()
    material: list[Material] = []
    said: list[Message] = []
    people = _people(listed)
    for one in listed:
        role, text = str(one.get("role") or ""), _text(one.get("content"), left)
        if role in ("system", "developer"):
            if text.strip():
                number = f" {len(material) + 1}" if material else ""
                material.append(Material(name=f"{role} message{number}", text=whole(text)))
        elif role in ("user", "assistant") and text.strip():
            said.append(_message(one, role, text, people, model))
        elif role not in ("user", "assistant"):
            left[f"message of {role or 'no role'}"] += 1
    if not said:
        raise UsageError(f"{name}: nothing is said in it", hint=SHAPE)
    topic = said[0].text if said[0].human else title(one.who for one in said if not one.human)
    rest = said[1:] if said[0].human else said
    events = session(digest.hexdigest(), topic, rest, form=FORM, material=tuple(material))
    opened = events[0][0]
    assert isinstance(opened, SessionOpened)
    notes = tuple(f"{count} × {what} left out" for what, count in left.items())
    return Taken(FORM, opened, tuple(events), (), notes)


def _listed(data: bytes, name: str) -> tuple[list[dict[str, JsonValue]], str]:
    """The messages, and the model that the file names. Raises UsageError."""
    try:
        whole = json.loads(data)
    except RecursionError:
        raise UsageError(f"{name} is nested too deep to be a talk", hint=SHAPE) from None
    except ValueError as error:
        if getattr(error, "msg", "") == "Extra data":
            raise UsageError(
                f"{name} holds more than one conversation", hint="Put each in a file of its own."
            ) from None
        why = error.msg if isinstance(error, json.JSONDecodeError) else "it holds what is no text"
        raise UsageError(f"{name} is no JSON: {why}", hint=SHAPE) from None
    model = whole.get("model") if isinstance(whole, dict) else None
    found = whole.get("messages") if isinstance(whole, dict) else whole
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) and "role" in one for one in found):
        raise UsageError(f"{name} holds no list of messages with roles", hint=SHAPE)
    return found, model if isinstance(model, str) else ""


def _people(listed: list[dict[str, JsonValue]]) -> frozenset[str]:
    """Names of users who are more than the person: where several speak as user, each is somebody."""
    names = {str(one["name"]) for one in listed if one.get("role") == "user" and one.get("name")}
    nameless = any(one.get("role") == "user" and not one.get("name") for one in listed)
    return frozenset(names) if len(names) + nameless > 1 else frozenset()


def _message(one: dict[str, JsonValue], role: str, text: str, people: frozenset[str], model: str) -> Message:
    name = str(one.get("name") or "")
    own = one.get("model")
    return Message(
        name or ASSISTANT,
        text,
        human=role == "user" and name not in people,
        at=moment(one.get("created_at") or one.get("timestamp") or one.get("create_time")),
        model=(own if isinstance(own, str) else model) if role == "assistant" else "",
    )


def _text(content: JsonValue, left: Counter[str]) -> str:
    """The words of a message: a text, or the texts among its parts."""
    if isinstance(content, str):
        return content
    texts = []
    for part in content if isinstance(content, list) else ():
        text = part.get("text") if isinstance(part, dict) else part
        if isinstance(text, str):
            texts.append(text)
        else:
            kind = part.get("type") if isinstance(part, dict) else None
            left[str(kind or "part without words")] += 1
    return "\n\n".join(texts)
