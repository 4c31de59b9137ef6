"""A persona while somebody writes it: what stands in each line of a form, which may be anything yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from pathlib import Path

from pydantic import JsonValue

from agentchat.library import front_matter
from agentchat.library.amending import amended
from agentchat.library.written import markdown

LISTS = frozenset({"tags", "model"})
"""Fields that may name several, with commas."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """The fields of a form, as they are typed."""

    name: str = ""
    title: str = ""
    description: str = ""
    focus: str = ""
    tags: str = ""
    model: str = ""
    avatar: str = ""
    color: str = ""
    talkativeness: str = ""
    prompt: str = ""

    def changed(self, name: str, words: str) -> Sketch:
        """The same with other words in one field."""
        return replace(self, **{name: words})

    def renamed(self, name: str) -> Sketch:
        """The same persona under another name, also where its prompt calls it by it."""
        if not self.name or not name:
            return self.changed("name", name)
        called = re.compile(rf"(?<!\w){re.escape(self.name)}(?!\w)")
        return replace(self, name=name, prompt=called.sub(lambda _: name, self.prompt))


FIELDS = tuple(field.name for field in fields(Sketch) if field.name != "prompt")
"""Those that stand in front matter."""


def sketched(text: str, path: Path) -> Sketch:
    """What stands in a file. Raises FlawError if it has no front matter that can be read."""
    front = front_matter.read(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), path)
    return Sketch(**{name: _words(front.values.get(name, "")) for name in FIELDS}, prompt=front.body)


def written(sketch: Sketch, base: str = "") -> str:
    """The file that says this; where it changes one, `base`, only the lines of what is different are others."""
    if not base:
        return markdown(sketch.name.strip(), {name: _value(sketch, name) for name in FIELDS}, sketch.prompt)
    old = sketched(base, Path("persona.md"))
    changes = {name: _value(sketch, name) for name in FIELDS if getattr(sketch, name) != getattr(old, name)}
    return amended(base, changes, sketch.prompt)


def prompt_of(sketch: Sketch, blind_spot: str, voice: str) -> str:
    """A prompt of what a person said of a persona, one thought a paragraph."""
    job, focus, blind = (_clause(text) for text in (sketch.title, sketch.focus, blind_spot))
    article = "an" if job[:1].lower() in set("aeiou") else "a"
    parts = (
        f"You are {_clause(sketch.name)}" + (f", {article} {job}." if job else "."),
        focus and f"You care about {focus}. You judge every idea by that first, and say what would change your mind.",
        _sentence(voice),
        blind and f"Your blind spot is {blind}. When somebody names it, do not defend yourself: ask what you missed.",
        "You never speak for anybody else, and never agree only to be polite.",
    )
    return "\n\n".join(part for part in parts if part)


def _clause(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _sentence(text: str) -> str:
    line = _clause(text)
    if not line:
        return ""
    starts = re.match(r"(?i)you\b|your\b", line)
    return f"{line[0].upper()}{line[1:]}." if starts else f"You speak like this: {line}."


def _words(value: JsonValue) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).strip()


def _value(sketch: Sketch, name: str) -> JsonValue:
    words = str(getattr(sketch, name)).strip()
    if name not in LISTS:
        return words
    items = [one.strip() for one in words.split(",") if one.strip()]
    return items[0] if name == "model" and len(items) == 1 else list[JsonValue](items)
