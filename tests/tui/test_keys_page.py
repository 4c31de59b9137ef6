"""The page of keys says what the table of verbs and the screens have, no more and no less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding

from agentchat.tui.ballot import BallotScreen
from agentchat.tui.edit import EditScreen
from agentchat.tui.fork import ForkScreen
from agentchat.tui.help import ALWAYS
from agentchat.tui.home import HomeScreen
from agentchat.tui.memory import MemoryScreen
from agentchat.tui.new import NewRoomScreen
from agentchat.tui.people import PeopleScreen
from agentchat.tui.replay import ReplayScreen
from agentchat.tui.settings import SettingsScreen
from agentchat.tui.shelf import Shelf
from agentchat.tui.tree import TreeScreen
from agentchat.tui.verbs import VERBS
from agentchat.tui.verbs.verb import Verb
from agentchat.tui.versions import VersionsScreen
from agentchat.tui.writing import PersonaScreen
from agentchat.tui.xray import XRayScreen

SCREENS = {
    "home": HomeScreen.BINDINGS,
    "the sessions at home": Shelf.BINDINGS,
    "a new room": NewRoomScreen.BINDINGS,
    "settings": SettingsScreen.BINDINGS,
    "personas": PeopleScreen.BINDINGS,
    "a persona": PersonaScreen.BINDINGS,
    "your ballot": BallotScreen.BINDINGS,
    "X-ray": XRayScreen.BINDINGS,
    "what they remember": MemoryScreen.BINDINGS,
    "a fork": ForkScreen.BINDINGS,
    "the tree": TreeScreen.BINDINGS,
    "versions": VersionsScreen.BINDINGS,
    "a replay": ReplayScreen.BINDINGS,
    "other words": EditScreen.BINDINGS,
}
EVERYWHERE = {"escape", "question_mark", "up", "down"}
"""Keys said above the table, whatever other keys do the same."""
ALIKE = {"slash": "/", "backspace": "x", "delete": "x", "left_square_bracket": "[", "right_square_bracket": "]"}


def rows(page: str, width: int) -> Iterator[tuple[str, ...]]:
    """The rows of every table with so many columns, without its head."""
    for line in page.splitlines():
        cells = tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        if len(cells) == width and not re.fullmatch(r"key|where|-+", cells[0]):
            yield cells


def code(text: str) -> str:
    return "`" + text.replace("|", r"\|") + "`" if text else ""


def row(verb: Verb) -> tuple[str, str, str]:
    keys = dict.fromkeys(key for key in (verb.shown, *verb.anywhere) if key)
    return " ".join(map(code, keys)), code(verb.usage), verb.says


def test_the_page_has_every_key_and_command_of_a_room_and_no_other(root: Path) -> None:
    always = [(" ".join(map(code, key.split())), code(name), says) for key, says, name in (one.cells for one in ALWAYS)]
    page = (root / "docs" / "keys.md").read_text("utf-8")
    assert sorted(rows(page, 3)) == sorted([*map(row, VERBS), *always])


@pytest.mark.parametrize("name", SCREENS)
def test_the_page_has_the_keys_of_every_other_screen(root: Path, name: str) -> None:
    page = (root / "docs" / "keys.md").read_text("utf-8")
    shown = {where.partition(" (")[0]: keys for where, keys in rows(page, 2)}
    assert shown.keys() == SCREENS.keys()
    written = set(re.findall("`(.+?)`", shown[name]))
    written = (written - {"1-9"}) | (set("123456789") if "1-9" in written else set())
    bound = (one.key.split(",") for one in SCREENS[name] if isinstance(one, Binding))
    own = {ALIKE.get(key, key) for keys in bound if EVERYWHERE.isdisjoint(keys) for key in keys}
    assert written == own


def test_every_key_the_readme_names_does_something(root: Path) -> None:
    known = {key for verb in VERBS for key in (verb.shown, *verb.anywhere)} | {one.cells[0] for one in ALWAYS}
    readme = (root / "README.md").read_text("utf-8")
    named = {word.lower() for word in re.findall(r"\b(?:Ctrl\+[A-Z]|F\d{1,2}|Esc|Space)\b", readme)}
    assert named
    assert named <= known
    typed = {f"/{verb.name}" for verb in VERBS if verb.typed}
    assert set(re.findall(r"`(/[a-z]+)", readme)) <= typed
