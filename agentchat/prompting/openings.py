"""The first words of a tiny model's reply, and what a turn comes to in a few words.

A model of a hundred million parameters drifts into lists and stories unless its reply is begun for it; and it copies
word for word whatever whole sentence of another it is shown. Both lists and limits are measured (FACTS).
"""

from __future__ import annotations

import re
from functools import lru_cache

from agentchat.prompting.quoting import neutral

_TRY, _PROBLEM = "One thing we could try is", "The main problem is that"
FIRST = (
    "As {t}, I would",
    "For example, we could",
    _TRY,
    _PROBLEM,
    "What matters most to me is that",
)
"""While there is nobody to react to. `{t}` is the speaker's job, `{x}` the one who spoke last."""

RISK = "The risk with {x}'s idea is that"
"""The weakest of them, gossip now and then: once a round at most."""

LATER = (
    "Building on what {x} said, we could",
    "Unlike {x}, I would",
    "Together with {x}, I would",
    "To make {x}'s idea work, we should",
    RISK,
)
LAST = (
    "As {t}, I think we should",
    "After hearing {x}, I think we should",
    "In the end, I would choose",
)
"""For the last of three rounds or more, beside the ones before."""

ANSWER = ("To help with that, we could", "With that in mind, I would", "For that, we could")
"""When the person in the room has spoken. (After “To answer that, I would” most go on with “say …”.)"""

TOGETHER = "Together, we should"
"""How a synthesis goes on after what each one wants."""

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
_NOT = re.compile(r"not (?:to )?")
_FILLER = re.compile(r"(?:to |(?:want|need|like|love|prefer|have) to |rather |instead |also )+")
_WISH = re.compile(r"(?:want|need|like|love|prefer) ")
_SPEAKING = re.compile(
    r"(?:I )?(?:(?:say(?:ing)?|argue|think|believe) (?:that )?|(?:suggest|recommend|propose|advise) that )"
)
_SUGGESTING = re.compile(r"(?:I )?(?:suggest|recommend|propose|advise) ")
_BOUNDARY = re.compile(r"[,.!?] | (?:that|which|where|who|so|while|when|if|by|but|and|because) ")
_ADJECTIVE = re.compile(r"\b(?:an?|its|our|their|more|most) \S+$")
_I = re.compile(r"I\b")
_DANGLING = re.compile(
    r"(?: (?:an?|the|its|our|their|more|most|other|single|of|on|in|to|for|from|with|without|as|at|into|based|used|be|is"
    r"|are|has|have|just|only|even|not))+$"
)
_LINK = re.compile(r"(.{30,}) (?:for|of|in|to|with|without|and|or|as|by|on|at|from|into|than|through|rather)\b.*")
"""A clause that was cut off, up to its last preposition: what follows one is seldom whole."""

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
    wants = opening.endswith(("would", "could", "should")) or (opening == _TRY and rest.startswith("to "))
    verb, rest = _wish(rest) if wants else _statement(opening, rest)
    clause = _clause(rest)
    if len(clause.split()) < 3:
        return ""
    lower = wants or not _I.match(clause)
    return f"{verb} {clause[0].lower()}{clause[1:]}" if lower else f"{verb} {clause}"


def _wish(rest: str) -> tuple[str, str]:
    """What follows “I would”, and the verb that says the same of another."""
    rest = _without(_FILLER, rest)
    refused = _NOT.match(rest) is not None
    rest = _without(_FILLER, _without(_NOT, rest))
    if not refused and (speaking := _SPEAKING.match(rest)):
        return "says", rest[speaking.end() :]
    if suggesting := _SUGGESTING.match(rest):
        return "does not suggest" if refused else "suggests", rest[suggesting.end() :]
    if wish := _WISH.match(rest):
        return "does not want" if refused else "wants", rest[wish.end() :]
    return "does not want to" if refused else "wants to", rest


def _statement(opening: str, rest: str) -> tuple[str, str]:
    """What follows “is” or “is that”, or a sentence with no known opening, and the verb that reports it."""
    if opening == _TRY and not rest.startswith("that "):
        return "suggests", rest
    if suggesting := _SUGGESTING.match(rest):
        that = rest[suggesting.end() :].startswith("that ")
        return "says" if that else "suggests", rest[suggesting.end() :].removeprefix("that ")
    verb = "worries that" if opening in (RISK, _PROBLEM) else "says"
    return verb, _without(_SPEAKING, _without(_FILLER, rest)).removeprefix("that ")


def _without(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return text[found.end() :] if found else text


def _clause(text: str) -> str:
    """The beginning of a sentence, up to where it could end: 14 words and 90 characters at most."""
    for boundary in _BOUNDARY.finditer(f"{text} "):
        head = text[: boundary.start()]
        # `a unified, scalable server` and `a vibrant and green town` go on.
        if boundary.start() > 15 and not (boundary[0] in (", ", " and ") and _ADJECTIVE.search(head)):
            text = head
            break
    all_words = text.strip(" .,!?").split()
    words = all_words[:14]
    while len(" ".join(words)) > 90:
        words.pop()
    kept = " ".join(words)
    if len(words) < len(all_words) and (linked := _LINK.fullmatch(kept)):
        kept = linked[1]
    return _DANGLING.sub("", kept).rstrip(" ,")
