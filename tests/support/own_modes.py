"""Modes that a person wrote, as files; and a package that offers one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agentchat.kinds import known
from agentchat.library import mode_loading
from agentchat.modes import forget, names

SAYING = '''
from pydantic import Field

from agentchat import kinds
from agentchat.modes import Settings, register
from agentchat.modes.sitting import sitting
from agentchat.steps import Ask, Finish, Record, Wait


class Word(kinds.Payload):
    word: str = Field(max_length=40, description="Which word?")
    loud: bool = Field(False, description="Whether it is cried out")


class SayingSettings(Settings):
    """How it goes."""

    times: int = Field(1, ge=1, le=5, description="How often each says a word")
    black_first: bool = Field(False, description="Whether the last begins")
    no_pause: bool = Field(False, description="Whether there is none")
    you: bool = Field(False, description="Whether you say one too")


kinds.register(kinds.Kind("word", "says a word", look="card", title="A word", payload=lambda _: Word,
                          told=lambda said: f"The word is **{said['word']}**"))
kinds.conclude(kinds.Conclusion(
    "words_counted", card=lambda data, name: kinds.Sheet("Words", (f"{data['count']} words",), "counted")))


@register
class Saying:
    """Each says a word."""

    name, version, title = "saying", 1, "Saying"
    summary = "each says one word"
    picture = "A B C"
    achieves = frozenset({"said"})
    Settings = SayingSettings

    def __init__(self, settings):
        self.settings = settings

    def bound(self, members):
        return (members + 1) * self.settings.times + 1

    def next(self, transcript):
        now = sitting(transcript)
        order = [member.id for member in transcript.active]
        if not order:
            return Wait("Nobody is here.")
        order += ["you"] * self.settings.you
        for number in range(1, self.settings.times + 1):
            had = {turn.start.speaker for turn in now.turns("word") if turn.start.round == number}
            for who in reversed(order) if self.settings.black_first else order:
                if who not in had:
                    return Ask(who, "word", "Say one word.", number, "word", reason="it is their turn")
        if not now.record("words_counted"):
            count = sum(turn.spoken for turn in now.turns("word"))
            return Record("words_counted", {"count": count}, f"{count} words were said")
        return Finish("said", "all have said one", "all have said one", {"said": 2})
'''
"""A whole small mode, with a kind and a conclusion of its own."""


PAGE = (Path(__file__).parents[2] / "docs" / "writing-a-mode.md").read_text("utf-8")
FILES = dict(re.findall(r"`modes/(\w+\.py)`(?:(?!```).)*```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
"""The files that the page on writing a mode has one write, by name."""


def write(home: Path, text: str = SAYING, name: str = "saying.py") -> Path:
    """Put a mode file into a home."""
    folder = home / "modes"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def package(site: Path, value: str, text: str = SAYING, name: str = "saying", dist: str = "spoken-modes") -> None:
    """What pip would leave of a package that offers a mode: its module, and its metadata."""
    (site / f"{value.partition(':')[0]}.py").write_text(text, "utf-8")
    info = site / f"{dist.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist}\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[agentchat.modes]\n{name} = {value}\n", "utf-8")


@contextmanager
def none_left() -> Iterator[None]:
    """Afterwards nothing is known any more of what was brought meanwhile."""
    sources, modes, kinds = {*mode_loading._brought}, {*names()}, known.known()
    try:
        yield
    finally:
        for source in {*mode_loading._brought} - sources:
            mode_loading.drop(source)
        for name in {*names()} - modes:
            forget(name)
        known.put_back(kinds)
