"""Sessions handed on, and taken in: from the database to a file, from anybody's file to the database."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from agentchat.errors import AgentchatError, UsageError
from agentchat.events import Event, encode, stamp
from agentchat.export import printout
from agentchat.export.secrets import Found, Masker
from agentchat.home.recordings import of_id, recording
from agentchat.importing import event_of, read, renamed, same
from agentchat.importing.plain import Lines
from agentchat.log import Log
from agentchat.persona import slugify
from agentchat.store import StoreFault
from agentchat.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from agentchat.importing.taken import Taken
    from agentchat.store import Store

ROOM = "room"
"""A room file: no printout of what was said, but the room it was said in."""
SUFFIXES = {"jsonl": ".jsonl", "html": ".html", "md": ".md", "adr": ".adr.md", "text": ".txt", ROOM: ".toml"}
_ENDINGS = {
    ".jsonl": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".md": "md",
    ".markdown": "md",
    ".txt": "text",
    ".toml": ROOM,
}
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Handed:
    """One session as it leaves the house."""

    session: str
    name: str
    """What its file is called where nobody says otherwise."""
    chunks: Iterable[str]
    masked: list[Found] = field(default_factory=list)
    sealed: int = 0
    """Turns that are still sealed, and stand in it all the same: only in the raw log."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file that was taken in."""

    session: str
    how: Literal["new", "there", "grown", "other"]
    """`there`: nothing was new. `grown`: it has gone on elsewhere. `other`: its id was taken, it has one of its own."""
    taken: Taken
    binned: bool = False
    """It was in the bin, and is no longer."""


def form_of(path: str) -> str:
    """The format a file's name asks for; empty where it asks for none."""
    if path.lower().endswith(SUFFIXES["adr"]):
        return "adr"
    return _ENDINGS.get(Path(path).suffix.lower(), "")


class Bundles:
    """What one home hands on and takes in. Raises what the store raises, and UsageError."""

    def __init__(self, store: Callable[[], Awaitable[Store]], environ: Mapping[str, str]) -> None:
        self._store, self._environ = store, environ

    async def hand_on(
        self, name: str, form: str, *, keep_secrets: bool = False, unkept: Sequence[Event] = ()
    ) -> Handed:
        """A session, by its id, or one that ships or lies in a file, in a format; without its secrets.

        What was said and is `unkept`, as the disk is full, stands at its end as it is going to be.
        """
        lines = await self._lines(name)
        if unkept:
            lines = await asyncio.to_thread(_with, lines, unkept)
        return await asyncio.to_thread(self._made, lines, form, keep_secrets=keep_secrets)

    async def log(
        self, name: str, *, keep_secrets: bool = False, unkept: Sequence[Event] = ()
    ) -> tuple[Log, list[Found]]:
        """A session as a whole, without its secrets, and which these were."""
        lines = await self._lines(name)
        if unkept:
            lines = await asyncio.to_thread(_with, lines, unkept)
        masker = Masker(self._environ)
        return (await asyncio.to_thread(self._masked, lines, masker, keep_secrets=keep_secrets))[0], masker.found

    async def take_in(self, path: Path, *, strict: bool = False) -> Kept:
        """The session in a file, kept. With `strict` nothing is where any line of it is damaged."""
        taken = await asyncio.to_thread(_read, path)
        if strict and taken.damaged:
            raise UsageError(f"{path}, {taken.damaged[0]}", hint="Without --strict, the rest is imported.")
        store = await self._store()
        kept = await _kept(store, taken.opened.session)
        if kept is not None and same(kept, taken) is None:
            taken = await asyncio.to_thread(renamed, taken)
            kept = await _kept(store, taken.opened.session)
            how: Literal["new", "there", "grown", "other"] = "other"
        else:
            how = "new"
        session = taken.opened.session
        if kept is None:
            await store.take_in(session, taken.lines)
            return Kept(session, how, taken)
        more = same(kept, taken) or 0
        binned = (await store.session(session)).deleted is not None
        if more > 0:
            await store.take_in(session, taken.lines[-more:])
        if binned:
            await store.throw_away(session, None)
        return Kept(session, "grown" if more > 0 else "there", taken, binned)

    async def _lines(self, name: str) -> list[bytes]:
        if path := recording(name):
            return await asyncio.to_thread(_lines_of, path)
        store = await self._store()
        try:
            return await store.lines(await store.find(name))
        except UsageError:
            if path := of_id(name):
                return await asyncio.to_thread(_lines_of, path)
            raise

    def _made(self, lines: list[bytes], form: str, *, keep_secrets: bool) -> Handed:
        masker = Masker(self._environ)
        log, lines = self._masked(lines, masker, keep_secrets=keep_secrets)
        opened = log.transcript.opened
        name = called(log, form)
        if form == "jsonl":
            sealed = [one for one in log.transcript.entries if isinstance(one, Turn) and log.transcript.sealed(one)]
            chunks: Iterable[str] = (line.decode("utf-8", "replace") + "\n" for line in lines)
            return Handed(opened.session, name, chunks, masker.found, sum(one.end is not None for one in sealed))
        return Handed(opened.session, name, [*printout(form).take(log, rest=True)], masker.found)

    def _masked(self, lines: list[bytes], masker: Masker, *, keep_secrets: bool) -> tuple[Log, list[bytes]]:
        events = [event_of(line) for line in lines]
        if not keep_secrets:
            masked = [masker.line(line, event.seq) for line, event in zip(lines, events, strict=True)]
            events = [
                event if new is old else event_of(new) for event, old, new in zip(events, lines, masked, strict=True)
            ]
            lines = masked
        try:
            return Log(events), lines
        except (KeyError, ValueError) as error:
            raise AgentchatError("the session cannot be read from its beginning") from error


def called(log: Log, form: str) -> str:
    """What a session's file is called where nobody says otherwise."""
    opened = log.transcript.opened
    return f"{_slug(opened.topic)}-{opened.session[:8]}{SUFFIXES[form]}"


def _with(lines: list[bytes], unkept: Sequence[Event]) -> list[bytes]:
    log = Log(map(event_of, lines))
    for event in unkept:
        log.append(stamp(event, log.next_seq, log.head, datetime.now(UTC)))
    return [*lines, *(encode(event) for event in log.events[len(lines) :])]


def write(path: Path, chunks: Iterable[str], *, force: bool = False) -> None:
    """Write a file whole or not at all, for its owner alone, never over another unless forced. Raises UsageError."""
    path = path.expanduser().absolute()
    aside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        if not force and os.path.lexists(path):
            raise FileExistsError
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        if force:
            aside.replace(path)
        else:
            _put(aside, path)
    except FileExistsError:
        raise UsageError(f"{path} is there already", hint="--force writes over it; --output names another.") from None
    except FileNotFoundError:
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}") from None
    except OSError as error:
        raise UsageError(
            f"{path} could not be written: {error.strerror}", hint="The session is kept as it is."
        ) from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _put(aside: Path, path: Path) -> None:
    """In its place at once, where nothing is there. Raises FileExistsError."""
    try:
        os.link(aside, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        aside.replace(path)


def _read(path: Path) -> Taken:
    taken = read(path)
    try:
        Log(event for event, _ in taken.lines)
    except (KeyError, ValueError):
        raise UsageError(f"{path} is no whole session") from None
    return taken


async def _kept(store: Store, session: str) -> list[bytes] | None:
    try:
        return await store.lines(session)
    except StoreFault as fault:
        if fault.kind != "missing":
            raise
        return None


def _lines_of(path: Path) -> list[bytes]:
    with Lines(path) as lines:
        return [line for _, line in lines]


def _slug(topic: str) -> str:
    line = next((one for one in topic.splitlines() if one.strip()), "")
    slug = slugify(line)
    if len(slug) > LONGEST_NAME:
        slug = slug[:LONGEST_NAME].rpartition("-")[0] or slug[:LONGEST_NAME]
    return slug or "session"
