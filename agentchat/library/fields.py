"""Front matter given its types: all that is wrong is gathered, with the line of its key."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import JsonValue

from agentchat.library.flaw import Flaw
from agentchat.library.front_matter import FrontMatter

_NUMBER = re.compile(r"[+-]?(?:\d{1,6}(?:\.\d{0,12})?|\.\d{1,12})")
_SECRET = re.compile(
    r"(?:.*[-_])?(?:api[-_]?key|api[-_]?(?:base|url)|base[-_]?url|endpoint|secret|password|token|authorization|headers)",
    re.IGNORECASE,
)


class Fields:
    """The keys of one file's front matter, each taken once by the schema; `rest` is what nobody took."""

    def __init__(self, front: FrontMatter, path: Path) -> None:
        self.flaws = list(front.flaws)
        self._front = front
        self._path = path
        self._left = dict(front.values)

    def line(self, key: str) -> int:
        """Where the key stands; the first line if it does not."""
        return self._front.lines.get(key, 1)

    def wrong(self, key: str, message: str, hint: str = "") -> None:
        """The file cannot be used because of this key."""
        self.flaws.append(Flaw(self._path, self.line(key), message, hint))

    def note(self, key: str, message: str, hint: str = "") -> None:
        """The file can be used, and this is worth knowing."""
        self.flaws.append(Flaw(self._path, self.line(key), message, hint, fatal=False))

    def text(self, key: str, limit: int) -> str:
        """One line of text; `""` if the key is missing or empty."""
        value = self._left.pop(key, "")
        if not isinstance(value, str):
            self.wrong(key, f"{key}: expected text, found {_kind(value)}")
            return ""
        line = " ".join(value.split())
        if len(line) > limit:
            self.wrong(key, f"{key}: has {len(line)} characters, at most {limit} fit", "shorten it")
            return ""
        return line

    def number(self, key: str, low: float, high: float) -> float | None:
        """A number from `low` to `high`; None if the key is missing or empty."""
        value = self._left.pop(key, "")
        if value == "":
            return None
        text = value.strip() if isinstance(value, str) else ""
        number = float(text) if _NUMBER.fullmatch(text) else None
        if number is None or not low <= number <= high:
            found = _short(value) if isinstance(value, str) else _kind(value)
            dotted = text.replace(",", ".")
            hint = f"write {dotted}" if dotted != text and _NUMBER.fullmatch(dotted) else ""
            self.wrong(key, f"{key}: expected a number from {low:g} to {high:g}, found {found}", hint)
            return None
        return number

    def words(self, key: str, limit: int = 100) -> tuple[str, ...]:
        """A list of short texts, or one text with commas; each once."""
        value = self._left.pop(key, "")
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            self.wrong(key, f"{key}: expected words, in a list or with commas, found {_kind(value)}")
            return ()
        words = dict.fromkeys(" ".join(str(item).split()) for item in items)
        words.pop("", None)
        if long := next((word for word in words if len(word) > limit), None):
            self.wrong(key, f"{key}: {_short(long)} has more than {limit} characters", "shorten it")
            return ()
        return tuple(words)

    def rest(self) -> dict[str, JsonValue]:
        """What is left, less what could send a key, or a person's words, to somebody's server."""
        kept: dict[str, JsonValue] = {}
        for key, value in self._left.items():
            without, dropped = harmless({key: value})
            kept.update(without)
            for name in dropped:
                hint = "keys belong in the environment, addresses in your configuration"
                self.note(key, f"{name} is ignored: a persona brings no key and no address", hint)
        return kept


def is_secret(key: str) -> bool:
    """Whether a key could send a secret, or a person's words, to somebody's server."""
    return _SECRET.fullmatch(key) is not None


def harmless(values: dict[str, JsonValue]) -> tuple[dict[str, JsonValue], list[str]]:
    """These values without keys and addresses of model servers, at any depth, and the names of what went."""
    kept: dict[str, JsonValue] = {}
    dropped: list[str] = []
    for key, value in values.items():
        if is_secret(key):
            dropped.append(key)
        else:
            kept[key], names = _harmless_value(value)
            dropped += names
    return kept, dropped


def _harmless_value(value: JsonValue) -> tuple[JsonValue, list[str]]:
    if isinstance(value, dict):
        return harmless(value)
    if not isinstance(value, list):
        return value, []
    pairs = [_harmless_value(item) for item in value]
    return [item for item, _ in pairs], [name for _, names in pairs for name in names]


def _kind(value: JsonValue) -> str:
    match value:
        case str():
            return _short(value)
        case list():
            return "a list"
        case _:
            return "a map"


def _short(text: str) -> str:
    return repr(text if len(text) <= 30 else text[:29] + "…")
