from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agentchat.errors import UsageError
from agentchat.library.flaw import FlawError
from agentchat.library.shelf import Scan, Shelf, folders, shipped

LAUGHS = "\n".join(
    ["a: &a [ha, ha]"] + [f"{b}: &{b} [*{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
)
MERGES = "\n".join(["m0: &m0 {k: v}"] + [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}" for n in range(1, 9)])


def write(folder: Path, name: str, front: str | None = None, body: str = "You are somebody.") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"---\n{front or f'name: {path.stem.title()}'}\n---\n{body}\n", "utf-8")
    return path


def lineup(folder: Path, name: str, *personas: str) -> Path:
    (folder / "lineups").mkdir(parents=True, exist_ok=True)
    path = folder / "lineups" / name
    path.write_text(f"personas = {list(personas)}", "utf-8")
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "project"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def shelf(project: Path, home: Path) -> Shelf:
    return Shelf([("project", project), ("home", home)])


def test_the_first_found_wins_and_the_list_says_what_it_hides(shelf: Shelf, project: Path, home: Path) -> None:
    mine, theirs = write(project, "ada.md"), write(home, "ada.md")
    ben = write(home, "ben.md")
    assert [(found.persona.id, found.origin, found.path, found.shadows) for found in shelf.scan().personas] == [
        ("ada", "project", mine, (theirs,)),
        ("ben", "home", ben, ()),
    ]


def test_an_empty_shelf_and_missing_folders_are_no_flaw(shelf: Shelf) -> None:
    assert shelf.scan() == Scan()


def test_a_folder_reached_twice_is_read_once(home: Path, tmp_path: Path) -> None:
    write(home, "ada.md")
    (tmp_path / "link").symlink_to(home)
    [found] = Shelf([("home", home), ("shipped", tmp_path / "link")]).scan().personas
    assert (found.origin, found.shadows) == ("home", ())


def test_what_is_no_persona_is_passed_over(shelf: Shelf, home: Path) -> None:
    write(home, "ada.md")
    for name in ("README.md", ".hidden.md", "notes.txt", "ada.md~"):
        (home / name).write_text("no front matter")
    assert ([found.persona.id for found in shelf.scan().personas], shelf.scan().flaws) == (["ada"], ())


def hostile_text(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, "utf-8")


HOSTILE: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "billion laughs": (hostile_text(f"---\nname: x\n{LAUGHS}\n---\nb"), 3, "anchors"),
    "merge bomb": (hostile_text(f"---\nname: x\n{MERGES}\n---\nb"), 3, "anchors"),
    "itself inside itself": (hostile_text("---\nname: x\na: &a {b: *a}\n---\nb"), 3, "anchors"),
    "five thousand brackets": (hostile_text(f"---\nname: x\na: {'[' * 5000}{']' * 5000}\n---\nb"), 3, "deeper"),
    "five thousand digits": (hostile_text(f"---\nname: x\ntemperature: {'9' * 5000}\n---\nb"), 3, "a number from"),
    "double key": (hostile_text("---\nname: x\nname: y\n---\nb"), 3, "twice"),
    "escape in the name": (hostile_text('---\nname: "\\x1b]52;c;AA\\x07"\n---\nb'), 2, "control character"),
    "python object": (hostile_text("---\nname: !!python/object:os.system x\n---\nb"), 2, "tags"),
    "a scalar of 5 MB": (hostile_text(f"---\nname: x\na: {'x' * 5_000_000}\n---\nb"), 0, "larger than"),
    "200 KB of front matter": (hostile_text(f"---\nname: x\na: {'x' * 200_000}\n---\nb"), 1, "more than 16 KB"),
    "link": (lambda path: path.symlink_to("/etc/hostname"), 0, "symbolic link"),
    "pipe": (os.mkfifo, 0, "named pipe"),
    "folder": (Path.mkdir, 0, "folder"),
    "empty": (hostile_text(""), 1, "no front matter"),
    "only front matter": (hostile_text("---\nname: x\n---\n"), 4, "no prompt"),
    "front matter without end": (hostile_text("---\nname: x\n"), 1, "never ends"),
    "no name": (hostile_text("---\ntitle: x\n---\nb"), 1, "no name"),
    "binary": (lambda path: path.write_bytes(bytes(range(256)) * 64), 2, "not UTF-8"),
    "null bytes": (hostile_text("---\nname: x\n---\na\0b"), 4, "null bytes"),
    "unreadable yaml": (hostile_text("---\nname: x\nb: [1, 2\n---\nb"), 3, "not valid YAML"),
    "the person": (hostile_text("---\nname: Yоu\n---\nb"), 2, "reserved"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_named_with_its_line_and_stops_no_other(shelf: Shelf, home: Path, case: str) -> None:
    make, line, message = HOSTILE[case]
    write(home, "ada.md")
    write(home, "zoe.md")
    make(home / "x.md")
    started = time.process_time()
    scan = shelf.scan()
    assert time.process_time() - started < 2
    assert [found.persona.id for found in scan.personas] == ["ada", "zoe"]
    [flaw] = scan.flaws
    assert (flaw.path, flaw.line) == (home / "x.md", line)
    assert message in flaw.message


@pytest.mark.parametrize("name", ["no", "0123", "~", "null", "1e3", "2024-13-45"])
def test_a_name_that_yaml_takes_for_something_else_is_the_name(shelf: Shelf, home: Path, name: str) -> None:
    write(home, "x.md", f"name: {name}\nunderstudy: ada")
    assert [found.persona.name for found in shelf.scan().personas] == [name]


def test_two_of_one_name_in_one_folder_are_a_flaw(shelf: Shelf, home: Path) -> None:
    write(home, "a.md", "name: Ada")
    write(home, "b.md", "name: ADA")
    assert [found.path.name for found in shelf.scan().personas] == ["a.md"]
    assert [(flaw.path.name, flaw.message) for flaw in shelf.scan().flaws] == [("b.md", "@ada is taken by a.md")]


def test_nobody_takes_another_s_name_by_a_foreign_letter(shelf: Shelf, project: Path, home: Path) -> None:
    write(project, "ada.md", "name: Ada")
    write(home, "b.md", "name: Аdа")
    assert [found.path.name for found in shelf.scan().personas] == ["ada.md"]
    assert "looks like" in shelf.scan().flaws[0].message


def test_a_changed_file_is_read_again_and_a_deleted_one_is_gone(shelf: Shelf, home: Path) -> None:
    path = write(home, "ada.md", "name: Ada\ntitle: economist")
    assert shelf.get("ada").persona.title == "economist"
    write(home, "ada.md", "name: Ada\ntitle: a better economist")
    assert shelf.get("ada").persona.title == "a better economist"
    path.unlink()
    assert shelf.scan().personas == ()


@pytest.mark.parametrize(
    "name", ["dr-ada-lovelace", "Dr. Ada Lovelace", "dr. ada lovelace", "@dr-ada-lovelace", " DR-ADA-LOVELACE "]
)
def test_a_persona_is_found_by_id_and_by_name_in_any_case(shelf: Shelf, home: Path, name: str) -> None:
    write(home, "x.md", "name: Dr. Ada Lovelace")
    assert shelf.get(name).path == home / "x.md"


def test_a_persona_is_found_by_path(shelf: Shelf, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, "ada.md", "name: Ada\ntitle: hers")
    path = write(tmp_path / "elsewhere", "ada.md", "name: Ada\ntitle: mine\ncolour: red")
    found = shelf.get(str(path))
    assert (found.persona.title, found.origin, found.notes) == ("mine", "path", ("line 4: unknown key colour: color?",))
    monkeypatch.chdir(path.parent)
    assert shelf.get("ada.md").persona.title == "mine"


def test_an_unknown_name_gets_the_nearest(shelf: Shelf, home: Path) -> None:
    for name in ("ada.md", "ben.md", "cleo.md"):
        write(home, name)
    with pytest.raises(UsageError, match="no persona is called 'cloe'") as near:
        shelf.get("cloe")
    assert near.value.hint == "nearest: cleo"
    with pytest.raises(UsageError) as far:
        shelf.get("zzz")
    assert far.value.hint == "there are: ada, ben, cleo"
    for number in range(12):
        write(home, f"p{number:02}.md")
    with pytest.raises(UsageError) as cut:
        shelf.get("zzz")
    assert cut.value.hint.endswith("p07, p08 and 3 more")
    for path in ("./nobody.md", "~nobody-of-this-name/x.md", "a\0b.md"):
        with pytest.raises(UsageError, match=r"No such file|not the name"):
            shelf.get(path)


def test_asking_for_a_persona_whose_file_is_bad_says_what_is_bad(shelf: Shelf, home: Path) -> None:
    path = write(home, "ada.md", "name: Ada\ntemperature: hot")
    for name in ("ada", "Ada", str(path)):
        with pytest.raises(FlawError, match=r"ada\.md:3: temperature: expected a number"):
            shelf.get(name)


def test_line_ups_are_found_in_the_same_places(shelf: Shelf, project: Path, home: Path) -> None:
    write(home, "ada.md")
    write(home, "ben.md")
    mine, theirs = lineup(project, "board.toml", "ada"), lineup(home, "board.toml", "ben")
    lineup(home, "odd.toml", "ada", "bne")
    scan = shelf.scan()
    [found] = scan.lineups
    assert (found.lineup.personas, found.origin, found.path, found.shadows) == (("ada",), "project", mine, (theirs,))
    assert [(flaw.message, flaw.hint) for flaw in scan.flaws] == [("personas: there is no 'bne'", "nearest: ben")]
    assert scan.lineup("Board") == found
    with pytest.raises(UsageError, match="no line-up is called 'bored'"):
        scan.lineup("bored")


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path) -> None:
    (tmp_path / "personas").write_text("a file")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for folder in ("personas", "loop"):
        [flaw] = Shelf([("home", tmp_path / folder)]).scan().flaws
        assert "cannot be listed" in flaw.message


def test_the_folders_are_looked_up_project_first(tmp_path: Path) -> None:
    assert [(origin, path) for origin, path in folders(tmp_path / "p", tmp_path / "h")] == [
        ("project", tmp_path / "p" / ".agentchat" / "personas"),
        ("home", tmp_path / "h" / "personas"),
        ("shipped", shipped()),
    ]


def test_two_thousand_files_are_listed_in_two_seconds(shelf: Shelf, home: Path) -> None:
    text = (shipped() / "ada.md").read_text("utf-8")
    home.mkdir()
    for number in range(2000):
        (home / f"p{number}.md").write_text(text.replace("name: Ada", f"name: Ada {number:x}-{number}"), "utf-8")
    started = time.process_time()
    assert len(shelf.scan().personas) == 2000
    assert time.process_time() - started < 2
    started = time.process_time()
    shelf.get("ada-7cf-1999")
    assert time.process_time() - started < 0.5
