"""Copies of a home's database, kept in its `backups` or wherever a person wants them; and what a broken one gives."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.store import backup, faults, repair

if TYPE_CHECKING:
    from agentchat.store.backup import Backup
    from agentchat.store.repair import Repaired


def repaired(database: Path) -> Repaired:
    """Make a damaged database anew from all that can be read of it. Raises UsageError where there is none."""
    if not database.exists():
        raise UsageError("there is nothing to repair", hint=f"{database} is made with the first room.")
    return repair.repair(database)


def back_up(home: Path, database: Path, to: Path | None, *, over: bool = False) -> Backup:
    """Copy the database, to a file or into the home. Raises UsageError where there is none yet, and StoreFault."""
    if not database.exists():
        raise UsageError("there is nothing to copy yet", hint=f"{database} is made with the first room.")
    if to is None:
        folder = home / "backups"
        with faults.in_words(folder):
            for each in (home, folder):
                with suppress(FileExistsError):
                    each.mkdir(mode=0o700)
        to = folder / f"agentchat-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}.db"
    to = to.expanduser().absolute()
    if not to.parent.is_dir():
        raise UsageError(f"{to} cannot be written: there is no folder {to.parent}")
    return backup.back_up(database, to, over=over)
