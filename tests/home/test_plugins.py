from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.own_modes import SAYING, none_left, package, write

from agentchat.errors import AgentchatError, UsageError
from agentchat.home.plugins import Plugin, Plugins
from agentchat.kinds import conclusion_of, kind_of
from agentchat.modes import mode_of, names, source_of
from agentchat.testing import conformance

RUNS = "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\n"
"""Leaves a trace where it is executed."""


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    with none_left():
        yield


def one(home: Path) -> Plugin:
    (there,) = Plugins.loaded(home).scan()
    return there


def trusted(home: Path, text: str = SAYING, name: str = "saying.py") -> Plugins:
    write(home, text, name)
    plugins = Plugins.loaded(home)
    plugins.believe(plugins.look(name))
    return plugins


def test_a_file_that_is_trusted_brings_its_mode_its_kinds_and_its_conclusions(tmp_path: Path) -> None:
    trusted(tmp_path)
    assert one(tmp_path).state == "trusted"
    assert mode_of("saying").title == "Saying"
    assert kind_of("word").title == "A word"
    assert conclusion_of("words_counted").card is not None
    conformance("saying")
    conformance("saying", {"times": 2, "black_first": True, "you": True})


def test_nothing_of_a_file_that_is_not_trusted_is_executed_and_who_asks_for_it_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, RUNS + SAYING)
    plugins = Plugins.loaded(tmp_path)
    look = plugins.look("saying")
    assert look.glance.modes == ("saying",)
    assert look.glance.says == "Saying: each says one word"
    assert "pathlib" in look.glance.imports
    assert one(tmp_path).state == "not trusted"
    assert "saying" not in names()
    with pytest.raises(UsageError, match="which you have not trusted") as refused:
        mode_of("saying")
    assert "agentchat modes trust saying" in refused.value.hint
    assert not path.with_suffix(".ran").exists()
    plugins.believe(look)
    assert path.with_suffix(".ran").exists()


def test_a_file_that_changes_is_asked_about_again_and_runs_no_more(tmp_path: Path) -> None:
    trusted(tmp_path)
    path = write(tmp_path, RUNS + SAYING)
    assert one(tmp_path).state == "changed"
    assert "saying" not in names()
    assert Plugins.loaded(tmp_path).look("saying").changed
    assert not path.with_suffix(".ran").exists()
    with pytest.raises(UsageError, match="has changed since you trusted it"):
        mode_of("saying")
    write(tmp_path)
    assert one(tmp_path).state == "trusted"


def test_what_runs_is_what_was_looked_at_and_not_what_lies_there_by_then(tmp_path: Path) -> None:
    path = write(tmp_path)
    plugins = Plugins.loaded(tmp_path)
    look = plugins.look("saying")
    write(tmp_path, RUNS + SAYING)
    plugins.believe(look)
    assert not path.with_suffix(".ran").exists()
    assert source_of("saying") == look.file.sha256
    assert one(tmp_path).state == "changed"


def test_trust_is_for_one_text_at_one_place_and_taken_back_by_name_also_when_the_file_is_gone(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    plugins = trusted(home)
    kept = plugins.trust.path
    assert kept.stat().st_mode & 0o777 == 0o600
    write(copy)
    (copy / kept.name).write_bytes(kept.read_bytes())
    assert one(copy).state == "not trusted"
    (home / "modes" / "saying.py").unlink()
    Plugins.loaded(home).doubt("saying")
    write(home)
    assert one(home).state == "not trusted"
    with pytest.raises(UsageError, match="is not trusted"):
        Plugins.loaded(home).doubt("saying")


@pytest.mark.parametrize("kept", [b"{", b"[1]", b'{"x": 1}', b"\xff", b"[" * 100_000], ids=repr)
def test_a_damaged_list_of_what_is_trusted_trusts_nothing_and_is_named(tmp_path: Path, kept: bytes) -> None:
    plugins = trusted(tmp_path)
    plugins.trust.path.write_bytes(kept)
    assert plugins.scan()[0].state == "not trusted"
    assert plugins.flaws[0].path == plugins.trust.path


def test_what_cannot_be_kept_as_trusted_is_not_known_either(tmp_path: Path) -> None:
    write(tmp_path)
    plugins = Plugins.loaded(tmp_path)
    (tmp_path / "trusted-modes.json").mkdir()
    with pytest.raises(AgentchatError, match="could not be written"):
        plugins.believe(plugins.look("saying"))
    assert "saying" not in names()


def test_a_home_brings_its_own_files_and_none_of_another(tmp_path: Path) -> None:
    trusted(tmp_path / "one")
    assert "saying" in names()
    Plugins.loaded(tmp_path / "other")
    assert "saying" not in names()
    assert kind_of("word").title == ""


HOSTILE = {
    "a line that is no Python": ("def next(:\n", ":1: is no Python"),
    "null bytes": ("x = '\0'\n", "no reader sees"),
    "brackets without end": ("(" * 5_000, "no Python"),
    "a deep expression": ("x = " + "-" * 100_000 + "1\n", "no Python"),
    "text that runs the other way": ("x = '\u202e'\n", "no reader sees"),
    "too much of it": ("#" * 200_000, "larger than 128 KB"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_could_never_be_a_mode_cannot_even_be_trusted(tmp_path: Path, what: str) -> None:
    text, why = HOSTILE[what]
    write(tmp_path, text)
    with pytest.raises(UsageError) as refused:
        Plugins.loaded(tmp_path).look("saying")
    assert why in str(refused.value)


FAILING = {
    "import nothing_like_that\n": "line 1: ModuleNotFoundError: No module named 'nothing_like_that'",
    "import sys\nsys.exit(0)\n": "ends the program as it is loaded",
    "raise SystemExit\n": "ends the program as it is loaded",
    "\n\n1 / 0\n": "line 3: ZeroDivisionError: division by zero",
    "class Odd(BaseException): ...\nraise Odd\n": "line 2: Odd",
    "x = 1\n": "registers no mode",
    SAYING.replace('"saying", 1', '"hearing", 1'): "brings hearing, and no mode called saying",
    SAYING.replace('"saying", 1', '"poll", 1'): "poll is a mode that ships",
    SAYING.replace('Kind("word"', 'Kind("critique"'): "critique: a kind that is there already",
    SAYING.replace('"words_counted", card', '"stopped", card'): "stopped: a kind that is there already",
    SAYING.replace('"saying", 1', '"saying", "1"'): "Saying is no mode yet: version",
    SAYING.replace("Field(1, ge", "Field(ge"): "Settings.times: has no default",
    SAYING.replace("return (members", "return None and (members"): "bound",
    SAYING.replace("return (members", "raise SystemExit; return (members"): "Saying is no mode yet: SystemExit",
    SAYING.replace("    times:", '    odd: ODD = Field(None, description="Odd")\n    times:').replace(
        "class SayingS", "from collections.abc import Callable as ODD\n\n\nclass SayingS"
    ): "Saying is no mode yet: PydanticInvalidForJsonSchema",
    SAYING.replace("Field(1, ge=1, le=5,", "Field(default_factory=lambda: 1 / 0,"): "no mode yet: ZeroDivisionError",
}


@pytest.mark.parametrize("text", FAILING, ids=lambda text: FAILING[text])
def test_a_mode_that_does_not_work_is_said_in_words_and_leaves_nothing_behind(tmp_path: Path, text: str) -> None:
    before, ships = names(), mode_of("poll")
    write(tmp_path, text)
    plugins = Plugins.loaded(tmp_path)
    with pytest.raises(UsageError) as refused:
        plugins.believe(plugins.look("saying"))
    assert FAILING[text] in str(refused.value)
    assert (names(), mode_of("poll")) == (before, ships)
    assert kind_of("word").title == ""
    assert kind_of("critique").payload is not None
    assert one(tmp_path).state == "not trusted"


def test_a_mode_that_stops_working_where_it_was_trusted_is_broken_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "lent.py").touch()
    monkeypatch.syspath_prepend(beside)
    trusted(tmp_path, "import lent\n" + SAYING)
    with none_left():
        Plugins.loaded(tmp_path / "elsewhere")
        (beside / "lent.py").unlink()
        monkeypatch.delitem(sys.modules, "lent")
        there = one(tmp_path)
    assert (there.state, there.says) == ("broken", "line 1: ModuleNotFoundError: No module named 'lent'")
    with pytest.raises(UsageError, match="cannot be used: line 1"):
        mode_of("saying")


@pytest.mark.parametrize("how", ["link", "pipe", "folder"])
def test_what_is_no_plain_file_is_never_read(tmp_path: Path, how: str) -> None:
    path = write(tmp_path)
    plugins = trusted(tmp_path)
    elsewhere = tmp_path / "elsewhere.py"
    path.rename(elsewhere)
    match how:
        case "link":
            path.symlink_to(elsewhere)
        case "pipe":
            os.mkfifo(path)
        case _:
            path.mkdir()
    with pytest.raises(UsageError, match=r"is a (symbolic link|named pipe|folder)"):
        plugins.look("saying")
    there = one(tmp_path)
    assert there.state in ("broken", "not trusted")
    assert "saying" not in names()


def test_the_name_of_a_mode_that_ships_is_not_to_be_had(tmp_path: Path) -> None:
    write(tmp_path, SAYING.replace('"saying"', '"poll"'), "poll.py")
    there = one(tmp_path)
    assert (there.state, there.says) == ("broken", "poll is a mode that ships, and stays it")
    with pytest.raises(UsageError, match="ships"):
        Plugins.loaded(tmp_path).look("poll")


def test_two_files_of_one_name_are_told_apart_by_nobody(tmp_path: Path) -> None:
    write(tmp_path, name="old_saying.py")
    write(tmp_path, name="old-saying.py")
    plugins = Plugins.loaded(tmp_path)
    assert [there.state for there in plugins.scan()] == ["not trusted", "broken"]
    with pytest.raises(UsageError, match="would both be old-saying"):
        plugins.look("old-saying")


def test_a_package_offers_modes_by_entry_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, "spoken_modes:Saying")
    monkeypatch.syspath_prepend(tmp_path)
    there = one(tmp_path / "home")
    assert (there.name, there.state, there.origin) == ("saying", "installed", "spoken-modes 1.0")
    assert there.modes == ("saying",)
    conformance("saying")
    assert one(tmp_path / "home").state == "installed"  # and again, without importing it anew
    write(tmp_path / "home")
    plugins = Plugins.loaded(tmp_path / "home")
    with pytest.raises(UsageError, match="saying is there already, from elsewhere"):
        plugins.believe(plugins.look("saying"))
    assert mode_of("saying").__module__ == "spoken_modes"


@pytest.mark.parametrize(
    ("value", "text", "why"),
    [
        ("broken_modes", "1 / 0\n", "ZeroDivisionError: division by zero"),
        ("broken_modes:Gone", "", "AttributeError: module 'broken_modes' has no attribute 'Gone'"),
        ("broken_modes", "import sys\nsys.exit(3)\n", "ends the program as it is loaded"),
        ("broken_modes:mode", "mode = 3\n", "offers int, and neither a mode nor a module that registers one"),
        ("broken_modes:Empty", "class Empty: ...\n", "Empty is no mode: it has no next and no Settings"),
        ("broken_modes:Saying", SAYING.replace('"saying", 1', '"poll", 1'), "poll is a mode that ships"),
    ],
)
def test_a_package_that_is_broken_is_named_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, text: str, why: str
) -> None:
    ships = mode_of("poll")
    package(tmp_path, value, text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "broken_modes", raising=False)
    there = one(tmp_path / "home")
    assert (there.state, there.origin) == ("broken", "spoken-modes 1.0")
    assert why in there.says
    assert mode_of("poll") is ships
    with pytest.raises(UsageError, match="offered by spoken-modes"):
        mode_of("saying")
