"""Markdown from elsewhere: agent files of Claude Code and Copilot, aichat roles and Fabric patterns."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import JsonValue

from agentchat.library import front_matter
from agentchat.library.fields import Fields
from agentchat.library.formats.brought import Brought, first_sentence, flawed, line_of, plain
from agentchat.library.persona_file import KEYS, parse_persona

AGENT, ROLE, PATTERN = "agent Markdown", "aichat role", "Fabric pattern"
INPUT = "__INPUT__"
SYSTEM = "system.md"
_COPILOT = ".agent.md"
_TAIL = 200
_INPUT_HEADING = re.compile(r"(?:\n[# \t]{0,8}INPUT:?[ \t]{0,8})+\s{0,8}\Z")
_ROLE_KEYS = {"model", "temperature", "top_p", "use_tools", "prompt", "agent_session", "variables"}


def read(text: str, path: Path) -> list[Brought]:
    """The one persona of a Markdown file. Raises FlawError with the line."""
    if path.name.lower() == SYSTEM:
        return [_pattern(text, path)]
    if text.split("\n", 1)[0].rstrip() != "---":
        return [_role(text, path, {}, ())]
    front = front_matter.read(text, path)
    if "name" not in front.values and not path.name.endswith(_COPILOT) and front.values.keys() <= _ROLE_KEYS:
        fields = Fields(front, path)
        values = fields.rest()
        return [
            _role(front.body, path, {key: values[key] for key in values}, tuple(flaw.message for flaw in fields.flaws))
        ]
    return [_agent(text, path)]


def _agent(text: str, path: Path) -> Brought:
    """A file that our own reader reads: what it says is taken over as it stands."""
    reading = parse_persona(text, path)
    if reading.persona is None:
        fatal = next(flaw for flaw in reading.flaws if flaw.fatal)
        raise flawed(path, fatal.message, fatal.hint, fatal.line)
    one = reading.persona
    fields = one.model_dump(mode="json", include={*KEYS} - {"name"}, exclude_defaults=True)
    said = reading.front.values if reading.front else {}
    own = {key: value for key, value in fields.items() if key in said} | one.extra
    return Brought(AGENT, one.name, one.prompt, own, None, tuple(flaw.message for flaw in reading.flaws))


def _pattern(text: str, path: Path) -> Brought:
    name = line_of(path.absolute().parent.name.replace("_", " "), 60).title()
    body = plain(text)
    if not body:
        raise flawed(path, f"is a {PATTERN} without a text")
    lines = [line for line in body.splitlines() if line.strip() and not line.startswith("#")]
    ignored = []
    without = plain(body[:-_TAIL] + _INPUT_HEADING.sub("", body[-_TAIL:]))
    if without and without != body:
        body = without
        ignored.append("its INPUT heading is left out: the room is the input")
    about = first_sentence(lines[0]) if lines else ""
    return Brought(PATTERN, name or "Pattern", body, {"description": about}, {"system.md": text}, tuple(ignored))


def _role(body: str, path: Path, values: dict[str, JsonValue], notes: tuple[str, ...]) -> Brought:
    body = plain(body)
    if not body:
        raise flawed(path, f"is an {ROLE} without a text", "expected the prompt")
    name = line_of(path.stem.strip("%").replace("-", " ").replace("_", " "), 60).title()
    ignored = list(notes)
    if INPUT in body:
        ignored.append(f"{INPUT} reads as 'the topic'")
        body = body.replace(INPUT, "the topic")
    own: dict[str, JsonValue] = {"description": first_sentence(body), **values}
    model = own.pop("model", None)
    if isinstance(model, str) and ":" in model:  # aichat writes openai:gpt-4o where LiteLLM writes openai/gpt-4o
        model = model.replace(":", "/", 1)
    if model is not None:
        own["model"] = model
    ignored += [f"{line_of(key, 40)} is kept, and means nothing here" for key in values if key not in KEYS]
    return Brought(ROLE, name or "Role", body, own, None, tuple(ignored))
