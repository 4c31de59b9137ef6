"""A file that a room file names: beside it, or in a folder beside it, and nowhere else.

What is shared must not reach what is not: no way up, no absolute path, no link.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from agentchat.library.flaw import Flaw, FlawError

LAW = "files are named from the room file's own folder, without .. and links"


def is_file(name: str) -> bool:
    """Whether an entry of `personas` names a file and no persona."""
    return name.endswith(".md") or "/" in name or "\\" in name


def beside(file: Path, name: str, key: str, line: int) -> Path:
    """Where the file is that the room file `file` calls `name`, under `key`. Raises FlawError where it may not."""
    parts = PurePosixPath(name).parts
    why = (
        "is no name of a file" if not parts or "\0" in name or not name.isprintable() else
        "is an absolute path" if name.startswith(("/", "~", "\\")) or Path(name).is_absolute() or ":" in parts[0] else
        "leads out of its folder" if ".." in parts or "\\" in name else ""
    )  # fmt: skip
    if why:
        raise FlawError(Flaw(file, line, f"{key}: {name!r} {why}", LAW))
    path = file.parent
    try:
        for part in parts:
            path /= part
            if path.is_symlink():
                raise FlawError(Flaw(file, line, f"{key}: {name!r} leads through a symbolic link", LAW))
        there = path.exists()
    except OSError as error:  # a name that is too long, a folder that is closed
        raise FlawError(Flaw(file, line, f"{key}: {name[:100]!r} cannot be read: {error.strerror}", LAW)) from None
    if not there:
        raise FlawError(Flaw(file, line, f"{key}: there is no file {name!r}", f"it is looked for at {path}"))
    return path
