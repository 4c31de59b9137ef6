from __future__ import annotations

from pathlib import Path

import pytest

from agentchat.library.lineup import LineUp, LineUpReading, read_lineup


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "Sunday Room.toml"


def reading(file: Path, text: str) -> LineUpReading:
    file.write_text(text, "utf-8")
    return read_lineup(file)


def test_a_line_up_is_read_whole(file: Path) -> None:
    text = """
        name = "Sunday room"
        description = "Quiet."
        mode = "discussion"
        personas = ["Ada", "dr. Ben"]
        good_for = ["rest"]
        settings = { order = "moderated", rounds = 2 }
    """
    assert reading(file, text) == LineUpReading(
        LineUp(
            id="sunday-room", name="Sunday room", description="Quiet.", mode="discussion", personas=("ada", "dr-ben"),
            good_for=("rest",), settings={"order": "moderated", "rounds": 2},
        )
    )  # fmt: skip


def test_personas_are_enough(file: Path) -> None:
    assert reading(file, 'personas = ["ada"]').lineup == LineUp(id="sunday-room", name="Sunday Room", personas=("ada",))


def test_an_unknown_key_is_corrected_and_no_more(file: Path) -> None:
    read = reading(file, 'personas = ["ada"]\n\ngoodfor = ["x"]')
    assert read.lineup is not None
    assert [(flaw.line, flaw.message, flaw.hint, flaw.fatal) for flaw in read.flaws] == [
        (3, "unknown key goodfor", "good_for?", False)
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "personas: expected a list of 1 to 24 names"),
        ("personas = []", 1, "personas: expected a list"),
        ('name = "x"\npersonas = "ada"', 2, "personas: expected a list"),
        ('name = "x"\npersonas = [1]', 2, "personas: expected a list"),
        ('personas = ["ada"]\nname = 3', 2, "name: expected text"),
        ('personas = ["ada"]\n[settings]\nwhen = 2026-01-01', 2, "settings: expected a table"),
        ('personas = ["ada"]\npersonas = ["ben"]', 2, "is not valid TOML here: Cannot overwrite a value"),
        ('name = "x"\npersonas = [', 2, "is not valid TOML here: Invalid value"),
        ("x = " + "[" * 5000, 1, "nests too deeply"),
        ("x = " + "9" * 5000, 1, "is not valid TOML here"),
        ("x = 1 # " + "x" * 16384, 0, "larger than 16 KB"),
    ],
)
def test_a_wrong_one_is_named_with_its_line(file: Path, text: str, line: int, message: str) -> None:
    read = reading(file, text)
    assert read.lineup is None
    [flaw] = read.flaws
    assert message in flaw.message
    assert flaw.line == line
