from __future__ import annotations

import time
from pathlib import Path

import pytest

from agentchat.library.lineup import LineUp, LineUpReading, read_lineup
from agentchat.library.plain_file import MAX_BYTES
from agentchat.terms import Budget, Patience


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


def test_a_room_is_read_whole(file: Path) -> None:
    text = """
        topic = "Where to?"
        mode = "hub"
        personas = ["Grace", "team/triage.md"]
        material = ["notes.md"]
        model = "openai/x"
        memory = true
        [models]
        Ada = "openai/y"
        [budget]
        tokens = 200_000
        cost = 0.5
        [escalation]
        policy = "default"
        timeout = 600
    """
    assert reading(file, text).lineup == LineUp(
        id="sunday-room", name="Sunday Room", topic="Where to?", mode="hub", personas=("grace", "team/triage.md"),
        material=("notes.md",), model="openai/x", models={"ada": "openai/y"}, memory=True,
        budget=Budget(tokens=200_000, cost=0.5), escalation=Patience(policy="default", timeout=600),
    )  # fmt: skip


def test_a_room_may_leave_everything_open(file: Path) -> None:
    assert reading(file, "").lineup == LineUp(id="sunday-room", name="Sunday Room")


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ('personas = ["ada"]\n\ngoodfor = ["x"]', 3, "unknown key goodfor", "good_for?"),
        ('check = "rm -rf ~"', 1, "check: a room file brings no command", "give it yourself: --check CMD"),
        ('name = "x"\napi_key = "sk-1"', 2, "api_key: a room file brings no key and no address", ""),
        ('base_url = "http://x"', 1, "base_url: a room file brings no key and no address", ""),
        ('[models]\nada = "x"\napi_base = "http://x"', 3, "api_base: a room file brings no key and no address", ""),
        ("[settings]\nrounds = 1\n[settings.headers]\nx = 1", 3, "headers: a room file brings no key", ""),
    ],
)
def test_what_a_file_may_not_say_makes_it_useless_and_is_told(
    file: Path, text: str, line: int, message: str, hint: str
) -> None:
    read = reading(file, text)
    assert read.lineup is None
    [flaw] = read.flaws
    assert (flaw.line, flaw.message.startswith(message), flaw.fatal) == (line, True, True)
    assert hint in flaw.hint


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("personas = []", 1, "personas: expected a list"),
        ('name = "x"\npersonas = "ada"', 2, "personas: expected a list"),
        ('name = "x"\npersonas = [1]', 2, "personas: expected a list"),
        ('personas = ["ada"]\nname = 3', 2, "name: expected text"),
        ('personas = ["ada"]\n[settings]\nwhen = 2026-01-01', 2, "settings: expected a table"),
        ('personas = ["ada"]\npersonas = ["ben"]', 2, "is not valid TOML here: Cannot overwrite a value"),
        ('name = "x"\npersonas = [', 2, "is not valid TOML here: Invalid value"),
        ("x = " + "[" * 5000, 1, "nests too deeply"),
        ("x = " + "9" * 5000, 1, "is not valid TOML here"),
        ("x = 1 # " + "x" * MAX_BYTES, 0, f"larger than {MAX_BYTES // 1024} KB"),
        ("[settings]\nx = " + "[" * 40 + "]" * 40, 1, "settings: expected a table"),
        ("[budget]\ntokens = 0", 1, "budget: expected a table of numbers above 0"),
        ("topic = 'x'\n[budget]\ncost = inf", 2, "budget: expected a table of numbers above 0"),
        ("[budget]\nmoney = 1", 1, "budget: expected a table of numbers above 0"),
        ('[escalation]\npolicy = "never"', 1, "escalation: expected a table: policy (wait, default or fail)"),
        ("memory = 3", 1, "memory: expected true or false"),
        ("memory = 1", 1, "memory: expected true or false"),
        ("[budget]\ntokens = true", 1, "budget: expected a table of numbers above 0"),
        ('[budget]\ncost = "5"', 1, "budget: expected a table of numbers above 0"),
        ("[escalation]\ntimeout = true", 1, "escalation: expected a table"),
        ('models = { Ada = "x/y", ada = "x/z" }', 1, "models: expected a table"),
        ('models = { "日本" = "x/y" }', 1, "models: expected a table"),
    ],
)
def test_a_wrong_one_is_named_with_its_line(file: Path, text: str, line: int, message: str) -> None:
    read = reading(file, text)
    assert read.lineup is None
    [flaw] = read.flaws
    assert message in flaw.message
    assert flaw.line == line


@pytest.mark.parametrize(
    ("text", "line"),
    [("x = 1\nsettings." + "a." * 60_000 + "a = 1", 2), ("[" + "'a' . \"b\"." * 20_000 + "a]", 1)],
)
def test_a_key_of_thousands_of_parts_costs_no_time(file: Path, text: str, line: int) -> None:
    began = time.process_time()
    [flaw] = reading(file, text).flaws
    assert (flaw.line, "nests too deeply" in flaw.message) == (line, True)
    assert time.process_time() - began < 2


def test_a_line_of_blanks_costs_no_time(file: Path) -> None:
    text = 'description = """\n[' + " " * 100_000 + '\n"""\n[settings]\ntoken = 1'
    began = time.process_time()
    [flaw] = reading(file, text).flaws
    assert flaw.line == 5
    assert time.process_time() - began < 2


def test_files_without_plain_letters_are_rooms_each_of_its_own(tmp_path: Path) -> None:
    for name in ("комната", "部屋"):
        (tmp_path / f"{name}.toml").write_text("", "utf-8")
    rooms = [read_lineup(tmp_path / f"{name}.toml").lineup for name in ("комната", "部屋")]
    assert [one.name for one in rooms if one] == ["комната", "部屋"]
    assert len({one.id for one in rooms if one}) == 2
