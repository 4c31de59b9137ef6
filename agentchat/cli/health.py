"""What `agentchat doctor` looks at: each a finding with what was found and, where it is not well, what to do."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Literal

from agentchat import __version__
from agentchat.cli import log
from agentchat.cli.starter import BETTER, STARTER
from agentchat.errors import AgentchatError
from agentchat.home import Home

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

OLDEST = (3, 11)
PACKAGES = ("textual", "litellm", "pydantic", "aiosqlite", "click")
PATIENCE = 20.0
"""Seconds that importing a package may take."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `note` is worth knowing; `broken` is needed and does not work."""

    what: str
    state: Literal["ok", "note", "broken"]
    found: str
    todo: str = ""


async def examine() -> list[Finding]:
    """Look at everything."""
    findings = [*_ground()]
    try:
        async with Home() as home:
            findings += [one async for one in _home(home)]
            findings += [one async for one in _models(home)]
    except AgentchatError as error:
        findings.append(Finding("config.toml", "broken", str(error), error.hint))
    return [*findings, _terminal()]


def _ground() -> Iterator[Finding]:
    version = platform.python_version()
    if sys.version_info >= OLDEST:
        yield Finding("Python", "ok", f"{version}, {sys.executable}")
    else:
        yield Finding("Python", "broken", version, f"agentchat needs {OLDEST[0]}.{OLDEST[1]} or newer.")
    missing, there = [], []
    for name in PACKAGES:
        try:
            there.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Finding("Packages", "broken", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")
    else:
        yield Finding("Packages", "ok", f"agentchat {__version__}, {', '.join(there)}")


async def _home(home: Home) -> AsyncIterator[Finding]:
    place = next(folder for folder in (home.folder, *home.folder.absolute().parents) if folder.exists())
    if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
        more = "" if place == home.folder else ", not there yet: the first room makes it"
        yield Finding("Home", "ok", f"{home.folder}{more}")
    else:
        todo = "Set AGENTCHAT_HOME to a folder of yours: nothing that is said could be kept."
        yield Finding("Home", "broken", f"{place} may not be written", todo)
    yield await _database(home)
    scan = home.shelf.scan()
    if scan.flaws:
        first = scan.flaws[0]
        yield Finding("Personas", "note", f"{first.place}: {first.message}", "`agentchat personas check` has more.")
    else:
        yield Finding("Personas", "ok", f"{len(scan.personas)} personas, {len(scan.lineups)} line-ups")
    for plugin in home.plugins.scan():
        state: Literal["ok", "note"] = "ok" if plugin.works else "note"
        says = plugin.says or plugin.state
        yield Finding("Mode", state, f"{plugin.name}, {says}: {plugin.origin}", plugin.todo and f"`{plugin.todo}`.")
    for flaw in home.plugins.flaws:
        yield Finding("Modes", "note", f"{flaw.place} {flaw.message}", flaw.hint)
    if log.path().exists():
        yield Finding("Log", "note", f"something went wrong once: {log.path()}", "Delete it when you have read it.")


async def _database(home: Home) -> Finding:
    if not home.database.exists():
        return Finding("Database", "ok", "none yet: the first room makes it")
    try:
        store = await home.store()
        kept = len(await home.archive.sessions(limit=1_000_000))
        if lost := await home.archive.damage():
            more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
            return Finding(
                "Database",
                "broken",
                f"{lost[0]}{more}",
                "`agentchat doctor --repair` saves the rest, or restore a copy.",
            )
    except AgentchatError as error:
        return Finding("Database", "broken", str(error), error.hint)
    if store.read_only:
        return Finding("Database", "broken", f"can only be read: {store.why_read_only}", "Nothing new can be kept.")
    return Finding("Database", "ok", f"{home.database}, {kept} session{'s' * (kept != 1)}")


async def _models(home: Home) -> AsyncIterator[Finding]:
    offers = await home.offers()
    chosen = await home.chosen()
    if chosen.model == STARTER and not home.starter_ready():
        yield Finding("Model", "broken", "none yet: " + chosen.why, f"`agentchat models pull`. {BETTER}")
    else:
        yield Finding("Model", "ok", f"{chosen.model}: {chosen.why}", BETTER if chosen.model == STARTER else "")
    if home.api_base:
        yield Finding("Address", "ok", f"every model is asked at {home.api_base}")
    keys = [one.source for one in offers if one.source.endswith("_API_KEY") and one.ready]
    yield Finding("Keys", "ok" if keys else "note", ", ".join(keys) or "none is set")
    pulled = [one.model for one in offers if one.source == "Ollama"]
    yield Finding("Ollama", "ok" if pulled else "note", ", ".join(pulled) or "no server with a model answers here")
    yield await asyncio.to_thread(_starter, home)
    yield await _runner(needed=chosen.model.startswith("local/"))


def _starter(home: Home) -> Finding:
    if not home.starter_ready():
        return Finding("Starter", "note", "not on this machine", "`agentchat models pull` fetches it: 98 MB, no key.")
    try:
        sound = home.starter_sound()
    except OSError as error:
        return Finding("Starter", "broken", f"cannot be read: {error.strerror}", f"Look at {error.filename}.")
    if sound:
        return Finding("Starter", "ok", "on this machine, and its hash is right")
    return Finding("Starter", "broken", "its hash is wrong", "Delete its file, then `agentchat models pull`.")


async def _runner(*, needed: bool) -> Finding:
    """Imported in a process of its own: a build for another processor would take ours down."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-c",
        "import xllamacpp",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            code = await child.wait()
    except TimeoutError:
        child.kill()
        code = await child.wait()
    if code == 0:
        return Finding("xllamacpp", "ok", f"{metadata.version('xllamacpp')}, runs models on this machine")
    todo = "pip install 'agentchat[local]'"
    return Finding("xllamacpp", "broken" if needed else "note", "cannot be imported: no model runs here", todo)


def _terminal() -> Finding:
    if not sys.stdout.isatty():
        return Finding("Terminal", "note", "the output goes elsewhere; the app needs one, `agentchat run` does not")
    from rich.console import Console

    console = Console()
    size = shutil.get_terminal_size()
    facts = [
        f"{os.environ.get('TERM', 'TERM is not set')}, {size.columns} × {size.lines}",
        "no colour" if console.no_color or not console.color_system else f"colours: {console.color_system}",
        "Unicode" if "utf" in console.encoding else f"no Unicode ({console.encoding})",
    ]
    if console.is_dumb_terminal:
        return Finding("Terminal", "note", ", ".join(facts), "The app needs one that can move its cursor.")
    return Finding("Terminal", "ok", ", ".join(facts))
