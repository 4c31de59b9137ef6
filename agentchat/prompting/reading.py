"""A text read once, at its commit, into typed fields. They steer attention, never authority.

Whoever may read a turn comes from what was asked (`to` of its start), not from a word in its text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentchat.events import HumanSpoke, Intent
from agentchat.kinds import kind_of
from agentchat.persona import YOU
from agentchat.prompting.quoting import PERSON, TEMPLATE_TOKEN, fold, plain
from agentchat.text import skeleton
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentchat.events import TurnStarted
    from agentchat.transcript import Transcript

LISTING_KINDS = frozenset(
    {"synthesis", "cluster", "summary", "combination", "assembly", "work", "task", "errand", "case_summary"}
)
"""Kinds that list who said or does what, or are a text of any form: there `Ben: …` is no attempt to speak for Ben, nor
is the field of a JSON object that is called `user`.
"""

THE_PERSON = ("you", "human", "user", PERSON)
TITLES = frozenset({"the", "a", "an", "dr", "mr", "mrs", "ms", "prof", "professor", "sir", "miss"})
"""First words of names that alone name nobody."""
THE_ROOM = ("system", "assistant", "moderator")
LONGEST_QUESTION = 500
"""Characters of a question to the person."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A model's reply, as it goes on record."""

    text: str
    passed: bool = False
    """It has nothing to say; the text is why, where it says so."""
    mentions: tuple[str, ...] = ()
    """Whom it addresses with @, whoever is asked something first."""
    to: tuple[str, ...] = ()
    """Who may read it, as it was asked for; empty is everybody."""
    intent: Intent = "say"
    cut: bool = False
    """It began to speak for another, and ends before that."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A person's words, as they go on record."""

    text: str
    mentions: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    intent: Intent = "say"
    unknown: tuple[str, ...] = ()
    """What stands after an @ and is nobody's id: for a hint, never for a broadcast."""


_TAG = "(?:think(?:ing)?|thought|reasoning)"
_OPENING = re.compile(rf"\s*<{_TAG}>.*?(?:</{_TAG}>|\Z)", re.DOTALL | re.IGNORECASE)
_THINKING = re.compile(rf"<{_TAG}>.*?</{_TAG}>", re.DOTALL | re.IGNORECASE)
_CLOSED = re.compile(rf".*</{_TAG}>", re.DOTALL | re.IGNORECASE)
_BEGINNING = re.compile(r"\s*(?:(?:<\|[\w ]+\|>|<s>|<bos>)\s*(?:assistant\b\s*)?)+")
_FENCED = re.compile(r"^[ \t]*(```+|~~~+).*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<!`)(`++)[^\n]*?(?<!`)\1(?!`)")
_QUOTED = re.compile(
    r"^[ \t]*>.*$|\"[^\"\n]{0,400}\"|“[^”\n]{0,400}”|„[^“”\n]{0,400}[“”]|«[^»\n]{0,400}»|‘[^’\n]{0,400}’(?!\w)",
    re.MULTILINE,
)
_PASS = re.compile(r"[\W_]*(?:i(?:['’]ll|\s+will)?\s+)?pass[\W_]*", re.IGNORECASE)
_PASS_BECAUSE = re.compile(r"[^\w]*PASS[*_`]*\s*[:,–—-]\s*(?P<why>[^\W_][^\n]{0,300})")
_MENTION = re.compile(r"(?<![\w@./+-])@([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?![\w@]|[.-]\w)", re.IGNORECASE)
_TO_PERSON = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+)?[*_]{0,2}(?:\[ASK_HUMAN\][*_]{0,2}:?|ASK_HUMAN[*_]{0,2}:)[*_]{0,2}", re.MULTILINE
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?=[\s\"'”’)*_]|$)|\n")

_NUMBERED = re.compile(r"[>\s]*\[#\d+[ \t]+(?P<who>[^\]\n@,(]{1,60})[^\]\n]*\]:?")
_LABEL = re.compile(
    r"[ \t]*(?:#{1,6}[ \t]+)?[*_~\[\"]*(?P<who>[^\W_][^:\n\[\]()@*_~,\"]{0,59})"
    r"(?:\([^)\n]{0,60}\)|@[\w-]++|[ \t])*+[*_~\]\"]*+[ \t]*+:[*_~]*"
)
_ALONE = re.compile(r"[ \t]*(?:#{1,6}[ \t]+|\*\*|__|\[)(?P<who>[^\W_][^:\n\[\]()@*_~,\"]{0,59})(?:\*\*|__|\]|)[ \t]*$")
_BRACKETED = re.compile(r"[ \t]*\[(?P<who>[^\W_][^:\n\[\]()@*_~,\"]{0,59})\](?![(\[:])")
_FORMS = (_NUMBERED, _LABEL, _ALONE, _BRACKETED)
_VERB = re.compile(r"\s+(?:says|said|replies|speaking)\s*$")


def read_reply(transcript: Transcript, start: TurnStarted, raw: str) -> Reading:
    """A raw reply read: no thinking aloud, no echo of its speaker's name, nothing said for another."""
    text = _without_template(without_thinking(raw)).strip()
    names = _names(transcript)
    listing = start.kind in LISTING_KINDS
    if not (listing and any(who != start.speaker for _, who in _headers(text, names, _FORMS[1:]))):
        own = {one for one, who in names.items() if who == start.speaker}
        text = _without_echo(text, own | {skeleton("assistant")})
    forms = (_NUMBERED,) if listing else _FORMS
    note = ""
    for at, who in _headers(text, names, forms):
        if who != start.speaker:
            text = text[:at].rstrip()
            note = f"It began to speak for {plain(transcript.name(who))} and was cut there."
            break
    if _PASS.fullmatch(text):
        return Reading("", passed=True, to=start.to, cut=bool(note), note=note)
    if _may_pass(start.kind) and (because := _PASS_BECAUSE.fullmatch(text)):
        return Reading(because["why"].rstrip("*_` "), passed=True, to=start.to, cut=bool(note), note=note)
    mentions, asked = _addressed(transcript, start.speaker, text)
    intent: Intent = "ask" if asked else "answer" if _is_answer(transcript, start) else "say"
    if not start.sealed and not start.to and kind_of(start.kind).look == "speech" and human_question(text):
        intent = "escalate"
    return Reading(text, mentions=mentions, to=start.to, intent=intent, cut=bool(note), note=note)


def _may_pass(kind: str) -> bool:
    """Whether a turn of that kind is offered to be passed: of a test's report, `PASS: all of them` is the work."""
    return kind == "say" or "PASS" in kind_of(kind).form


def read_human(transcript: Transcript, text: str, to: tuple[str, ...] = ()) -> Heard:
    """A person's words read; `to` are those who alone may hear them, as the person chose."""
    text = text.strip()
    mentions, asked = _addressed(transcript, YOU, text)
    here = {member.id for member in transcript.members}
    named = dict.fromkeys(match[1].lower() for match in _MENTION.finditer(masked(text)))
    return Heard(
        text,
        mentions,
        tuple(who for who in to if who in here),
        "ask" if asked or any(map(_is_question, _sentences(text))) else "say",
        tuple(who for who in named if who not in here and who != YOU),
    )


def human_question(text: str) -> str:
    """What a text asks the person, on a line of its own that is neither code nor quoted; empty where nothing."""
    if not (head := _TO_PERSON.search(masked(text))):
        return ""
    line = text[head.end() :].partition("\n")[0].strip().strip("*_").strip()
    return line[:LONGEST_QUESTION] if any(map(str.isalnum, line)) else ""


def without_thinking(raw: str) -> str:
    """A raw reply without what its model thought aloud."""
    text = raw
    while opening := _OPENING.match(text):
        text = text[opening.end() :]
    code = masked(text, quotes=False)
    closed = _CLOSED.match(code)
    for block in reversed(list(_THINKING.finditer(code, 0, closed.end() if closed else 0))):
        text = text[: block.start()] + text[block.end() :]
    # Some templates open the block themselves, so that only its end is in the reply.
    orphan = _CLOSED.match(masked(text, quotes=False))
    return text[orphan.end() :] if orphan else text


def _without_template(text: str) -> str:
    """The reply up to the first token of a chat template: what follows is another turn, or nothing."""
    if beginning := _BEGINNING.match(text):
        text = text[beginning.end() :]
    tokens = TEMPLATE_TOKEN.finditer(masked(text, quotes=False))
    first = next((token.start() for token in tokens if token[0] != "|"), len(text))
    return text[:first]


def _without_echo(text: str, own: set[str]) -> str:
    while header := _header(text.partition("\n")[0], _FORMS):
        if skeleton(_VERB.sub("", header["who"])) not in own:
            break
        text = text[header.end() :].lstrip()
    lines = text.split("\n")
    if all(line.startswith(">") or not line.strip() for line in lines):
        text = "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines).strip()
    return text


def _header(line: str, forms: tuple[re.Pattern[str], ...]) -> re.Match[str] | None:
    return next((header for form in forms if (header := form.match(line))), None)


def _names(transcript: Transcript) -> dict[str, str]:
    """Who is meant by a name at the head of a line, by its skeleton: names, ids, first names only one has."""
    personas = {p.id: p for p in (*transcript.opened.personas, *(member.persona for member in transcript.members))}
    known = dict.fromkeys(map(skeleton, THE_PERSON), YOU) | dict.fromkeys(map(skeleton, THE_ROOM), "the room")
    firsts = [skeleton(persona.name.split()[0]) for persona in personas.values() if persona.name.split()]
    for persona in personas.values():
        for first in map(skeleton, persona.name.split()[:1]):
            if firsts.count(first) == 1 and first not in TITLES:
                known.setdefault(first, persona.id)
    for persona in personas.values():
        known |= {skeleton(persona.name): persona.id, skeleton(persona.id): persona.id}
    known.pop("", None)
    return known


def _headers(text: str, names: Mapping[str, str], forms: tuple[re.Pattern[str], ...]) -> Iterator[tuple[int, str]]:
    """Where a line begins with somebody's header, and whose."""
    at = 0
    for line, code in zip(text.split("\n"), masked(text, quotes=False).split("\n"), strict=True):
        header = _header(fold(code), forms)
        if header and (who := names.get(skeleton(header["who"]))):
            yield at, who
        at += len(line) + 1


def masked(text: str, *, quotes: bool = True) -> str:
    """The text with code, and what it quotes, blanked out; every place stays where it was."""
    for pattern in (_FENCED, _INLINE, _QUOTED)[: 3 if quotes else 2]:
        text = pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    return text


def _addressed(transcript: Transcript, speaker: str, text: str) -> tuple[tuple[str, ...], str]:
    """Whom a text mentions, and the one it asks something: alone in a sentence that is a question."""
    here = {member.id for member in transcript.members} | {YOU}
    asked = ""
    mentions: dict[str, None] = {}
    for sentence in _sentences(text):
        found = {match[1].lower(): None for match in _MENTION.finditer(sentence)}
        known = [who for who in found if who in here and who != speaker]
        mentions |= dict.fromkeys(known)
        if not asked and len(known) == 1 and known[0] != YOU and _is_question(sentence):
            asked = known[0]
    order = sorted(mentions, key=lambda who: who != asked)
    return tuple(order), asked


def _sentences(text: str) -> list[str]:
    return _SENTENCE_END.split(masked(text))


def _is_question(sentence: str) -> bool:
    return sentence.rstrip(" \t\"'”’)*_").endswith("?")


def _is_answer(transcript: Transcript, start: TurnStarted) -> bool:
    if start.reply_to is None:
        return False
    for entry in reversed(transcript.entries):
        if isinstance(entry, HumanSpoke) and entry.seq == start.reply_to:
            return entry.intent == "ask"
        if isinstance(entry, Turn) and entry.end is not None and entry.end.seq == start.reply_to:
            return entry.end.intent == "ask"
    return False
