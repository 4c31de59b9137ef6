from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentchat.library import Shelf, check, shipped
from agentchat.library.flaw import FlawError

SHELF = Shelf([("shipped", shipped())])
TRIAGE = "---\nname: Triage\nfocus: who can help.\n---\nYou sort. Your blind spot is depth.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "triage.md").write_text(TRIAGE, "utf-8")
    return tmp_path


def room(folder: Path, text: str) -> Path:
    file = folder / "room.toml"
    file.write_text(text, "utf-8")
    return file


def refused(file: Path) -> tuple[str, str]:
    """Where and why the room cannot be opened, and what to do."""
    with pytest.raises(FlawError) as caught:
        SHELF.room(file)
    return str(caught.value).removeprefix(f"{file.parent}/"), caught.value.hint


def test_personas_stand_beside_the_room_and_on_the_shelf(folder: Path) -> None:
    found = SHELF.room(room(folder, 'personas = ["Grace", "team/triage.md"]'))
    assert [(one.persona.id, one.origin) for one in found.members] == [("grace", "shipped"), ("triage", "path")]
    assert found.notes == ()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../ada.md", "leads out of its folder"),
        ("team/../../ada.md", "leads out of its folder"),
        ("/etc/passwd.md", "is an absolute path"),
        ("~/ada.md", "is an absolute path"),
        ("C:/ada.md", "is an absolute path"),
        ("team\\\\..\\\\ada.md", "leads out of its folder"),
        ("nobody.md", "there is no file"),
        ("linked.md", "leads through a symbolic link"),
        ("linked/triage.md", "leads through a symbolic link"),
        ("pipe.md", "is a named pipe"),
        ("team/", "is a folder"),
        ("team/" + "x" * 5000, "cannot be read: File name too long"),
    ],
)
@pytest.mark.parametrize("key", ["personas", "material"])
def test_a_file_it_names_lies_beside_it_or_the_room_is_refused(folder: Path, key: str, name: str, why: str) -> None:
    (folder / "linked.md").symlink_to(folder / "team" / "triage.md")
    (folder / "linked").symlink_to(folder / "team")
    os.mkfifo(folder / "pipe.md")
    place, _ = refused(room(folder, f'topic = "x"\n{key} = ["{name}"]'))
    assert why in place
    if "is a" not in why or "absolute" in why:
        assert place.startswith(f"room.toml:2: {key}: ")


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ('personas = ["grcae"]', "room.toml:1: personas: there is no 'grcae'", "nearest: grace"),
        ('\nmode = "discusion"', "room.toml:2: mode: there is no mode 'discusion'", "discussion"),
        ("[settings]\nround = 2", "room.toml:2: settings: discussion has no setting 'round'", "rounds"),
        ('[settings]\norder = "x"', "room.toml:2: settings: discussion: order = 'x'", "modes show discussion"),
        ('settings = { stop = "never" }', "room.toml:1: settings: discussion: stop = 'never'", ""),
        ('personas = ["ada", "Ada"]', "room.toml:1: personas: @ada is named twice", "another name"),
        ('personas = ["ada"]\n[models]\naad = "openai/x"', "room.toml:3: models: 'aad' does not take part", "ada?"),
        (
            'mode = "refinement"\n[settings]\ncheck = "rm x"',
            "room.toml:3: check: a room file brings no command",
            "--ch",
        ),
        ('model = "scripted/../x.toml"', "room.toml:1: model: '../x.toml' leads out of its folder", ""),
        ('[models]\nada = "local//x.gguf"', "room.toml:2: models: '/x.gguf' is an absolute path", ""),
        ("model = 3", "room.toml:1: model: expected the name of a model", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_the_nearest(folder: Path, text: str, says: str, hint: str) -> None:
    place, near = refused(room(folder, text))
    assert place.startswith(says)
    assert hint in near


def test_one_who_stands_in_for_another_of_the_same_name_is_told(folder: Path) -> None:
    (folder / "team" / "ada.md").write_text(TRIAGE.replace("Triage", "Ada"), "utf-8")
    file = room(folder, 'personas = ["team/ada.md", "ben"]')
    found = SHELF.room(file)
    assert [one.path.parent.name for one in found.members] == ["team", "personas"]
    [note] = found.notes
    assert (note.line, note.message, note.fatal) == (1, "personas: @ada is here the one in team/ada.md", False)
    assert check([file]) == [note]


def test_a_bad_persona_file_beside_it_is_named_itself(folder: Path) -> None:
    (folder / "team" / "triage.md").write_text("You sort.\n", "utf-8")
    place, hint = refused(room(folder, 'personas = ["team/triage.md"]'))
    assert (place, hint) == ("team/triage.md:1: has no front matter: its first line should be ---", "")


def test_a_room_that_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "none.toml")[0]


def test_a_line_up_with_people_of_its_own_is_on_the_shelf_like_any(folder: Path) -> None:
    (folder / "lineups" / "desk").mkdir(parents=True)
    (folder / "lineups" / "desk" / "triage.md").write_text(TRIAGE, "utf-8")
    (folder / "lineups" / "desk.toml").write_text('personas = ["desk/triage.md"]\ngood_for = ["refund"]', "utf-8")
    shelf = Shelf([("home", folder), ("shipped", shipped())])
    [found] = [one for one in shelf.scan().lineups if one.lineup.id == "desk"]
    assert [one.persona.id for one in found.members] == ["triage"]
    (folder / "lineups" / "desk" / "triage.md").unlink()
    scan = shelf.scan()
    assert "desk" not in [one.lineup.id for one in scan.lineups]
    assert "there is no file 'desk/triage.md'" in scan.flaws[0].message


def test_who_stands_beside_a_room_names_no_model_that_is_a_file(folder: Path) -> None:
    (folder / "team" / "triage.md").write_text(TRIAGE.replace("focus:", "model: scripted//etc/passwd\nfocus:"), "utf-8")
    where, hint = refused(room(folder, 'personas = ["team/triage.md"]'))
    assert where.startswith("team/triage.md:3: model: 'scripted//etc/passwd' is a file")
    assert "[models]" in hint
    (folder / "team" / "triage.md").write_text(TRIAGE.replace("focus:", "model: local/starter\nfocus:"), "utf-8")
    assert SHELF.room(room(folder, 'personas = ["team/triage.md"]')).members
