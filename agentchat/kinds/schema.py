"""The JSON schema of a payload, in the plain form that providers, prompts and grammars take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pydantic import BaseModel, JsonValue


@lru_cache(maxsize=512)  # of a ballot: fifty voters share a few orders of the options
def inlined(payload: type[BaseModel]) -> dict[str, JsonValue]:
    """The JSON schema of a payload as providers take it: no references, no defaults, every property required."""
    schema = payload.model_json_schema()
    definitions = schema.pop("$defs", {})
    plain = _plain(schema, definitions)
    assert isinstance(plain, dict)
    return plain


def _plain(schema: JsonValue, definitions: Mapping[str, JsonValue]) -> JsonValue:
    if isinstance(schema, list):
        return [_plain(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        described = {key: value for key, value in schema.items() if key == "description"}
        target = definitions[reference.rpartition("/")[2]]
        assert isinstance(target, dict)
        return _plain({**target, **described}, definitions)
    plain: dict[str, JsonValue] = {}
    for key, value in schema.items():
        if key == "properties" and isinstance(value, dict):
            plain[key] = {name: _plain(inner, definitions) for name, inner in value.items()}
        elif key not in ("title", "default"):
            plain[key] = _plain(value, definitions)
    if isinstance(const := plain.pop("const", None), str):
        plain["enum"] = [const]
    if isinstance(properties := plain.get("properties"), dict):
        if "additionalProperties" not in plain:  # a payload: what describes it is its docstring
            plain.pop("description", None)
        plain |= {"required": list(properties), "additionalProperties": False}
    return plain
