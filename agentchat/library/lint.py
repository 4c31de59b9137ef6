"""What is wrong, or likely to go wrong, with persona and line-up files: `personas check`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from agentchat.library.flaw import Flaw
from agentchat.library.lineup import read_lineup
from agentchat.library.persona_file import Reading, read_persona
from agentchat.library.roomfit import alone, together
from agentchat.library.rooms import Found, resolve
from agentchat.library.shelf import LINEUPS, listing, shipped
from agentchat.persona import Persona
from agentchat.prompting.prompt import tokens
from agentchat.text import skeleton
from agentchat.views.clean import FORBIDDEN

MOST = 0.1
"""The share of its model's window that a prompt may take: it is read again for every turn, and more crowds out the
discussion it is there for.
"""
USUAL = 20_000
"""Tokens of a window nobody knows."""

Window = Callable[[Persona], tuple[str, int]]
"""The model a persona would be asked with, and the tokens it reads at most; 0 where nobody knows."""

_SPEAKS_FOR = re.compile(
    r"^[ \t>*_#\[(]*(?:system|human|user|assistant|moderator|developer)[ \t*_\])]*:|<\|[a-z_]{2,20}\|?>|\[/?INST\]"
    r"|<</?SYS>>|<(?:start|end)_of_turn>|</?s>",
    re.IGNORECASE | re.MULTILINE,
)


def check(paths: Iterable[Path], window: Window = lambda _: ("", 0)) -> list[Flaw]:
    """All flaws of these files, and of the files in these folders, by place. Fatal ones make a file useless."""
    flaws: list[Flaw] = []
    personas: dict[Path, None] = {}
    lineups: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            personas |= dict.fromkeys(listing(path, ".md", flaws))
            of = path if path.name == LINEUPS else path / LINEUPS
            lineups |= dict.fromkeys(listing(of, ".toml", flaws))
        elif path.suffix == ".toml":
            lineups[path] = None
        else:
            personas[path] = None

    readings = [(path, read_persona(path)) for path in personas]
    for path, reading in readings:
        flaws += [*reading.flaws, *_lint(path, reading), *_long(path, reading, window), *alone(path, reading)]
    flaws += [*_doubles(readings), *together(readings)]
    known = _within_reach(readings, lineups)
    for path, reading in readings:
        flaws += _no_understudy(path, reading, known)
    for path in lineups:
        flaws += resolve(read_lineup(path), path, known).flaws
    return sorted(flaws, key=lambda flaw: (flaw.path, flaw.line))


def review(
    path: Path,
    reading: Reading,
    others: Iterable[tuple[Path, Reading]] = (),
    window: Window = lambda _: ("", 0),
) -> list[Flaw]:
    """All flaws of one file that may not be saved yet, among `others`, of which it hides those of its own id."""
    mine = reading.persona.id if reading.persona else ""
    beside = [
        (at, one)
        for at, one in others
        if at != path and (at.parent == path.parent or one.persona is None or one.persona.id != mine)
    ]
    ids = {one.persona.id: Found(one.persona, at, "path") for at, one in beside if one.persona}
    doubles = (flaw for flaw in _doubles([*beside, (path, reading)]) if flaw.path == path)
    flaws = [
        *reading.flaws,
        *_lint(path, reading),
        *_long(path, reading, window),
        *alone(path, reading),
        *doubles,
        *_no_understudy(path, reading, ids),
    ]
    return sorted(flaws, key=lambda flaw: (not flaw.fatal, flaw.line))


def _lint(path: Path, reading: Reading) -> Iterator[Flaw]:
    """What a file may say, and had better not."""
    persona, front = reading.persona, reading.front
    if persona is None or front is None:
        return
    if "focus" not in front.values:
        hint = "a few nouns of what it cares about, as in  focus: prices, rents and who pays"
        taken = "the description's first sentence is taken" if persona.focus else "small models will not know who it is"
        yield Flaw(path, 1, f"has no focus: {taken}", hint, fatal=False)
    for line, text in _texts(reading):
        if said := _SPEAKS_FOR.search(text):
            message = f"tries to speak as somebody else: {' '.join(said[0].split())}"
            yield Flaw(path, _at(line, text, said), message, "it will be read as plain text", fatal=False)
        if hidden := FORBIDDEN.search(text.replace("\t", " ")):
            message = f"holds the hidden character U+{ord(hidden[0]):04X}"
            yield Flaw(path, _at(line, text, hidden), message, "delete it: nobody sees it", fatal=False)


def _long(path: Path, reading: Reading, window: Window) -> Iterator[Flaw]:
    """A prompt that leaves its model too little for the talk."""
    persona, front = reading.persona, reading.front
    if persona is None or front is None:
        return
    model, size = window(persona)
    have = tokens(persona.prompt)
    if have > MOST * (size or USUAL):
        whose = f"the window of {model}, {size:,} tokens" if size else f"a window of {USUAL:,} tokens"
        message = f"has a prompt of about {have:,} tokens: more than a tenth of {whose}"
        yield Flaw(path, front.body_line, message, "shorten it: it is read again for every turn", fatal=False)


def _texts(reading: Reading) -> Iterator[tuple[int, str]]:
    persona, front = reading.persona, reading.front
    if persona is not None and front is not None:
        for key, text in (("title", persona.title), ("description", persona.description), ("focus", persona.focus)):
            yield front.lines.get(key, 1), text
        yield front.body_line, persona.prompt


def _at(line: int, text: str, match: re.Match[str]) -> int:
    return line + text.count("\n", 0, match.start())


def _doubles(readings: list[tuple[Path, Reading]]) -> Iterator[Flaw]:
    """Two of one id, one job, one line or one prompt: personas that say the same make a discussion worse."""
    seen: dict[tuple[str, str], Path] = {}
    for path, reading in readings:
        persona, front = reading.persona, reading.front
        if persona is None or front is None:
            continue
        for what, text in _identity(persona):
            first = seen.setdefault((what, text), path)
            if not text or first == path:
                continue
            line = front.body_line if what == "prompt" else front.lines.get(what, 1)
            taken = what == "name" and first.parent == path.parent
            yield Flaw(path, line, f"has the same {what} as {first.name}", "make the two differ", fatal=taken)


def _identity(persona: Persona) -> tuple[tuple[str, str], ...]:
    shape = " ".join(persona.prompt.split()).casefold()
    return (("name", skeleton(persona.name)), ("title", skeleton(persona.title)), ("focus", skeleton(persona.focus)),
            ("prompt", shape))  # fmt: skip


def _no_understudy(path: Path, reading: Reading, known: Mapping[str, Found]) -> Iterator[Flaw]:
    persona, front = reading.persona, reading.front
    if persona is not None and front is not None and persona.understudy and persona.understudy not in known:
        yield Flaw(path, front.lines["understudy"], f"understudy: there is no {persona.understudy!r}", fatal=False)


def _within_reach(readings: list[tuple[Path, Reading]], lineups: Iterable[Path]) -> dict[str, Found]:
    """By their ids, the personas that these files can mean: their own, their neighbours', and those that ship."""
    read = dict(readings)
    neighbours = dict.fromkeys([*(path.parent for path in read), *(path.parent.parent for path in lineups), shipped()])
    for folder in neighbours:
        for path in listing(folder, ".md", []):
            if path not in read:
                read[path] = read_persona(path)
    found: dict[str, Found] = {}
    for path, reading in read.items():
        if reading.persona is not None:
            found.setdefault(reading.persona.id, Found(reading.persona, path, "path"))
    return dict(sorted(found.items()))
