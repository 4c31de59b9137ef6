"""Modes of others, made known: out of a trusted file, or a package. What cannot be used is taken back, and said.

Each source owns what it brought. Nothing of it may take the place of what ships, or of what another source brought.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from agentchat.errors import UsageError
from agentchat.kinds import known as kinds
from agentchat.library.mode_files import parsed
from agentchat.modes import SHIPPED, comes_from, forget, mode_of, names, register
from agentchat.modes.structure import is_mode, wrong

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint

    from agentchat.library.mode_files import ModeFile
    from agentchat.modes import Mode

GROUP = "agentchat.modes"
"""The group of entry points in which a package offers modes."""


class NotAModeError(UsageError):
    """A file or package brings no mode that could be used: why."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What one source made known."""

    modes: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    sha256: str = ""


_brought: dict[str, Brought] = {}
_rooms: Counter[Path] = Counter()
"""How many rooms are open of the home that has this folder of modes."""


def offered() -> list[EntryPoint]:
    """What the packages of this environment offer: 3 ms in one of 95."""
    return sorted(entry_points(group=GROUP), key=lambda one: (one.name, one.value))


def load_file(file: ModeFile) -> Brought:
    """Execute a file that is trusted, and make its mode known. Raises NotAModeError with what is wrong with it."""
    source = str(file.path)
    if (there := _brought.get(source)) and there.sha256 == file.sha256 and set(there.modes) <= {*names()}:
        return there
    drop(source)
    module = ModuleType(f"agentchat_modes_{file.name.replace('-', '_')}")
    module.__file__ = source

    def execute() -> ModuleType:
        code = compile(parsed(file), source, "exec", dont_inherit=True)
        sys.modules[module.__name__] = module  # where pydantic looks up what annotations mean
        exec(code, module.__dict__)  # noqa: S102 (the person has read it, and said yes to these very bytes)
        return module

    try:
        brought = _take(source, execute, file.sha256)
        if file.name not in brought.modes:
            drop(source)
            raise NotAModeError(
                f"brings {' and '.join(brought.modes)}, and no mode called {file.name}",
                hint="A mode's name is that of its file, with - for _.",
            )
    except NotAModeError:
        sys.modules.pop(module.__name__, None)
        raise
    for name in brought.modes:
        comes_from(name, file.sha256)
    return brought


def load_package(offer: EntryPoint) -> Brought:
    """Import what a package offers, and make it known. Raises NotAModeError with what is wrong with it."""
    source = offer.value
    there = _brought.get(source)
    return there if there and set(there.modes) <= {*names()} else _take(source, offer.load)


def drop(source: str) -> None:
    """Know nothing any more of what a source brought."""
    if (gone := _brought.pop(source, None)) is not None:
        for name in gone.modes:
            forget(name)
        kinds.forget(gone.kinds)


def drop_files(folder: Path, but: set[str]) -> None:
    """Know nothing any more of files that are not among these of a folder: they are gone, or of another home.

    What another home has stays known as long as rooms of it are open in this program.
    """
    for source, brought in [*_brought.items()]:
        there = Path(source).parent
        if brought.sha256 and source not in but and (there == folder or not _rooms[there]):
            drop(source)


def hold(folder: Path, rooms: int) -> None:
    """So many more rooms are open, or fewer, of the home that has this folder."""
    _rooms[folder] += rooms


def _take(source: str, bring: Callable[[], object], sha256: str = "") -> Brought:
    """Let a source register what it has; where something is wrong with that, as if it had not."""
    modes = {name: mode_of(name) for name in names()}
    before = kinds.known()
    try:
        mine = _mine(_run(bring))
        new = [name for name in names() if mode_of(name) is not modes.get(name)]
        new += [mode.name for mode in mine if mode.name not in new]
        if not new:
            raise NotAModeError("registers no mode", hint="It ends in register(…), or has @register above its class.")
        for name in new:
            if name in SHIPPED:
                raise NotAModeError(f"{name} is a mode that ships, and stays it", hint="Call yours otherwise.")
            if any(name in other.modes for other in _brought.values()):
                raise NotAModeError(f"{name} is there already, from elsewhere", hint="Call yours otherwise.")
            _checked(mode_of(name))
        if taken := before.replaced():
            raise NotAModeError(f"{' and '.join(taken)}: a kind that is there already", hint="Call yours otherwise.")
    except NotAModeError:
        for name in [name for name in names() if name not in modes]:
            forget(name)
        for mode in modes.values():
            register(mode)
        kinds.put_back(before)
        raise
    _brought[source] = Brought(tuple(new), before.since(), sha256)
    return _brought[source]


def _run(bring: Callable[[], object]) -> object:
    try:
        with redirect_stdout(sys.stderr):  # results go to stdout, and none of this is one
            return bring()
    except KeyboardInterrupt:
        raise
    except UsageError as error:
        raise NotAModeError(str(error), hint=error.hint) from None
    except SystemExit:
        raise NotAModeError(
            "ends the program as it is loaded", hint="A mode does nothing but say what it is."
        ) from None
    except BaseException as error:  # noqa: BLE001 (the edge: whatever somebody else's module does)
        line = _line(error)
        words = next(iter(str(error).splitlines()), "")
        where = f"line {line}: " if line else ""
        raise NotAModeError(where + type(error).__name__ + (f": {words}" if words else "")) from None


def _line(error: BaseException) -> int:
    """The line of the file itself at which it failed; 0 where it failed elsewhere alone."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__", "").startswith("agentchat_modes_"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _checked(mode: type) -> None:
    try:
        faults = wrong(mode)
    except (Exception, SystemExit) as error:  # noqa: BLE001 (the edge: whatever somebody else's class does)
        words = next(iter(str(error).splitlines()), "")
        raise NotAModeError(f"{mode.__name__} is no mode yet: {type(error).__name__}: {words}".rstrip(": ")) from None
    if faults:
        raise NotAModeError(f"{mode.__name__} is no mode yet: {faults[0]}", hint="; ".join(faults[1:]))


def _mine(offered: object) -> list[type[Mode]]:
    """The modes that an entry point names, or that its module holds: one that was imported before registers no more."""
    if isinstance(offered, type):
        if not is_mode(offered):
            raise NotAModeError(f"{offered.__name__} is no mode: it has no next and no Settings")
        _checked(offered)
        if offered.name not in SHIPPED:
            register(offered)
        return [offered]
    if not isinstance(offered, ModuleType):
        raise NotAModeError(f"offers {type(offered).__name__}, and neither a mode nor a module that registers one")
    root = offered.__name__.partition(".")[0]
    own = [one for one in vars(offered).values() if is_mode(one) and one.__module__.partition(".")[0] == root]
    return [one for one in own if getattr(one, "name", "") in names() and mode_of(one.name) is one]
