"""A mode's settings as a form: read from their JSON schema, so that a mode of anyone's gets one for nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, JsonValue

LONG = 40
"""Characters of a value that are shown where there is little room."""

Shape = Literal["switch", "choice", "count", "number", "words"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, its value in words as a person would type it."""

    name: str
    value: str
    usual: str
    """Its default."""
    shape: Shape
    says: str = ""
    options: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None

    @property
    def label(self) -> str:
        """Its name, readable."""
        return self.name.replace("_", " ")

    @property
    def told(self) -> str:
        """What it does, and its value where that is long: a part a line."""
        if len(self.value) <= LONG:
            return self.says
        return f"{self.says}\n\nNow:\n" + "\n".join(f"  {part}" for part in self.value.split(" | "))

    @property
    def changed(self) -> bool:
        """It is not as usual."""
        return self.value != self.usual

    @property
    def brief(self) -> str:
        """What it comes to, in two words or so: `2 rounds`, `no synthesis`, `order free`."""
        if not self.changed and self.value in ("0", "auto", "no"):
            return ""
        match self.shape:
            case "switch":
                return self.label if self.value == "yes" else f"no {self.label}"
            case "count":
                return f"{self.value} {self.label.removesuffix('s') if self.value == '1' else self.label}"
            case "choice":
                return f"{self.label} {self.value}"
            case _:
                value = {"1/3": "one third", "2/3": "two thirds"}.get(self.value, self.value)
                value = value if len(value) <= LONG else f"{value[: LONG - 1].rstrip()}…"
                return f"{self.label} {value}" if self.changed else ""

    def step(self, by: int) -> Setting:
        """With the next value, or the one before; as it was where there is none."""
        match self.shape:
            case "switch":
                return replace(self, value="no" if self.value == "yes" else "yes")
            case "choice":
                at = self.options.index(self.value) if self.value in self.options else 0
                return replace(self, value=self.options[(at + by) % len(self.options)])
            case "count":
                wide = 10 if self.high is not None and self.high >= 100 else 1
                number = int(self.value) + by * wide if self.value.lstrip("-").isdigit() else int(self.usual)
                number = number if self.low is None else max(self.low, number)
                return replace(self, value=str(number if self.high is None else min(self.high, number)))
            case _:
                return self


def settings_of(model: type[BaseModel], given: Mapping[str, str] | None = None) -> tuple[Setting, ...]:
    """The settings of a mode, with the values given or their defaults."""
    fields = model.model_json_schema().get("properties", {})
    return tuple(_setting(name, field, (given or {}).get(name)) for name, field in fields.items())


def _setting(name: str, field: Mapping[str, JsonValue], given: str | None) -> Setting:
    usual = words(field.get("default"))
    options = field.get("enum")
    shapes: dict[object, Shape] = {"boolean": "switch", "integer": "count", "number": "number"}
    return Setting(
        name=name,
        value=usual if given is None else given,
        usual=usual,
        shape="choice" if isinstance(options, list) else shapes.get(field.get("type"), "words"),
        says=str(field.get("description") or ""),
        options=tuple(words(option) for option in options) if isinstance(options, list) else (),
        low=_whole(field.get("minimum")),
        high=_whole(field.get("maximum")),
    )


def _whole(value: JsonValue) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def words(value: JsonValue) -> str:
    """A value as a person would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            near = Fraction(value).limit_denominator(3)
            return str(near) if near.denominator == 3 and abs(near - value) < 1e-6 else f"{value:.4g}"
        case list() if all(isinstance(one, str) for one in value):
            return " | ".join(map(str, value))
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def changed(settings: Sequence[Setting]) -> dict[str, str]:
    """Those that are not as usual."""
    return {setting.name: setting.value for setting in settings if setting.changed}


def summary(settings: Sequence[Setting]) -> str:
    """All of them in one line."""
    return " · ".join(setting.brief for setting in settings if setting.brief)
