"""The first words of a tiny model's reply, and what a turn comes to in a few words.

A model of a hundred million parameters drifts into lists and stories unless its reply is begun for it; and it copies
word for word whatever whole sentence of another it is shown. Both lists and limits are measured (FACTS).
"""

from __future__ import annotations

import re
from functools import lru_cache

from agentchat.prompting.quoting import neutral

FIRST = (
    "As {t}, I would",
    "For example, we could",
    "One thing we could try is",
    "The main problem is that",
    "What matters most to me is that",
)
"""While there is nobody to react to. `{t}` is the speaker's job, `{x}` the one who spoke last."""

LATER = (
    "Building on what {x} said, we could",
    "Unlike {x}, I would",
    "Together with {x}, I would",
    "To make {x}'s idea work, we should",
    "The risk with {x}'s idea is that",
)
LAST = (
    "As {t}, I think we should",
    "After hearing {x}, I think we should",
    "In the end, I would choose",
)
"""For the last of three rounds or more, beside the ones before."""

ANSWER = ("To help with that, we could", "With that in mind, I would", "For that, we could")
"""When the person in the room has spoken. (After “To answer that, I would” most go on with “say …”.)"""

_ALL = (*FIRST, *LATER, *LAST, *ANSWER, "We should")
_PATTERNS = tuple(
    (
        opening,
        re.compile(re.escape(opening).replace(r"\{t\}", "[^,.]{1,60}?").replace(r"\{x\}", "[^,.]{1,60}?") + r"(?= |$)"),
    )
    for opening in sorted(_ALL, key=len, reverse=True)
)
_SENTENCE = re.compile(r"\s*(.+?[.!?])(?=\s|$)", re.DOTALL)
_WHOLE = re.compile(r".*[.!?]", re.DOTALL)
_SPEAKING = re.compile(r"(?:I )?(?:say(?:ing)?|argue|think|believe|suggest) (?:that )?")
_FILLER = re.compile(r"(?:to |like to |love to |rather |instead |also )+")
_BOUNDARY = re.compile(r"[,.!?] | (?:that|which|where|who|so|while|by|but|and|because) ")
_ADJECTIVE = re.compile(r"\b(?:an?|its|our|their|more|most) \S+$")
_I = re.compile(r"I\b")
_DANGLING = re.compile(
    r"(?: (?:an?|the|its|our|their|more|most|other|single|of|on|in|to|for|from|with|as|at|into|based|used|be|is|are))+$"
)
_STOPS = (".", "!", "?", "…", ",")
_MENTION = re.compile(r"(?<!\S)@[\w-]+[,:]?")
_EMPHASIS = re.compile(r"[*_`#~]+")
_MARKS = re.compile(r"[>\[\]()\"“”„«»:;<|]+")
_LOOSE = re.compile(r"\s+([.,!?])")


@lru_cache(maxsize=2048)
def split(text: str) -> tuple[str, str]:
    """The opening a reply began with, as listed above, and the rest; no opening where it began with none."""
    for opening, pattern in _PATTERNS:
        if found := pattern.match(text):
            return opening, text[found.end() :].strip()
    return "", text.strip()


def one_line(text: str) -> str:
    """A text on one line, without marks and without its @mentions; every line of it a sentence."""
    lines = (_MARKS.sub(" ", _EMPHASIS.sub("", _MENTION.sub("", line))) for line in neutral(text).split("\n"))
    plain = (_LOOSE.sub(r"\1", " ".join(line.split())) for line in lines)
    return " ".join(line if line.endswith(_STOPS) else f"{line}." for line in plain if line.strip(" .-–…"))


def first_sentence(text: str) -> str:
    """The first sentence of a text, on one line."""
    found = _SENTENCE.match(one_line(text))
    return found[1] if found else ""


def last_sentence(text: str, words: int) -> str:
    """The last sentence of a text, on one line, cut after so many words."""
    last = " ".join(re.split(r"(?<=[.!?])\s+", one_line(text))[-1].split()[:words])
    return last[:1].upper() + last[1:]


def whole(text: str) -> str:
    """A text that was cut off, up to its last whole sentence; as it is where it has none."""
    found = _WHOLE.match(text)
    return found[0] if found else text


@lru_cache(maxsize=2048)
def idea(text: str) -> str:
    """What a turn comes to, to follow its speaker's name: `wants to …` or `says …`, 14 words at most; or nothing."""
    opening, rest = split(first_sentence(text))
    wants = opening.endswith(("would", "could", "should")) or (opening.endswith("is") and rest.startswith("to "))
    rest = _FILLER.sub("", rest, count=1) if _FILLER.match(rest) else rest
    if speaking := _SPEAKING.match(rest):
        wants, rest = False, rest[speaking.end() :]
    clause = _clause(rest)
    if len(clause.split()) < 3:
        return ""
    if wants:
        return f"wants to {clause}"
    verb = "worries that" if opening.startswith(("The risk", "The main problem")) else "says"
    return f"{verb} {clause}" if _I.match(clause) else f"{verb} {clause[0].lower()}{clause[1:]}"


def _clause(text: str) -> str:
    """The beginning of a sentence, up to where it could end: 14 words and 90 characters at most."""
    for boundary in _BOUNDARY.finditer(f"{text} "):
        head = text[: boundary.start()]
        # `a unified, scalable server` and `a vibrant and green town` go on.
        if boundary.start() > 15 and not (boundary[0] in (", ", " and ") and _ADJECTIVE.search(head)):
            text = head
            break
    words = text.strip(" .,!?").split()[:14]
    while len(" ".join(words)) > 90:
        words.pop()
    return _DANGLING.sub("", " ".join(words)).rstrip(" ,")
