"""From a path to a connection. What is not ours, or broken, is refused in words and never written to."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from agentchat.store import faults
from agentchat.store.faults import StoreFault
from agentchat.store.schema import APPLICATION, LABELLED, LABELS, MIGRATIONS, Migration, migrate, version

BUSY = 5.0
"""Seconds to wait for another process's transaction."""

WRITER = "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 16777216"


def writer(path: Path, steps: Sequence[Migration] = MIGRATIONS) -> sqlite3.Connection:
    """The one connection that writes. Creates the file where there is none, brings an older one up to date.

    Raises StoreFault, and what SQLite and the system raise. `read_only`, `newer` and `full` leave it to be read.
    """
    if not path.exists():
        create(path, steps)
    inspect(path)
    os.close(os.open(path, os.O_RDWR))
    _keep_private(path)
    connection = sqlite3.connect(path, timeout=BUSY, isolation_level=None)
    try:
        for pragma in WRITER.split(";"):
            connection.execute(pragma)
        _refuse_newer(connection, path, steps)
        migrate(connection, path, steps)
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CANTOPEN:
            raise faults.read_only(f"{path.parent} may not be written.") from error
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def reader(path: Path, *, beside_writer: bool = False) -> sqlite3.Connection:
    """A connection that can only read, on a read-only disk too.

    Beside a writer the file is not looked at again: whoever closes a file drops every POSIX lock that its process
    holds on it, and the next process to leave would take itself for the last and remove the write-ahead log.
    """
    if not beside_writer:
        inspect(path)
    try:
        return _reading(path, "mode=ro")
    except sqlite3.OperationalError:
        if os.access(path.parent, os.W_OK) and not _full(path):
            raise
        # WAL keeps two files beside the database: where none can be made, only this opens it.
        return _reading(path, "immutable=1")


def inspect(path: Path) -> None:
    """Look at the file's first bytes, taking no lock. Raises StoreFault where it is not ours."""
    if not path.is_file():
        raise StoreFault("missing", f"There is no database at {path}.") if not path.exists() else faults.foreign(path)
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        raise faults.foreign(path)
    if int.from_bytes(head[68:72], "big") != APPLICATION:
        raise faults.foreign(path)


def create(path: Path, steps: Sequence[Migration] = MIGRATIONS) -> None:
    """Make the file, whole from its first moment and the owner's alone; one that came to be meanwhile stays.

    Made aside and linked into place: so an empty file is never ours, and of twenty that start at once
    none sees half a database.
    """
    for folder in [each for each in reversed(path.parents) if not each.exists()]:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size and not path.exists():
        raise StoreFault(
            "gone",
            f"{path} is gone, but {log.name} beside it still holds words of it.",
            hint="Put the database back, or move that file away.",
        )
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with closing(sqlite3.connect(aside, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            migrate(connection, aside, steps)
            connection.execute("PRAGMA journal_mode = WAL")
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            if not path.exists():
                aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)
    folder_fd = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder_fd)
    finally:
        os.close(folder_fd)


def _reading(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, timeout=BUSY, isolation_level=None)
    # A byte that rotted must not hide the row it is in, let alone the others.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version(connection) < LABELLED:
            # An older one that cannot be brought up to date where it lies: nobody has labelled anything in it.
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute(LABELS)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_newer(connection: sqlite3.Connection, path: Path, steps: Sequence[Migration]) -> None:
    if (found := version(connection)) > len(steps):
        raise StoreFault(
            "newer",
            f"{path} was written by a newer agentchat (format {found}, this one knows {len(steps)}).",
            hint="Update agentchat to go on with its sessions; here they can be read.",
        )


def _keep_private(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        with suppress(PermissionError):
            path.chmod(0o600)


def _full(path: Path) -> bool:
    disk = os.statvfs(path.parent)
    return disk.f_bavail * disk.f_frsize < 1 << 17
