"""CrewAI's `agents.yaml`: one persona for each key that has a role."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import JsonValue

from agentchat.library.formats.brought import Brought, first_sentence, flawed, line_of, text_of, without_secrets
from agentchat.library.front_matter import read_map

FORMAT = "CrewAI agents"
MAX_BYTES = 128 * 1024
_MARKS = {"role", "goal", "backstory"}
_GAP = re.compile(r"\{[A-Za-z_]\w*\}")
_SHAPE = re.compile(r"^[ \t]+[\"']?(?:role|goal|backstory)[\"']?[ \t]*:", re.MULTILINE)


def seems(text: str) -> bool:
    """Whether the text has the shape of one, valid or not."""
    return _SHAPE.search(text) is not None


def read(text: str, path: Path) -> list[Brought]:
    """The personas of the file, in its order. Raises FlawError with the line."""
    agents, lines = read_map(text, path, MAX_BYTES)
    found = [
        _agent(key, agent, path, lines.get(key, 1))
        for key, agent in agents.items()
        if isinstance(agent, dict) and agent.keys() & _MARKS
    ]
    if not found:
        raise flawed(path, "names no agent with a role, a goal or a backstory", line=1)
    return found


def _agent(key: str, agent: dict[str, JsonValue], path: Path, line: int) -> Brought:
    kept, secrets = without_secrets(agent)
    role, goal, backstory = (text_of(kept.get(mark)) for mark in ("role", "goal", "backstory"))
    if not (role or goal or backstory):
        raise flawed(path, f"{key[:60]}: its role, goal and backstory are no text", line=line)
    name = line_of(key.replace("_", " "), 60).title()
    title = line_of(role, 60)
    parts = [f"You are {name}{f', {title}' if title and title.casefold() != name.casefold() else ''}."]
    parts += [
        part for part in (role if len(role) > 60 else "", backstory, f"Your goal: {goal}" if goal else "") if part
    ]
    gaps = dict.fromkeys(_GAP.findall(f"{role} {goal} {backstory}"))
    unused = [mark for mark in kept if mark not in _MARKS and mark != "llm"]
    ignored = [*secrets, *(f"{line_of(mark, 40)} is kept, and means nothing here" for mark in unused)]
    ignored += [f"{gap} is left as it stands: a crew would fill it in" for gap in gaps]
    own: dict[str, JsonValue] = {"title": title, "focus": line_of(goal), "description": first_sentence(goal or role)}
    llm = text_of(kept.get("llm"))
    if "/" in llm and " " not in llm:
        own["model"] = [llm]
    return Brought(FORMAT, name, "\n\n".join(parts), own, {key: kept}, tuple(ignored))
