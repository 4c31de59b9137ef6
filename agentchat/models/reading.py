"""Reads a structured answer out of what a model wrote: leniently in form, never in meaning.

An answer is found, or it is not. What is unclear (two objects that differ, a key given twice, a value that is no
option) is no answer: nothing is repaired by guessing, and nothing is invented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import BaseModel, JsonValue, ValidationError

from agentchat.kinds import prose
from agentchat.kinds.schema import inlined
from agentchat.kinds.slate import fold

Prose = Callable[[str], dict[str, JsonValue] | None]
"""Reads the fields of an answer out of plain words; None where they say no one clear thing."""

LIMIT = prose.LIMIT
"""Characters of an answer that are looked at; a longer one is none."""

_OBJECTS = 20
"""Objects in one text; a model that writes more is not answering."""

_WRAPPERS = frozenset(
    {"ballot", "vote", "answer", "reply", "response", "result", "output", "data", "arguments", "position"}
)
"""Keys under which a model may put its whole answer."""

_WHOSE = frozenset({"voter", "name", "member", "participant", "persona", "who"})
"""Keys that say whose answer it is: perhaps another's."""

_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


class UnreadableError(ValueError):
    """There is no answer in a text; the message says why, so that the model can do better."""


def read(payload: type[BaseModel], text: str, words: Prose | None = None) -> BaseModel:
    """The answer in a text: in JSON, or else in what `words` reads; both agree. Raises UnreadableError."""
    schema = inlined(payload)
    found = [validated(payload, content, schema) for content in _candidates(text, schema)]
    if any(answer != found[0] for answer in found[1:]):
        raise UnreadableError("there are several JSON objects, and they differ")
    said = words(text) if words else None
    if not found:
        if said is None:
            raise UnreadableError("there is no JSON object with the fields asked for")
        return validated(payload, said, schema)
    answer = found[0]
    spelled = answer.model_dump(mode="json")
    if said is not None and any(spelled.get(name) != value for name, value in said.items()):
        raise UnreadableError("the JSON object says one thing, and the words around it another")
    return answer


def read_value(schema: Mapping[str, JsonValue], text: str) -> JsonValue:
    """The value of the one property of a flat schema; a bare option counts as well. Raises UnreadableError."""
    (name, wanted), *_ = properties(schema).items()
    values = [content[name] for content in _candidates(text, schema) if name in content]
    options = _options(wanted)
    if not values and options:
        values = [prose.vote(text, tuple(options)) or spoken(text)]
    fitted = [fitted_to(wanted, value) for value in values]
    if not fitted:
        raise UnreadableError(f"there is no JSON object with the field {name}")
    if any(value != fitted[0] for value in fitted[1:]):
        raise UnreadableError("there are several answers, and they differ")
    if options and fitted[0] not in options:
        raise UnreadableError(f"{name} must be one of: {', '.join(options)}")
    return fitted[0]


def validated(
    payload: type[BaseModel], content: Mapping[str, JsonValue], schema: Mapping[str, JsonValue] | None = None
) -> BaseModel:
    """The payload these fields make. Raises UnreadableError."""
    wanted = properties(schema or inlined(payload))
    fitted = {name: fitted_to(wanted.get(name), value) for name, value in content.items()}
    try:
        return payload.model_validate(fitted)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_url=False))
        raise UnreadableError("; ".join(problems)) from None


def objects(text: str) -> list[dict[str, JsonValue]]:
    """Every JSON object that stands in a text, outermost ones only. Raises UnreadableError."""
    found = []
    for place, part in enumerate(_braced(spoken(text))):
        if place == _OBJECTS:
            raise UnreadableError("there are too many JSON objects")
        content = _parsed(part)
        if isinstance(content, dict):
            found.append(content)
    return found


def spoken(text: str) -> str:
    """A text without what the model thought, and without what cannot be seen. Raises UnreadableError."""
    if len(text) > LIMIT:
        raise UnreadableError(f"it is longer than {LIMIT:,} characters")
    return prose.spoken(text)


def fitted_to(wanted: JsonValue, value: JsonValue) -> JsonValue:
    """A value in the form its schema has it: an option as it is spelled there, a text no longer than it may be."""
    if not isinstance(wanted, dict) or not isinstance(value, str):
        return value
    if options := _options(wanted):
        alike = [option for option in options if fold(option) == fold(value)]
        return alike[0] if len(alike) == 1 and value not in options else value
    limit = wanted.get("maxLength")
    if isinstance(limit, int) and len(value) > limit:
        return value[: limit - 1].rstrip() + "…"
    return value


def _candidates(text: str, schema: Mapping[str, JsonValue]) -> list[dict[str, JsonValue]]:
    """The objects that are meant as an answer: they hold a field asked for, and are no echo of the schema."""
    names = properties(schema).keys()
    found: list[dict[str, JsonValue]] = []
    for content in objects(text):
        if content.get("type") == "object" or "properties" in content or "$schema" in content:
            continue
        inner = [content[key] for key in content if key.lower() in _WRAPPERS]
        places = [content] if not names.isdisjoint(content) else inner
        found += [place for place in places if isinstance(place, dict) and not names.isdisjoint(place)]
    whose = _WHOSE - names
    if any(not whose.isdisjoint(map(str.lower, place)) for place in found):
        raise UnreadableError("it says whose answer it is; give only your own, with only the fields asked for")
    return found


def _braced(text: str) -> Iterator[str]:
    """The parts of a text that stand in braces, outermost ones only; a brace inside a string does not count."""
    depth = start = 0
    quoted = escaped = False
    for place, sign in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            escaped = sign == "\\"
            quoted = sign != '"'
        elif sign == '"':
            quoted = depth > 0
        elif sign == "{":
            start = place if depth == 0 else start
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
            if depth == 0:
                yield text[start : place + 1]


def _parsed(part: str) -> JsonValue:
    """A JSON text, a trailing comma forgiven; None if it is none. Raises UnreadableError for a key given twice."""
    for attempt in (part, _TRAILING_COMMA.sub(r"\1", part)):
        try:
            content: JsonValue = json.loads(attempt, strict=False, object_pairs_hook=_once, parse_constant=_refused)
        except RecursionError:
            return None
        except UnreadableError:
            raise
        except ValueError:
            continue
        return content
    return None


def _once(pairs: Sequence[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise UnreadableError("a field is given twice")
    return content


def _refused(word: str) -> JsonValue:
    raise ValueError(f"{word} is no JSON")


def properties(schema: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The properties of an object's schema."""
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _options(wanted: JsonValue) -> list[str]:
    options = wanted.get("enum") if isinstance(wanted, dict) else None
    return [option for option in options if isinstance(option, str)] if isinstance(options, list) else []
