"""Replies read from a file, for tests and demos: `scripted/FILE`. No model is asked, and the screen says so.

The file is TOML: replies by speaker and kind of turn, `*` for any, taken in order and from the start again.

    pace = 25                          # words a second; 0, the default, is all at once

    [ada]
    say = ["Rents fell by a third.", "Then lease the empty houses."]
    position = ['{"stance": "agree", "why": "it is cheap"}']

    ["*"]
    "*" = ["I have nothing to add yet."]
    synthesis = ["!fail server"]       # fails as a model may: any kind of models.faults

The reply is chosen by how many turns of the kind its speaker had before, so a session killed and
resumed is told the same.
"""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel, Field, JsonValue, ValidationError

from agentchat.errors import ModelError, ModelErrorKind
from agentchat.models.base import End, Text, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from agentchat.models.base import Request

PREFIX = "scripted/"


class Script(BaseModel):
    """A script as read."""

    pace: float = Field(0, ge=0)
    replies: dict[str, dict[str, list[str]]] = Field(default_factory=dict)

    def reply(self, speaker: str, kind: str, index: int) -> str | None:
        """The reply for this turn: the speaker's own first, the kind's own before any."""
        for who in (speaker, "*"):
            for what in (kind, "*"):
                if options := self.replies.get(who, {}).get(what):
                    return options[index % len(options)]
        return None


def read(path: Path) -> Script:
    """The script in a file. Raises ModelError that says what is wrong with it."""
    try:
        raw = tomllib.loads(path.expanduser().read_text(encoding="utf-8"))
        return Script(pace=raw.pop("pace", 0), replies=raw)
    except OSError as error:
        raise ModelError("not_installed", f"the script {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError("not_installed", f"the script {path} is no TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ModelError(
            "not_installed",
            f"the script {path}: {where}: {first['msg']}",
            hint='A reply is a list of texts under its speaker: [ada] then say = ["…"].',
        ) from None


class ScriptedProvider:
    """Speaks from scripts. Each file is read once."""

    def __init__(self) -> None:
        self._scripts: dict[str, Script] = {}

    async def stream(self, request: Request) -> AsyncGenerator[Text | End]:
        """The reply's words as paced, then its end."""
        name = request.model.removeprefix(PREFIX)
        if name not in self._scripts:
            self._scripts[name] = read(Path(name))
        script = self._scripts[name]
        reply = script.reply(request.speaker, request.kind, request.turn_index)
        if reply is None:
            raise ModelError(
                "bad_request",
                f"the script {name} has no reply of {request.speaker} for {request.kind}",
                hint='["*"] with "*" = ["…"] answers everything else.',
            )
        if reply.startswith("!fail"):
            raise _fault(reply)
        if request.schema is not None and not reply.lstrip().startswith("{"):
            reply = _fitting(reply, request.schema)
        words = re.findall(r"\S+\s*", reply)
        for word in words:
            if script.pace:
                await asyncio.sleep(1 / script.pace)
            yield Text(word)
        asked = sum(len(message.content.split()) for message in request.messages)
        yield End("stop", Usage(asked, len(words), estimated=True), request.model, "stop")

    async def aclose(self) -> None:
        """Nothing is held."""


def _fault(reply: str) -> ModelError:
    kind = reply.removeprefix("!fail").strip() or "server"
    for known in get_args(ModelErrorKind):
        if known == kind:
            return ModelError(known, f"the script says: {kind}")
    return ModelError("server", f"the script says: {kind}")


def _fitting(reply: str, schema: Mapping[str, JsonValue]) -> str:
    """One field asked alone, as of a tiny model: the reply as that field's value."""
    properties = schema.get("properties")
    names = list(properties) if isinstance(properties, dict) else []
    return json.dumps({names[0]: reply}) if len(names) == 1 else reply
