"""Modes that did not ship: files in the home's `modes/`, which a person trusts one by one, and what packages offer.

They are made known as the home is made, so that whoever looks a mode up finds it. One that cannot be used stops
nothing; whoever asks for it is told why. Of a file that is not trusted only the name is read to begin with, and nothing
of it is ever executed.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from agentchat import modes
from agentchat.errors import AgentchatError, UsageError
from agentchat.library import mode_files, mode_loading
from agentchat.library.flaw import FlawError
from agentchat.library.mode_files import NAMED, NO_NAME, called, found, glance, read
from agentchat.library.mode_loading import NotAModeError, load_file, load_package, offered
from agentchat.library.mode_trust import Trust
from agentchat.modes.structure import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint
    from typing import Self

    from agentchat.library.flaw import Flaw
    from agentchat.library.mode_files import Glance, ModeFile

State = Literal["trusted", "installed", "not trusted", "changed", "broken"]

TRUST = "agentchat modes trust"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A mode that somebody has, or that a package offers, and how it stands."""

    name: str
    state: State
    origin: str
    """The file's path, or the package and its version."""
    says: str = ""
    """What is wrong with it, in words."""
    modes: tuple[str, ...] = ()
    """What it made known."""
    path: Path | None = None

    @property
    def works(self) -> bool:
        """Whether rooms can be opened with it."""
        return self.state in ("trusted", "installed")

    @property
    def todo(self) -> str:
        """What a person does about it."""
        match self.state:
            case "not trusted" | "changed":
                return f"{TRUST} {self.name}"
            case "broken" if self.name in modes.SHIPPED:
                return "call yours otherwise"
            case "broken" if self.path is not None and not NAME.fullmatch(self.name):
                return "rename it"
            case "broken" if self.path is not None:
                return f"correct it, then {TRUST} {self.name}"
            case "broken":
                return "update the package, or uninstall it"
            case _:
                return ""


@dataclass(frozen=True, slots=True)
class Look:
    """A file as a person sees it before they trust it, and what it says of itself."""

    file: ModeFile
    glance: Glance
    trusted: bool
    changed: bool
    """Another text of it was trusted before."""
    before: str = ""
    """That text; empty where it was not kept."""

    @property
    def difference(self) -> list[str]:
        """What changed since it was trusted, line by line, as diff shows it; nothing where that is not known."""
        texts = (self.before.splitlines(), self.file.text.splitlines())
        lines = unified_diff(*texts, "as you trusted it", "as it is now", n=2, lineterm="")
        return [*lines] if self.changed and self.before else []


class Plugins:
    """The modes of a home, and of the packages beside it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.trust = Trust(home)
        self.flaws: list[Flaw] = []
        """What is wrong with the folder, or with the list of what is trusted."""
        self._packages: list[Plugin] = []

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self.home / mode_files.FOLDER

    @classmethod
    def loaded(cls, home: Path) -> Self:
        """The same, with all made known that is trusted or installed; what is not, so that it is missed in words."""
        made = cls(home)
        made._packages = [_offer(offer) for offer in offered()]
        made.scan()
        return made

    def scan(self) -> tuple[Plugin, ...]:
        """All there are now, made known where they are trusted."""
        self.flaws = []
        paths = found(self.home, self.flaws)
        mode_loading.drop_files(self.folder, but={str(path) for path in paths})
        files = [self._file(path, paths) for path in paths]
        self.flaws += [self.trust.flaw] if self.trust.flaw else []
        modes.none_absent()
        for one in (*self._packages, *files):
            _missed(one)
        return (*self._packages, *files)

    def hold(self, rooms: int) -> None:
        """So many more rooms of this home are open, or fewer: no other home takes their modes away meanwhile."""
        mode_loading.hold(self.folder, rooms)

    def look(self, name: str) -> Look:
        """A file to be trusted or not. Raises UsageError where there is none, or it could never bring a mode."""
        file = read(self._path(name))
        before = self.trust.of(file.path)
        changed = before not in ("", file.sha256)
        return Look(file, glance(file), before == file.sha256, changed, self.trust.text(file.path) if changed else "")

    def believe(self, look: Look) -> Plugin:
        """Trust the text that was looked at, and make its mode known. Raises UsageError where it brings none.

        Raises AgentchatError where that cannot be kept; then it is not trusted.
        """
        brought = load_file(look.file)
        try:
            self.trust.add(look.file)
        except AgentchatError:
            mode_loading.drop(str(look.file.path))
            raise
        return Plugin(look.file.name, "trusted", str(look.file.path), modes=brought.modes, path=look.file.path)

    def doubt(self, name: str) -> Path:
        """Trust a file no more, also one that is gone. Raises UsageError where it was not trusted."""
        path = self._path(name, gone=True)
        if not self.trust.drop(path):
            raise UsageError(f"{path} is not trusted", hint="`agentchat modes list` shows what is.")
        mode_loading.drop(str(path))
        self.scan()
        return path

    def _path(self, name: str, *, gone: bool = False) -> Path:
        """The file that brings the mode of that name. Raises UsageError with those there are."""
        wanted = name.strip().lower().removesuffix(".py").replace("_", "-")
        paths = found(self.home, [])
        fits = [path for path in paths if called(path) == wanted]
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise UsageError(f"{' and '.join(path.name for path in fits)} would both be {wanted}", hint="Rename one.")
        if gone and (NAME.fullmatch(wanted)):
            lost = [self.folder / f"{stem}.py" for stem in (wanted, wanted.replace("-", "_"))]
            return next((path for path in lost if self.trust.of(path)), lost[0])
        if wanted in modes.SHIPPED:
            raise UsageError(f"{wanted} is a mode that ships", hint="It needs no trust.")
        there = ", ".join(called(path) for path in paths)
        hint = f"There are {there}." if there else "There is no mode file there yet; docs/writing-a-mode.md says how."
        raise UsageError(f"{self.folder} has no file for a mode {wanted!r}", hint=hint)

    def _file(self, path: Path, among: list[Path]) -> Plugin:
        name, origin = called(path), str(path)
        if any(called(other) == name for other in among[: among.index(path)]):
            return Plugin(name, "broken", origin, f"another file there is {name} too", path=path)
        if name in modes.SHIPPED:
            return Plugin(name, "broken", origin, f"{name} is a mode that ships, and stays it", path=path)
        if not NAME.fullmatch(name):
            return Plugin(name, "broken", origin, f"{path.name} {NO_NAME}: {NAMED}", path=path)
        trusted = self.trust.of(path)
        if not trusted:
            mode_loading.drop(origin)
            return Plugin(name, "not trusted", origin, path=path)
        try:
            file = read(path)
            if file.sha256 != trusted:
                mode_loading.drop(origin)
                return Plugin(name, "changed", origin, "is not what you trusted any more", path=path)
            return Plugin(name, "trusted", origin, modes=load_file(file).modes, path=path)
        except FlawError as error:
            mode_loading.drop(origin)
            return Plugin(name, "broken", error.flaw.place, error.flaw.message, path=path)
        except NotAModeError as error:
            return Plugin(name, "broken", origin, _words(error), path=path)


def _offer(offer: EntryPoint) -> Plugin:
    package = offer.dist
    origin = f"{package.metadata['Name']} {package.version}" if package else offer.value
    try:
        return Plugin(offer.name, "installed", origin, modes=load_package(offer).modes)
    except NotAModeError as error:
        return Plugin(offer.name, "broken", origin, _words(error))


def _words(error: UsageError) -> str:
    return f"{error}. {error.hint}" if error.hint else str(error)


def _missed(one: Plugin) -> None:
    """Have whoever asks for a mode that is not there be told why."""
    where = f"in {one.path}" if one.path else f"offered by {one.origin}"
    told = {
        "not trusted": (f"{one.name} is {where}, which you have not trusted", f"Look at it: {one.todo}"),
        "changed": (f"{one.name} is {where}, which has changed since you trusted it", f"Look at it again: {one.todo}"),
        "broken": (f"{one.name}, {where}, cannot be used: {one.says}", f"What to do: {one.todo}."),
    }
    if one.state in told:
        modes.absent(one.name, *told[one.state])


def marked(look: Look) -> tuple[str, str]:
    """The file's place and the mark of its text: what a yes is to."""
    return str(look.file.path), f"SHA-256 {look.file.sha256}"


def described(look: Look) -> Iterator[str]:
    """What else a person is told of a file before they trust it."""
    file, says = look.file, look.glance
    lines = file.text.count("\n") + (not file.text.endswith("\n"))
    brings = " and ".join(says.modes) or "no mode that can be seen without running it"
    yield f"It would bring {brings}" + (f" ({says.says})" if says.says else "")
    yield f"It imports {', '.join(says.imports) or 'nothing'}"
    if look.changed:
        # The first two lines are its heads.
        marks = [line[:1] for line in look.difference[2:]]
        since = f": +{marks.count('+')} -{marks.count('-')} lines since then" if marks else ""
        yield f"You trusted another text of it before{since}."
    if not look.trusted:
        yield "It is a program: once trusted, it can do all that you can, each time agentchat starts."
    yield f"{file.size:,} bytes, {lines:,} lines"
