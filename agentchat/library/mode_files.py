"""Modes that a person keeps as files: found, read and looked at. Nothing of one is imported or executed here.

What may be executed is the text that was hashed, and is shown: it is read once, as UTF-8 whatever it says of itself.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from dataclasses import dataclass
from pathlib import Path

from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.plain_file import read_bytes
from agentchat.library.shelf import listing
from agentchat.modes import SHIPPED
from agentchat.modes.structure import NAME
from agentchat.text import legible

FOLDER = "modes"
"""Where in a home they lie."""
MAX_BYTES = 128 * 1024
"""Of one file: the longest mode that ships has 20 KB."""
MOST = 200
"""Files that are looked at."""


NO_NAME = "is no name for a mode"
NAMED = "letters and digits, with _ between words, as in six_hats.py"


@dataclass(frozen=True, slots=True)
class ModeFile:
    """A file that may bring a mode, as it was read."""

    name: str
    """What its mode must be called: as the file, with - for _."""
    path: Path
    text: str
    sha256: str
    """Of its bytes."""
    size: int


def called(path: Path) -> str:
    """What the mode of a file is called."""
    return path.stem.lower().replace("_", "-")


def found(home: Path, flaws: list[Flaw]) -> list[Path]:
    """The files of a home that may bring modes, by name, tests of them left out; none is opened."""
    paths = listing(home / FOLDER, ".py", flaws)
    if len(paths) > MOST:
        flaws.append(Flaw(home / FOLDER, 0, f"holds more than {MOST} files: only the first {MOST} are looked at"))
    return [path for path in paths[:MOST] if not path.name.startswith(("_", "test_"))]


def read(path: Path) -> ModeFile:
    """What a file holds. Raises FlawError where it is no file that could bring a mode."""
    name = called(path)
    if not NAME.fullmatch(name):
        raise FlawError(Flaw(path, 0, NO_NAME, NAMED))
    if name in SHIPPED:
        raise FlawError(Flaw(path, 0, f"{name} is a mode that ships, and stays it", "give the file another name"))
    raw = read_bytes(path, MAX_BYTES)
    try:
        # Not as a line `# coding: …` in it wishes: what is executed must be what was shown.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FlawError(Flaw(path, line, f"byte {raw[error.start]:#04x} is not UTF-8", "save it as UTF-8")) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line_ in enumerate(text.split("\n"), 1):
        if legible(line_) != line_:
            raise FlawError(
                Flaw(path, number, "holds characters that no reader sees", "write them as \\u202e and so on")
            )
    return ModeFile(name, path, text, hashlib.sha256(raw).hexdigest(), len(raw))


@dataclass(frozen=True, slots=True)
class Glance:
    """What a file says of itself, read from its text alone."""

    modes: tuple[str, ...]
    """The names of classes that look like modes."""
    says: str
    """The title and summary of the first of them."""
    imports: tuple[str, ...]


def glance(file: ModeFile) -> Glance:
    """What it would bring. Raises FlawError where its text is no Python."""
    tree = parsed(file)
    modes: list[str] = []
    says = ""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            words = _words(node)
            if "name" in words and any(isinstance(one, ast.FunctionDef) and one.name == "next" for one in node.body):
                modes.append(words["name"])
                says = says or ": ".join(words[key] for key in ("title", "summary") if key in words)
    imports: set[str] = set()
    for one in ast.walk(tree):
        if isinstance(one, ast.Import):
            imports |= {alias.name for alias in one.names}
        elif isinstance(one, ast.ImportFrom) and one.module != "__future__":
            imports.add(one.module or ".")
    return Glance(tuple(modes), says, tuple(sorted(imports)))


def parsed(file: ModeFile) -> ast.Module:
    """Its text as Python. Raises FlawError with the line where it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(file.text, str(file.path))
    except SyntaxError as error:
        raise FlawError(Flaw(file.path, error.lineno or 1, f"is no Python: {error.msg}", "correct the line")) from None
    except (ValueError, RecursionError, MemoryError) as error:
        why = "it holds null bytes" if "\0" in file.text else str(error) or "it is nested too deeply"
        raise FlawError(Flaw(file.path, 1, f"is no Python: {why}")) from None


def _words(node: ast.ClassDef) -> dict[str, str]:
    """The texts that a class gives to names of its own."""
    words: dict[str, str] = {}
    for one in node.body:
        match one:
            case ast.AnnAssign(target=target, value=value) | ast.Assign(targets=[target], value=value):
                pairs = (
                    zip(target.elts, value.elts, strict=False)
                    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
                    else [(target, value)]
                )
                for name, what in pairs:
                    if isinstance(name, ast.Name) and isinstance(what, ast.Constant) and isinstance(what.value, str):
                        words[name.id] = what.value
            case _:
                pass
    return words
