"""What can go wrong with a database, in words a person can act on."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Literal

from agentchat.errors import StoreError

FaultKind = Literal[
    "full",
    "locked",
    "read_only",
    "foreign",
    "damaged",
    "gone",
    "newer",
    "missing",
    "taken",
    "lost",
    "held",
    "index",
    "closed",
    "other",
]


class StoreFault(StoreError):  # noqa: N818 (`LeaseHeld` says what happened, as all below this do)
    """A StoreError that says of which kind it is.

    `full`, `locked` and `gone` may pass; `missing` is a session that is not there, `taken` a place in
    a log that another event has, `lost` a lease that another process took over, `held` one it has,
    `index` an index of words that rotted.
    """

    def __init__(self, kind: FaultKind, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.kind: FaultKind = kind


class LeaseHeld(StoreFault):
    """Another process drives the session."""

    def __init__(self, session: str, pid: int, host: str) -> None:
        super().__init__(
            "held",
            f"Session {session} is open in another window (process {pid} on {host}).",
            hint="Watch it here, or end it there first.",
        )
        self.pid, self.host = pid, host


def read_only(why: str) -> StoreFault:
    """A write was wanted of a store that only reads."""
    return StoreFault("read_only", f"Nothing can be kept: {why}", hint="Set AGENTCHAT_HOME to a folder you may write.")


def no_session(session: str) -> StoreFault:
    """There is no session of that id."""
    return StoreFault("missing", f"There is no session {session}.", hint="`agentchat sessions list` shows all.")


class in_words:  # noqa: N801 (called as a function; a generator would take five times as long around each write)
    """What goes wrong with the database in here is raised as a StoreFault."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        match error:
            case None:
                pass
            case sqlite3.Error():
                raise of_sqlite(error, self.path) from error
            case OSError():
                raise of_os(error, self.path) from error
            case UnicodeDecodeError():  # SQLite quotes what rotted, and Python cannot read the quotation
                raise damaged(self.path, "not even its tables have their names") from error
            case _:
                pass


def of_sqlite(error: sqlite3.Error, path: Path) -> StoreFault:
    """SQLite's error in words. Raises it as it is where it is no fault of the file, but ours."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF
    match code:
        case sqlite3.SQLITE_FULL:
            return full(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreFault(
                "locked",
                f"{path} has been in use by another process for too long.",
                hint="End the other process, or try again.",
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return read_only(f"{path} is read-only.")
        case sqlite3.SQLITE_NOTADB:
            return foreign(path)
        case sqlite3.SQLITE_CORRUPT:
            return damaged(path, str(error))
        case sqlite3.SQLITE_ERROR if str(error).startswith(("no such", "malformed")):
            return damaged(path, str(error))
        case sqlite3.SQLITE_ERROR | sqlite3.SQLITE_MISUSE | sqlite3.SQLITE_RANGE | sqlite3.SQLITE_CONSTRAINT:
            raise error
        case sqlite3.SQLITE_CANTOPEN:
            return StoreFault("other", f"{path} cannot be opened.", hint="Check that its folder is there and yours.")
        case _:
            name = getattr(error, "sqlite_errorname", "")
            return StoreFault("other", f"{path} could not be used: {error} ({name}).", hint="Check the disk.")


def of_os(error: OSError, path: Path) -> StoreFault:
    """The system's error in words."""
    match error.errno:
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return read_only(f"{path} may not be written.")
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return full(path)
        case _:
            return StoreFault("other", f"{path} could not be used: {error.strerror}.", hint="Check its folder.")


def is_rot(error: sqlite3.Error) -> bool:
    """Whether the file is broken at this place, and perhaps at no other."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT


def full(path: Path) -> StoreFault:
    """No room left for the database."""
    return StoreFault("full", f"The disk is full: {path} cannot grow.", hint="Free some space, then go on.")


def foreign(path: Path) -> StoreFault:
    """The file is something else: it is never written to."""
    return StoreFault(
        "foreign",
        f"{path} is not an agentchat database; it was left as it is.",
        hint="Move it away, or set AGENTCHAT_HOME to another folder.",
    )


def damaged(path: Path, what: str) -> StoreFault:
    """The file is ours, and broken: it is never replaced."""
    return StoreFault(
        "damaged",
        f"{path} is damaged ({what}); it was left as it is.",
        hint="`agentchat doctor --repair` saves what can be read; or restore a copy of it.",
    )


def gone(path: Path) -> StoreFault:
    """The file was deleted or replaced while it was open: what is written now would go nowhere."""
    return StoreFault("gone", f"{path} was deleted or replaced while it was open.", hint="Put it back and start again.")
