"""Sessions that lie in files, one event a line: those that ship, by name or id, and anybody's, by path."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from agentchat import importing
from agentchat.errors import UsageError
from agentchat.events import SessionOpened, decode
from agentchat.log import Log

SUFFIX = ".jsonl"


def shipped() -> dict[str, Path]:
    """The recordings that ship, by name: inside the package, or beside it in a checkout."""
    package = Path(str(resources.files("agentchat")))
    inside = package / "sessions"
    folder = inside if inside.is_dir() else package.parent / "sessions"
    return {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}


def recording(name: str) -> Path | None:
    """The file that a name means; None where it can only mean a session's id."""
    if name.endswith(SUFFIX):
        return Path(name).expanduser()
    return shipped().get(name.strip().lower())


def of_id(prefix: str) -> Path | None:
    """The recording that ships whose session's id begins so."""
    for path in shipped().values():
        with path.open("rb") as file:
            first = decode(file.readline())
        if prefix.strip() and isinstance(first, SessionOpened) and first.session.startswith(prefix.strip()):
            return path
    return None


def read(path: Path) -> Log:
    """The session in a file. Raises UsageError that says what is wrong with it."""
    taken = importing.read(path)
    try:
        return Log(event for event, _ in taken.lines)
    except (KeyError, ValueError):
        raise UsageError(f"{path} is no whole session", hint=MADE) from None


MADE = "Such a file is made by: agentchat sessions export ID"
