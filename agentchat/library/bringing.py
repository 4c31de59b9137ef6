"""Personas of other programs become files of ours: read, named, written, one after the other.

A file that cannot be read stops no other. What is written stays in the folder that was named, under a name made of an
id, and is read back before it is kept.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import JsonValue

from agentchat.errors import UsageError
from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.formats import MAX_BYTES, Brought, UnknownFormatError, recognise, strict_json
from agentchat.library.persona_file import parse_persona
from agentchat.library.placing import Taken, place
from agentchat.library.plain_file import MAX_BYTES as MAX_PERSONA, read_bytes, read_text
from agentchat.library.written import fitting, markdown
from agentchat.persona import Persona

SUFFIXES = frozenset({".md", ".json", ".png", ".charx", ".yaml", ".yml"})
"""What is looked at in a folder; a file that is named is looked at whatever it is called."""
MAX_DEPTH = 4
MAX_FILES = 5_000
INLINE = 6 * 1024
"""Characters of an origin that stands in the front matter; a longer one gets a file beside it."""
FROM, ORIGIN = "from", "origin"
BESIDE = ".origin.json"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One persona that was brought: out of which file of which format, as whom, and what a room does not use of it."""

    source: Path
    format: str
    persona: Persona
    path: Path
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bringing:
    """What came of it all. `passed` are files of a folder that are no personas."""

    arrivals: tuple[Arrival, ...]
    flaws: tuple[Flaw, ...]
    passed: int = 0


def bring(
    paths: Iterable[Path], to: Path, others: Iterable[Persona] = (), *, name: str = "", dry: bool = False,
    force: bool = False,
) -> Bringing:  # fmt: skip
    """Bring every persona in these files and folders into the folder `to`; `dry` writes nothing.

    `name` is what the only one is called instead. `force` writes over a file of the same id. Raises UsageError if the
    folder cannot be written to, or one name is given to several.
    """
    taken = Taken.of(to, others)
    arrivals: list[Arrival] = []
    flaws: list[Flaw] = []
    passed = 0
    found: list[tuple[Path, Brought]] = []
    for path, inside in _files(paths, flaws):
        try:
            raw = read_bytes(path, MAX_BYTES)
            if inside and _mere_text(path, raw):
                passed += 1
                continue
            found += [(path, one) for one in recognise(raw, path)]
        except UnknownFormatError as error:
            passed += inside
            flaws += [] if inside else [error.flaw]
        except FlawError as error:
            flaws.append(error.flaw)
    if name and len(found) > 1:
        raise UsageError(f"--name names one persona, and there are {len(found)}", hint="bring them one by one")
    for path, one in found:
        try:
            arrivals.append(_settle(path, replace(one, name=name or one.name), to, taken, dry=dry, force=force))
        except FlawError as error:
            flaws.append(error.flaw)
    return Bringing(tuple(arrivals), tuple(flaws), passed)


def _settle(source: Path, one: Brought, to: Path, taken: Taken, *, dry: bool, force: bool) -> Arrival:
    name, id_, renamed = place(one.name, source.name.split(".")[0], taken, force=force)
    values = fitting(one.own)
    beside = ""
    if one.origin is not None:
        whole = json.dumps(one.origin, separators=(",", ":"))
        beside = whole if len(whole) > INLINE else ""
        values |= {FROM: one.format, ORIGIN: f"{id_}{BESIDE}" if beside else whole}
    path = to / f"{id_}.md"
    text = markdown(name, values, one.prompt)
    if len(text.encode()) > MAX_PERSONA:
        hint = "shorten it: no model reads that much"
        raise FlawError(Flaw(source, 0, f"holds a prompt of more than {MAX_PERSONA // 1024} KB", hint))
    try:
        reading = parse_persona(text, path)
    except FlawError as error:
        raise FlawError(Flaw(source, 0, f"cannot be written as a persona: {error.flaw.message}")) from None
    if reading.persona is None:
        fatal = next(flaw for flaw in reading.flaws if flaw.fatal)
        raise FlawError(Flaw(source, 0, f"cannot be written as a persona: {fatal.message}", fatal.hint))
    if not dry:
        if beside:
            _write(to / f"{id_}{BESIDE}", beside)
        _write(path, text)
    taken.add(id_, name)
    return Arrival(source, one.format, reading.persona, path, (*one.ignored, *([renamed] if renamed else [])))


def origin_of(persona: Persona, path: Path) -> JsonValue:
    """What a persona was brought from, out of its front matter or the file beside it; None if it was not."""
    told = persona.extra.get(ORIGIN)
    if not isinstance(told, str) or FROM not in persona.extra:
        return None
    beside = path.with_name(f"{path.name.removesuffix('.md')}{BESIDE}")
    if told == beside.name:
        return strict_json.parse(read_text(beside, strict_json.MAX_BYTES * 2), beside)
    return strict_json.parse(told, path) if told.startswith("{") else None


def write_file(path: Path, content: bytes) -> None:
    """Put a file in its place at once, over what stood there: a link there is replaced, never followed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                os.fchmod(file.fileno(), 0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        hint = "make room for it or let it be written there, then save again; or name another folder"
        raise UsageError(f"{path} cannot be written: {error.strerror or error}", hint=hint) from None


def _write(path: Path, text: str) -> None:
    write_file(path, text.encode())


def _files(paths: Iterable[Path], flaws: list[Flaw]) -> Iterator[tuple[Path, bool]]:
    """Each file, and whether it only lay in a folder that was named. No link is followed."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            yield from ((file, True) for file in _inside(path, flaws))
        else:
            yield path, False


def _inside(folder: Path, flaws: list[Flaw]) -> list[Path]:
    files: list[Path] = []
    waiting = [(folder, 0)]
    while waiting:
        place_, depth = waiting.pop(0)
        try:
            with os.scandir(place_) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            flaws.append(Flaw(place_, 0, f"cannot be listed: {error.strerror}"))
            continue
        pattern = any(entry.name == "system.md" for entry in listed)
        for entry in listed:
            path = Path(entry.path)
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
                waiting.append((path, depth + 1))
            elif _worth_a_look(path, pattern=pattern) and not entry.is_dir():
                files.append(path)
            if len(files) >= MAX_FILES:
                flaws.append(Flaw(folder, 0, f"holds more than {MAX_FILES:,} files: the rest is left", "name a part"))
                return files
    return files


def _mere_text(path: Path, raw: bytes) -> bool:
    """Whether a file of a folder is Markdown that nothing marks as a persona: a project is full of those."""
    marked = path.name == "system.md" or path.parent.name == "roles" or raw.startswith((b"---", b"\xef\xbb\xbf---"))
    return path.suffix.lower() == ".md" and not marked


def _worth_a_look(path: Path, *, pattern: bool) -> bool:
    if pattern:  # a Fabric pattern: what else lies there is no persona
        return path.name == "system.md"
    name = path.name.lower()
    return path.suffix.lower() in SUFFIXES and name != "readme.md" and not name.endswith(BESIDE)
