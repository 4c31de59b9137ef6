"""What makes a room of good files fail: a voice without a limit, words that say nothing, two who say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from agentchat.library.flaw import Flaw
from agentchat.library.persona_file import Reading
from agentchat.persona import Persona

MANY = 200
"""More files than these are no line-up, and are not compared pair by pair."""
SAME_FOCUS, SAME_PROMPT = 0.6, 0.7
"""Shares of words in common from which two say the same."""
ONE_MODEL = 3
"""From this many on, personas that all wish for one model are pointed out."""

_LIMIT = re.compile(
    r"blind spots?|blind to"
    r"|\b(?:do not|don't|does not|never|rarely|seldom|fail to|hardly) (?:see|notice|consider|weigh)"
    r"|\bweak(?:ness|nesses|est| spot| point)|\bbias(?:es|ed)?\b|overlook|underestimate"
    r"|\byou (?:tend to )?(?:miss|forget)\b|\blimits? of (?:your|my)",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:you are an? (?:helpful|friendly|useful|intelligent) (?:ai )?(?:assistant|agent|ai)|as an ai\b"
    r"|large language model|world[- ]class|cutting[- ]edge|best[- ]in[- ]class|state[- ]of[- ]the[- ]art"
    r"|think(?:s|ing)? outside the box|synerg(?:y|ies|istic)|game[- ]chang(?:er|ing)|holistic(?:ally)?"
    r"|seasoned (?:expert|professional)|highly (?:skilled|experienced|motivated)|years of experience|passionate about"
    r"|always (?:be|stay) (?:helpful|polite|professional)|provide (?:valuable|helpful|insightful|high[- ]quality)"
    r"|lorem ipsum)\b",
    re.IGNORECASE,
)
_USURPS = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |any |the |your ){0,3}(?:previous|prior|earlier|above)"
    r" (?:instructions|rules|prompts?)"
    r"|\b(?:speak|answer|decide|vote|reply|act) (?:for|as|on behalf of|in the name of)"
    r" (?:the )?(?:user|human|system|moderator|everyone|others|other (?:personas|participants))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = "the and you your are for with that this from not but what who how its has have they them never one"
_EMPTY = frozenset(_COMMON.split())
_TELLING = "the and you your to that what for with not they how them their are when who"
_ENGLISH = frozenset(_TELLING.split())
_FEW, _SHARE = 8, 0.05
"""A text of so many words, and so small a share of English ones among them, is taken for one of another language."""


def alone(path: Path, reading: Reading) -> Iterator[Flaw]:
    """What one file had better say, or not say."""
    persona, front = reading.persona, reading.front
    if persona is None or front is None:
        return

    def note(match: re.Match[str] | None, message: str, hint: str) -> Flaw:
        line = front.body_line + (persona.prompt.count("\n", 0, match.start()) if match else 0)
        said = f": {' '.join(match[0].split())}" if match else ""
        return Flaw(path, line, f"{message}{said}", hint, fatal=False)

    if _LIMIT.search(persona.prompt) is None and _english(persona.prompt):
        hint = "add a line such as  Your blind spot is scale: you rarely notice the bill."
        yield note(None, "names no blind spot: nobody in the room can correct it", hint)
    if found := _FILLER.search(persona.prompt):
        yield note(found, "holds words that tell a model nothing", "say what it asks, counts or refuses instead")
    if found := _USURPS.search(persona.prompt):
        yield note(found, "tries to speak for somebody else", "let it speak for itself: nobody else's turn is taken")


def together(readings: Sequence[tuple[Path, Reading]]) -> Iterator[Flaw]:
    """What files of one folder do to each other."""
    folders: dict[Path, list[tuple[Path, Reading, Persona]]] = {}
    for path, reading in readings:
        if reading.persona is not None:
            folders.setdefault(path.parent, []).append((path, reading, reading.persona))
    for members in folders.values():
        yield from _one_model(members)
        if len(members) <= MANY:
            yield from _alike(members)


def _one_model(members: list[tuple[Path, Reading, Persona]]) -> Iterator[Flaw]:
    wished = {persona.model[:1] for _, _, persona in members}
    if len(members) < ONE_MODEL or len(wished) != 1 or wished == {()}:
        return
    path, reading, persona = members[0]
    line = reading.front.lines.get("model", 1) if reading.front else 1
    message = f"model: all {len(members)} here wish for {persona.model[0]}: they err alike"
    yield Flaw(path, line, message, "give one of them a model of another maker", fatal=False)


def _alike(members: list[tuple[Path, Reading, Persona]]) -> Iterator[Flaw]:
    """Two whose job is nearly the same. Those where it is just the same are found elsewhere."""
    told = [
        (path, reading, persona, _words(persona.focus), _words(persona.prompt)) for path, reading, persona in members
    ]
    for (first, _, one, focus, prompt), (path, reading, other, focus_too, prompt_too) in combinations(told, 2):
        front = reading.front
        if front is None:
            continue
        hint = f"give @{other.id} a job that @{one.id} does not have, or leave it out"
        if focus != focus_too and min(len(focus), len(focus_too)) >= 3 and _share(focus, focus_too) >= SAME_FOCUS:
            line = front.lines.get("focus", front.lines.get("description", 1))
            yield Flaw(path, line, f"has nearly the same focus as {first.name}", hint, fatal=False)
        alike = min(len(prompt), len(prompt_too)) >= 12 and _share(prompt, prompt_too) >= SAME_PROMPT
        if alike and one.prompt != other.prompt:
            yield Flaw(path, front.body_line, f"has nearly the same prompt as {first.name}", hint, fatal=False)


def _english(text: str) -> bool:
    """Whether what is searched for could be in it at all: these are words of one language."""
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]
    told = sum(word in _ENGLISH for word in words)
    foreign = sum(not char.isascii() for word in words for char in word)
    return 2 * foreign <= sum(map(len, words)) and (len(words) < _FEW or told >= _SHARE * len(words))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold())) - _EMPTY


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
