"""Secrets in what is handed on: keys by their shapes, and the very values of this environment's. Found, named, masked.

Ordinary prose is never touched: a shape has a prefix that its maker chose for being unmistakable, and a value in an
assignment is masked only where it looks drawn by lot.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from math import log2

from agentchat.text import some

MASK = "…[masked]"

SHORTEST = 8
"""Characters of an environment's value that is looked for: a shorter one is in any text."""

# What it is, its beginning, which stays, and the rest of it.
_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("Anthropic key", r"sk-ant-", r"[\w-]{16,}"),
    ("OpenRouter key", r"sk-or-", r"[\w-]{16,}"),
    ("OpenAI key", r"sk-(?:proj-|svcacct-|admin-)?", r"(?=[\w-]*[0-9])[A-Za-z0-9_-]{20,}"),
    ("Stripe key", r"[sr]k_(?:live|test)_", r"[A-Za-z0-9]{16,}"),
    ("Google key", r"AIza", r"[\w-]{30,}"),
    ("Google token", r"ya29\.", r"[\w-]{20,}"),
    ("GitHub token", r"gh[pousr]_|github_pat_", r"[A-Za-z0-9_]{22,}"),
    ("GitLab token", r"glpat-", r"[\w-]{20,}"),
    ("Hugging Face token", r"hf_", r"(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{30,}"),
    ("Slack token", r"xox[abeprs]-", r"[A-Za-z0-9-]{10,}"),
    ("AWS key", r"AKIA|ASIA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("Groq key", r"gsk_", r"[A-Za-z0-9]{20,}"),
    ("xAI key", r"xai-", r"[A-Za-z0-9]{20,}"),
    ("Perplexity key", r"pplx-", r"[A-Za-z0-9]{20,}"),
    ("npm token", r"npm_", r"[A-Za-z0-9]{30,}"),
    ("PyPI token", r"pypi-", r"AgEI[\w-]{20,}"),
    ("web token", r"eyJ", r"[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"),
    ("bearer token", r"(?i:bearer) +", r"(?=[\w.~+/=-]*[0-9])[\w.~+/=-]{20,}"),
    ("password in an address", r"[a-z][a-z0-9+.-]{1,20}://[^\s:/@…]{1,100}:", r"[^\s:/@…]{3,200}(?=@)"),
)
_SHAPE = re.compile(
    f"(?<![A-Za-z0-9])(?:{'|'.join(f'(?P<keep{n}>{keep}){rest}' for n, (_, keep, rest) in enumerate(_SHAPES))})",
    re.ASCII,
)
_PEM = re.compile(
    r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)(?!…).*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL
)
_ASSIGNED = re.compile(
    r"""(?P<name>\b[A-Za-z0-9_.-]{0,60}(?:api[_-]?key|token|secret|passw(?:or)?d|access[_-]?key|private[_-]?key))
        (?P<is>["'`]?\s{0,3}[:=]\s{0,3})(?P<quote>["'`]?)(?P<value>[^\s"'`,;<>(){}\[\]…]{12,400})""",
    re.IGNORECASE | re.VERBOSE,
)
_HINT = re.compile(
    r"sk-|[sr]k_|AIza|ya29|gh[pousr]_|github_pat|glpat|hf_|xox|AKIA|ASIA|gsk_|xai-|pplx-|npm_|pypi-|eyJ|://|PRIVATE KEY"
    r"|(?i:bearer|api.?key|token|secret|passw|access.?key|private.?key)|\\u"
)
"""What a line of JSON must have to be looked at closely. An escape may hide any of it."""
_NAMES = re.compile(r"(?i)(?:^|_)(?:api_?key|key|token|secret|password|passwd|credentials?)(?:_ID)?$")


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was masked."""

    kind: str
    """What it looks like, or the name of the variable that holds it."""
    seq: int = 0
    """The event it stands in."""


def held(environ: Mapping[str, str]) -> dict[str, str]:
    """The secrets of an environment: values of the variables that providers read their keys from, and of their like."""
    return {
        value: name
        for name, value in environ.items()
        if _NAMES.search(name) and len(value) >= SHORTEST and not re.search(r"[\s/\\]", value) and not value.isalpha()
    }


class Masker:
    """Masks texts, and keeps what it found."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._held = held(environ or {})
        longest_first = sorted(self._held, key=len, reverse=True)
        self._values = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
        self.found: list[Found] = []

    def text(self, text: str, seq: int = 0) -> str:
        """The text with every secret masked."""
        if self._values:
            text = self._values.sub(lambda match: self._told(self._held[match[0]], seq, _beginning(match[0])), text)
        if not _HINT.search(text):
            return text
        text = _PEM.sub(lambda match: self._told("private key", seq, match[1]), text)
        text = _SHAPE.sub(lambda match: self._shaped(match, seq), text)
        return _ASSIGNED.sub(lambda match: self._assigned(match, seq), text)

    def line(self, line: bytes, seq: int = 0) -> bytes:
        """An event's line of JSON with every secret in it masked; where there is none, the very same bytes."""
        shown = line.decode("utf-8", "replace")
        if not _HINT.search(shown) and not (self._values and self._values.search(shown)):
            return line
        fields = json.loads(line)
        before = len(self.found)
        masked = self._walked(fields, seq)
        if len(self.found) == before:
            return line
        _keep_pace(fields, masked)
        return json.dumps(masked, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def _walked(self, value: object, seq: int) -> object:
        match value:
            case str():
                return self.text(value, seq)
            case dict():
                return {self.text(key, seq): self._walked(each, seq) for key, each in value.items()}
            case list():
                return [self._walked(each, seq) for each in value]
            case _:
                return value

    def _shaped(self, match: re.Match[str], seq: int) -> str:
        at = next(n for n in range(len(_SHAPES)) if match[f"keep{n}"] is not None)
        return self._told(_SHAPES[at][0], seq, match[f"keep{at}"])

    def _assigned(self, match: re.Match[str], seq: int) -> str:
        if not drawn(match["value"]):
            return match[0]
        name = re.split(r"[.\-]", match["name"])[-1] or match["name"]
        return self._told(f"value of {name}", seq, f"{match['name']}{match['is']}{match['quote']}")

    def _told(self, kind: str, seq: int, keep: str) -> str:
        self.found.append(Found(kind, seq))
        return f"{keep}{MASK}"


def drawn(value: str) -> bool:
    """Whether a value looks drawn by lot, and not like words, a path, a number or a place to fill in."""
    if MASK in value or value.startswith(("$", "%", "/", "./", "~", "http")):
        return False
    kinds: tuple[Callable[[str], bool], ...] = (str.islower, str.isupper, str.isdigit)
    if sum(any(is_kind(char) for char in value) for is_kind in kinds) < 2 or not any(map(str.isdigit, value)):
        return False
    if re.search(r"(?i)example|your|xxx|placeholder|changeme", value) or re.fullmatch(
        r"[a-z0-9_]+/[a-z0-9./-]+", value
    ):
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * log2(share) for share in shares) >= 3.0


def _beginning(value: str) -> str:
    """So much of a value as tells whose it is: the maker's own prefix."""
    prefix = re.match(r"(?:sk-ant-|sk-or-|sk-|AIza|gh[pousr]_|gsk_|xai-|hf_)", value)
    return prefix[0] if prefix else ""


def _keep_pace(old: object, new: object) -> None:
    """The pace of a turn counts the characters of its text: it ends where the masked one does."""
    match old, new:
        case {"pace": [*steps], "text": str(was)}, {"text": str(now)} if was and was != now and isinstance(new, dict):
            share = len(now) / len(was)
            new["pace"] = [
                [step[0], round(step[1] * share)] if isinstance(step, list) and len(step) == 2 else step
                for step in steps
            ]
        case _:
            pass


def told(found: list[Found]) -> list[str]:
    """What was masked, a line for each kind: how often, and where."""
    ordered = sorted(found, key=lambda one: (one.kind, one.seq))
    lines = []
    for kind, group in groupby(ordered, key=lambda one: one.kind):
        seqs = [one.seq for one in group]
        places = [f"#{seq}" for seq in dict.fromkeys(seqs)]
        times = f", {len(seqs)} times" if len(seqs) > 1 else ""
        lines.append(f"{kind}{times}: {some(places, 6, ' ')}")
    return lines
