"""What a person sees when the app itself fails: what happened and where it is written down; never a local variable."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from agentchat.errors import AgentchatError, UsageError
from agentchat.views.clean import clean

LONGEST = 300
"""Characters of an error's own message: the rest may be anything."""

_SECRET = re.compile(r"(?i)key|token|secret|password|credential|auth")


def words(error: BaseException, environ: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """What happened, and what to do, without the value of any secret in the environment."""
    if isinstance(error, AgentchatError):
        return redacted(str(error), environ), redacted(error.hint, environ)
    message = " ".join(redacted(str(error), environ).split())[:LONGEST]
    return f"agentchat failed: {type(error).__name__}" + (f": {message}" if message else ""), ""


def told(error: AgentchatError) -> str:
    """What happened and what to do next, in a row."""
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in (str(error), error.hint) if part)


def need_terminal() -> None:
    """Raise UsageError where nobody could press a key: Textual would wait for one, at full speed, for ever."""
    if sys.__stdin__ is None or not sys.__stdin__.isatty():
        hint = "`agentchat run`, and `watch` and `replay` with --format text, do without one."
        raise UsageError("the app needs a terminal to read keys from", hint=hint)


def report(error: BaseException, environ: Mapping[str, str] = os.environ) -> str:
    """The error, and the places it came through: files, lines and functions, no values."""
    lines = [f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {words(error, environ)[0]}"]
    seen: BaseException | None = error
    while seen is not None:
        lines.append(f"  {type(seen).__name__}")
        for frame in traceback.extract_tb(seen.__traceback__):
            place = "/".join(Path(frame.filename).parts[-3:])
            lines.append(f"    {place}:{frame.lineno} {frame.name}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines) + "\n"


def log_file(folder: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where failures are written down: in the home, also if it could not be opened."""
    import platformdirs  # not before the first frame

    wanted = folder or environ.get("AGENTCHAT_HOME") or platformdirs.user_data_path("agentchat")
    return Path(wanted).expanduser() / "agentchat.log"


def write(text: str, log: Path) -> Path | None:
    """Add to the log, which only its owner may read; None where it cannot be written."""
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return None
    return log


def redacted(text: str, environ: Mapping[str, str]) -> str:
    """`text`, inert, and without the secrets the environment holds."""
    for name, value in environ.items():
        if len(value) >= 8 and _SECRET.search(name):
            text = text.replace(value, "…")
    return clean(text)
