"""A home's `config.toml`: plain TOML, checked, every key with a default."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agentchat.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


class TimeoutSettings(BaseModel):
    """Seconds to wait for a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connect: float = Field(10.0, gt=0, description="for a connection")
    first_token: float = Field(60.0, gt=0, description="for the first text")
    silence: float = Field(30.0, gt=0, description="for the next text")
    total: float = Field(300.0, gt=0, description="for the whole reply")


class MemorySettings(BaseModel):
    """What personas are given of what they held before, in rooms that want it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: int = Field(300, ge=0, le=4000, description="at most, for one persona and question")


class Config(BaseModel):
    """What a person may set for all rooms of a home."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field("", description="The model personas are asked with, unless they wish for another")
    api_base: str = Field("", description="An OpenAI-compatible address that every model is asked at")
    theme: str = Field("", description="The screen's theme: dark, light, or a Textual theme's name")
    wait_while_typing: bool = Field(True, description="Whether the next turn waits while you write")
    timeouts: TimeoutSettings = TimeoutSettings()
    memory: MemorySettings = MemorySettings()


def read(path: Path) -> Config:
    """The configuration in a file; the defaults where there is none. Raises UsageError with file and key."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return Config.model_validate(raw)
    except FileNotFoundError:
        return Config()
    except NotADirectoryError:
        raise UsageError(f"the home {path.parent} is no folder", hint="--home or $AGENTCHAT_HOME names one.") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: byte {error.start} is not UTF-8", hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: {error}", hint='It is TOML: model = "openai/gpt-5-mini"') from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"]))
        near = get_close_matches(key, Config.model_fields, n=1, cutoff=0.4)
        hint = f"Did you mean {near[0]}?" if near else f"It knows {', '.join(Config.model_fields)}."
        raise UsageError(f"{path}: {key}: {first['msg']}", hint=hint) from None
