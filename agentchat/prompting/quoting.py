"""Speech of one participant as another reads it: quoted so that no text can pass as anything but its own.

Only the room writes at the start of a line; every line of what somebody said stands behind `> `. Inside it, whatever
looks like a heading of the room, a speaker's name or a token of a chat template is broken up: a model reads more
loosely than a parser.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from agentchat.persona import RESERVED, YOU
from agentchat.text import JOINERS, legible, skeleton

if TYPE_CHECKING:
    from agentchat.transcript import Transcript

PERSON = "the person in the room"

ROLES = frozenset(map(skeleton, (*RESERVED, PERSON, "developer", "tool", "ai", "bot", "instruction", "response")))
"""Who nobody may pass as, whoever is in the room."""

TEMPLATE_TOKEN = re.compile(
    r"<(?=\||<?/?sys>|/?(?:s|bos|eos|pad|unk|mask|think(?:ing)?|tool_\w+|function_\w+|(?:start|end)_\w+|eot\w*"
    r"|extra_id_\d+|(?:un)?used_?\d+|im_\w+)>)"
    r"|\|(?=>)"
    r"|\[(?=/?(?:inst|sys|b_\w+|e_\w+|system_prompt|available_tools|tool_\w+|img\w*)\])",
    re.IGNORECASE,
)
"""The first character of a token that chat templates are made of."""

_LEADING = re.compile(r"[\W_]*")
_BRACKET = re.compile(r"[\[【〔⟦❲〖〚⁅]")
_MARK = re.compile(
    rf"[\W_]*?{_BRACKET.pattern}(?=\s{{0,9}}(?:#|\.\.\.|(?:document|summary|on record|before this|what you held"
    r"|your (?:turn|task)|the (?:question|board))\b))",
    re.IGNORECASE,
)
_COLONS = ":ː꞉∶"
_HEAD = re.compile(rf"[\W_]*+(?P<who>[^{_COLONS}\n]{{1,60}})[{_COLONS}]")
_AFTER_NAME = re.compile(r"[(\[@,].*|\s(?:says?|said|asks?|asked|writes?|wrote|speaking|here)\W*$")
_JOINER = re.compile(f"[{JOINERS}]")
_NOT_IN_NAMES = re.compile(r"[\[\]<>|@#:\s]+")


def fold(line: str) -> str:
    """A line as a lenient reader takes it: compatible characters as one, joiners gone."""
    return line if line.isascii() else unicodedata.normalize("NFKC", _JOINER.sub("", line))


def speaker_of(line: str) -> tuple[str, int] | None:
    """Whom a folded line introduces, as a skeleton (`**Ben:** …`, `Ben (@ben) says: …`), and where its colon is."""
    head = _HEAD.match(line)
    if head is None:
        return None
    return skeleton(_AFTER_NAME.sub("", head["who"])), head.end() - 1


@lru_cache(maxsize=64)
def _guarded(names: tuple[str, ...]) -> frozenset[str]:
    return ROLES | frozenset(map(skeleton, names))


def guarded(transcript: Transcript) -> frozenset[str]:
    """The skeletons no line may begin with as a speaker's: names and ids of all who were ever here, and the roles."""
    personas = (*transcript.opened.personas, *(member.persona for member in transcript.members))
    return _guarded(tuple(name for persona in personas for name in (persona.name, persona.id)))


@lru_cache(maxsize=8192)
def neutral(text: str, names: frozenset[str] = ROLES) -> str:
    """`text` with nothing in it that could be taken for a heading, another speaker or a chat template."""
    return "\n".join(_neutral_line(line, names) for line in legible(text).split("\n"))


def _neutral_line(line: str, names: frozenset[str]) -> str:
    folded = fold(line)
    # Only a line that is found out is shown folded: elsewhere x² stays x².
    if TEMPLATE_TOKEN.search(folded):
        line = folded = TEMPLATE_TOKEN.sub(r"\g<0> ", folded)
    if _MARK.match(folded):
        line = folded = _LEADING.sub(lambda found: _BRACKET.sub("(", found[0]), folded, count=1)
    if (head := speaker_of(folded)) and head[0] in names:
        line = f"{folded[: head[1]]} –{folded[head[1] + 1 :]}"
    return line


@lru_cache(maxsize=1024)
def plain(name: str) -> str:
    """A name for a place of one line, without the characters headings are made of."""
    return " ".join(_NOT_IN_NAMES.sub(" ", neutral(name)).split())


@lru_cache(maxsize=8192)
def quote(text: str, names: frozenset[str] = ROLES) -> str:
    """`text` neutral, each line behind `> `."""
    return "\n".join(f"> {line}" if line else ">" for line in neutral(text, names).split("\n"))


def called(transcript: Transcript, who: str) -> str:
    """How a participant is called in a prompt."""
    return PERSON if who == YOU else plain(transcript.name(who))
