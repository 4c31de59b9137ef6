"""Time-outs among the settings of a room: for all rooms in `config.toml`, for one as `timeouts.NAME=SECONDS`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.models.base import Timeouts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentchat.config import TimeoutSettings


def split(usual: TimeoutSettings, settings: Mapping[str, str]) -> tuple[Timeouts, dict[str, str]]:
    """The time-outs, and what is left for the mode. Raises UsageError for one that is none."""
    values = usual.model_dump()
    rest = {}
    for key, value in settings.items():
        group, _, name = key.partition(".")
        if group != "timeouts":
            rest[key] = value
            continue
        if name not in values:
            raise UsageError(f"there is no time-out {name!r}", hint=f"There are {', '.join(values)}.")
        try:
            values[name] = float(value)
        except ValueError:
            raise UsageError(f"{key} = {value!r} is no number of seconds") from None
    return Timeouts(**values), rest
