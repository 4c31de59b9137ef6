"""Reads answers out of plain words, for models that never write JSON: one clear thing, or nothing.

Strict on purpose: an answer stands on a line of its own (`VOTE: B`) or in a plain sentence (“I vote for B because …”).
Whatever is denied, conditional, quoted, another's, or said twice and differently is unclear, and unclear is None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from pydantic import JsonValue

from agentchat.kinds.slate import Names, names
from agentchat.text import legible

Reader = Callable[[str, tuple[str, ...]], dict[str, JsonValue] | None]

ABSTAIN = "abstain"
"""What one says who votes for nothing."""

LIMIT = 20_000
"""Characters of an answer that are looked at; a longer one is none."""

_MOST_LINES = 500

_THOUGHT = re.compile(r"<(think|thinking|reasoning|thought)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_BEFORE = re.compile(r"\A.*</(?:think|thinking|reasoning|thought)>", re.DOTALL | re.IGNORECASE)
_JSON = re.compile(r"\{[^{}]*\}")
_MARKS = re.compile(r"^(?:[#*•·–—-]+\s+)+|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^#+")
_QUOTED = re.compile(r'["“„«][^"“”„«»]*["”“»]')

_BALLOT = re.compile(
    r"(?:(?:so|thus|therefore|hence|finally|and|here is|here's)[, ] ?)?(?P<mine>my )?"
    r"(?:(?:final|own|personal|official|sealed) )*"
    r"(?P<word>vote|ballot|choice|pick|decision|answer|selection|verdict|preference)"
    r"(?P<verb> (?:is|goes|remains|stays|would be|will be))?(?: (?:cast|to|for|on|in favou?r of))*"
    r"(?P<sign> ?(?:[:=→]|->| [-–—] ))? ?(?P<rest>.+)",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\bI(?:['’](?:ll|d|m))?(?: (?:will|would|shall|do|am|must|hereby|therefore|thus|now|still|personally|strongly|"
    r"have decided|decided|want|like|going|choose|to))* "
    r"(?:vote|voting|cast my (?:vote|ballot)|choose|pick|select|opt|go|support|favou?r|prefer|endorse|am)"
    r"(?: (?:for|to|with|in favou?r of|in support of))* ",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r" (?:is|gets|has|wins|receives) my (?:(?:clear|final|first) )?(?:vote|choice|pick|preference)\b", re.I
)
_BETTER = re.compile(r" (?:is|reads|seems) (?:(?:clearly|slightly|much|a bit) )?(?:the )?better\b", re.I)
_ABSTAINED = re.compile(
    r"\bI(?:['’]ll)?(?: (?:will|would|must|hereby|choose|have|prefer|want|like|therefore|am going|to))* abstain\b",
    re.I,
)
_DENIED = re.compile(
    r"(?:\b(?:not|never|cannot|refuse|decline|unable|against|nor)\b|n['’]t\b)[^.!?\n]{0,40}"
    r"\b(?:vot(?:e|ing)|choose|pick|select|choice|support|favou?r|prefer|abstain)\b"
    r"|\bvot(?:e|ing) (?:against|no)\b|\b(?:not|never) (?:for|in favou?r)\b",
    re.I,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no|nor|neither|cannot|against|refuse|decline|hardly|nobody|none|unable)\b|n['’]t\b", re.I
)
_REPORTED = re.compile(
    r"(?<!\bi )\b(?:say|says|said|thinks|thought|claims?|argue[sd]?|writes?|wrote|told|tells?|asks?|asked|wants?)\b"
    r"|\b(?:should|would|could|can|may|did|do) $",
    re.I,
)
_SUPPOSED = re.compile(r"\b(?:if|unless|suppose|assuming|were|whether|imagine|pretend|until|example|instance)\b", re.I)
_SPEAKS = re.compile(
    r"\b(?:vote|decision|conclusion|answer|ballot|choice|result|verdict|summary|short|so|then): ?$", re.I
)

_NEXT = re.compile(r"(?P<signs>[^\w]*)(?P<word>[\w'’]*)")
_REASON = frozenset(["because", "since", "as", "for", "due", "given", "over", "instead", "rather"])
_HEDGE = frozenset(
    {
        "if", "unless", "provided", "providing", "only", "but", "with", "without", "except", "subject", "or", "and",
        "nor", "not", "plus", "also", "assuming", "when", "depending", "however", "though", "maybe", "perhaps",
    }
)  # fmt: skip
_PREFIX = re.compile(
    r"[\s\"'“„«「『(\[]*(?:(?:the )?(?:option|version|choice|proposal|candidate|draft) )?[\"“„«「『(\[]*", re.I
)


def spoken(text: str) -> str:
    """A text without what the model thought, and without what cannot be seen."""
    return _THOUGHT_BEFORE.sub("", _THOUGHT.sub("", legible(text)))


def vote(text: str, choices: tuple[str, ...], *extra: str) -> str | None:
    """The one choice that a text votes for; `extra` are further words that may be voted for."""
    known, lines = names(choices, extra), lines_of(text)
    found = [_balloted(line, known) for line in lines]
    found += [_stated(sentence, known) for line in lines for sentence in _sentences(line)]
    found += [_balloted(one, known) for line in lines for one in _sentences(line)[1:] if one[:3].lower() == "my "]
    said = {choice for choice in found if choice is not None}
    bare = [known.exact(line) for line in lines]
    alone = {choice for choice in bare if choice is not None}
    if len(alone) == 1 and (said or bare[0] or bare[-1]):
        said |= alone
    if len(said) != 1:
        return None
    (choice,) = said
    return choice if choice and not _denied(lines, known, choice) else None


def ballot(text: str, choices: tuple[str, ...]) -> dict[str, JsonValue] | None:
    """A pick."""
    choice = vote(text, choices, ABSTAIN)
    return None if choice is None else {"vote": choice}


def compare(text: str, _: tuple[str, ...] = ()) -> dict[str, JsonValue] | None:
    """`BETTER: A`, “Version B is better.”"""
    plain = re.sub(r"(?im)^[^\w\n]*better[^\w\n]*?(?=[:=])", "vote", text)
    sentences = [one for line in lines_of(plain) for one in _sentences(line)]
    known = names(("A", "B", "same"))
    better = {_given(sentence, known, _BETTER) for sentence in sentences} - {None}
    if choice := vote(plain, known.choices):
        better.add(choice)
    return {"better": better.pop()} if len(better) == 1 else None


def lines_of(text: str, *, bullets: bool = False) -> list[str]:
    """What was said in plain words, line by line: no thoughts, no JSON, no quotations, no typography."""
    if len(text) > LIMIT or text.count("\n") > _MOST_LINES:
        return []
    plain = unicodedata.normalize("NFKC", spoken(text))
    for _ in range(3):
        plain = _JSON.sub(" ", plain)
    found = []
    for line in plain.splitlines():
        whole = " ".join(line.split())
        if whole.startswith(">") or "{" in whole or "}" in whole:
            continue
        bullet = bool(re.match(r"[-*•·] ", whole))
        whole = _QUOTED.sub(_unless_short, _MARKS.sub("", whole)).strip()
        if whole:
            found.append(f"- {whole}" if bullet and bullets else whole)
    return found


def _unless_short(quotation: re.Match[str]) -> str:
    """A quotation is somebody's words, unless it is no more than a name."""
    return "…" if re.search(r"\bvot|\bI\b|:", quotation[0], re.I) else quotation[0]


def _sentences(line: str) -> list[str]:
    """A line from each of its sentences on, so that what follows a sentence is still seen."""
    starts = [0, *(match.end() for match in re.finditer(r"[.!?;] ", line))]
    return [line[start:] for start in starts[:50]]


def _balloted(line: str, known: Names) -> str | None:
    """What a line like `VOTE: B` votes for; "" where it says something else, None where it is no such line."""
    match = _BALLOT.match(line)
    if match is None or not (match["sign"] or (match["mine"] and match["verb"])):
        return None
    if choice := named(match["rest"], known):
        return choice
    formal = match["sign"] and (match["mine"] or match["word"].lower() in ("vote", "ballot"))
    return "" if formal and not re.search(r"[<>\[\]|_…]|\.\.\.", match["rest"]) else None


def _stated(text: str, known: Names) -> str | None:
    """What the first sentence of a text votes for; "" where it is a vote that cannot be read."""
    if choice := _given(text, known, _GIVEN):
        return choice
    sentence = re.split(r"[.!?;] ", text, maxsplit=1)[0]
    if (match := _ABSTAINED.search(sentence)) and ABSTAIN in known.extra:
        rest, choice = text[match.end() :], ABSTAIN
        clear = _clear(rest, known, ABSTAIN) or rest.lower().startswith((" from", " on", " in"))
    elif match := _STATED.search(sentence):
        rest = text[match.end() :]
        if not any(True for _ in known.heading(_PREFIX.sub("", rest, count=1))) and not known.exact(rest):
            return None
        choice = named(rest, known) or ""
        clear = bool(choice)
    else:
        return None
    before = text[: match.start()]
    if _REPORTED.search(before) or (before.rstrip().endswith(":") and not _SPEAKS.search(before)):
        return None
    clause = re.split(r"[,;:–—]", before)[-1]
    doubtful = _SUPPOSED.search(before) or _NEGATED.search(clause) or _NEGATED.search(match[0])
    return choice if clear and not doubtful else ""


def _given(sentence: str, known: Names, how: re.Pattern[str]) -> str | None:
    """Whom a sentence like “B gets my vote” is about."""
    start = _PREFIX.match(sentence)
    for choice, rest in known.heading(sentence[start.end() if start else 0 :]):
        if how.match(rest):
            return choice
    return None


def named(text: str, known: Names) -> str | None:
    """The choice that a text names and goes on to give a reason for, if anything."""
    if choice := known.exact(text):
        return choice
    prefix = _PREFIX.match(text)
    for start in dict.fromkeys((0, prefix.end() if prefix else 0)):
        for choice, rest in known.heading(text[start:]):
            return choice if _clear(rest, known, choice) else None
    return None


def _clear(rest: str, known: Names, choice: str, *, again: bool = False) -> bool:
    """Whether what follows a name leaves it at that: nothing, or a reason; no condition and no other name."""
    following = _NEXT.match(rest)
    if following is None or not following["word"]:
        return not set("?/|&+…<>=") & set(rest)
    signs, word = following["signs"], following["word"].lower()
    if set("?/|&+…<>=") & set(signs):
        return False
    if not signs.strip(" \t"):
        return word in _REASON
    for other, beyond in known.heading(rest[len(signs) :]):
        if other == choice:
            return not again and _clear(beyond, known, choice, again=True)
        if signs.strip(" \"'”»’)]") not in (".", "!"):
            return False
    if set(signs) & set("(,") and any(_mentions(rest[:400], one, known) for one in known.choices if one != choice):
        return False  # a tally: "A (Ada), B (Ben)"
    return word not in _HEDGE


def _denied(lines: Sequence[str], known: Names, choice: str) -> bool:
    """Whether a text denies its own vote: “I would not vote for B”, “I refuse to vote”. Another's is denied in vain."""
    for line in lines:
        for match in _DENIED.finditer(line):
            about = line[match.start() : match.end() + 80]
            after = re.split(r"[.!?;]", about[match.end() - match.start() :])[0]
            mentioned = {one for one in known.choices if _mentions(after, one, known)}
            if not mentioned or choice in mentioned:
                return True
    return False


def _mentions(text: str, choice: str, known: Names) -> bool:
    starts = (0, *(match.end() for match in re.finditer(r"[\s\"'“(]", text)))
    return any(next((one for one, _ in known.heading(text[start:])), None) == choice for start in starts)


def abstains(lines: Sequence[str], known: Names) -> bool:
    """Whether these lines say that one votes for nothing."""
    said = [_balloted(line, known) for line in lines]
    said += [_stated(one, known) for line in lines for one in _sentences(line)]
    said += [known.exact(line) for line in lines]
    return {one for one in said if one is not None} == {ABSTAIN} and not _denied(lines, known, ABSTAIN)
