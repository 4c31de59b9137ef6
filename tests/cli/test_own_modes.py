from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command import Ran, Terminalless
from support.own_modes import SAYING, none_left, write
from support.rooms import script

from agentchat.kinds import kind_of

WORDS = """
["*"]
word = ['{"word": "tea"}', '{"word": "milk"}']
"*" = ["Let us talk of tea."]
"""


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    with none_left():
        yield


@pytest.fixture
def home() -> Path:
    return Path(os.environ["AGENTCHAT_HOME"])


@pytest.fixture
def room(agentchat: Terminalless, home: Path, tmp_path: Path) -> list[str]:
    """A command line that holds a room in a mode of the person's own, which is trusted."""
    write(home)
    assert agentchat("modes", "trust", "saying", "--yes").code == 0
    return ["run", "What to drink?", "-m", "saying", "-p", "ada", "-p", "ben", "--model", script(tmp_path, WORDS)]


def session(ran: Ran) -> str:
    return ran.err.rpartition("agentchat sessions show ")[2].split()[0]


def test_a_file_of_ones_own_is_listed_looked_at_and_trusted(agentchat: Terminalless, home: Path) -> None:
    path = write(home)
    listed = agentchat("modes", "list")
    assert f"saying       not trusted  {path}" in listed.out
    assert listed.err == "To do for saying: agentchat modes trust saying\n"
    refused = agentchat("run", "What to drink?", "-m", "saying")
    assert refused.code == 2
    assert f"saying is in {path}, which you have not trusted" in refused.err
    asked = agentchat("modes", "trust", "saying")
    assert "class Saying:" in asked.out
    assert asked.code == 2
    assert "nobody can be asked here" in asked.err
    assert "It would bring saying (Saying: each says one word)" in asked.out
    assert "SHA-256" in asked.out
    assert agentchat("modes", "trust", "saying", "--yes").code == 0
    assert re.search(r"^saying +A B C +each says one word$", agentchat("modes", "list").out, re.MULTILINE)
    shown = agentchat("modes", "show", "saying").out
    assert "--black-first  no       yes | no" in shown
    assert "in a room file it is black_first for --black-first" in shown
    (facts,) = [one for one in json.loads(agentchat("modes", "list", "--json").out) if one["name"] == "saying"]
    assert (facts["state"], facts["from"]) == ("trusted", str(path))
    assert agentchat("modes", "untrust", "saying").code == 0
    assert "not trusted" in agentchat("modes", "list").out


def test_its_place_its_hash_and_what_changed_stand_right_before_the_question_and_with_a_yes_too(
    agentchat: Terminalless, home: Path
) -> None:
    path = write(home)
    agentchat("modes", "trust", "saying", "--yes")
    write(home, SAYING.replace("Say one word.", "Say another word."))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    asked = agentchat("modes", "trust", "saying").out
    agreed = agentchat("modes", "trust", "saying", "--yes").out
    assert "class Saying:" in asked
    assert "class Saying:" not in agreed
    for told in (asked.rpartition("class Saying:")[2], agreed):
        removed, added = told.rindex("Say one word."), told.rindex("Say another word.")
        assert removed < added < told.index(f"\n{path}\n") < told.index(f"SHA-256 {sha256}")
        assert "You trusted another text of it before: +1 -1 lines since then." in told
    assert "since then" not in agentchat("modes", "trust", "saying", "--yes").out
    assert [one.name for one in (home / "trusted-modes").iterdir()] == [f"{sha256}.txt"]
    agentchat("modes", "untrust", "saying")
    assert [*(home / "trusted-modes").iterdir()] == []


def test_a_file_whose_name_no_mode_can_have_is_listed_with_what_is_wrong(agentchat: Terminalless, home: Path) -> None:
    write(home, name="6 hats.py")
    listed = agentchat("modes", "list")
    assert re.search("^6 hats +broken ", listed.out, re.MULTILINE)
    assert listed.err == (
        "6 hats: 6 hats.py is no name for a mode: letters and digits, with _ between words, as in six_hats.py. "
        "To do: rename it\n"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("trust", "nothing"), "has no file for a mode 'nothing'"),
        (("trust", "poll"), "poll is a mode that ships"),
        (("untrust", "saying"), "is not trusted"),
        (("trust", "../../etc/passwd"), "has no file for a mode"),
    ],
)
def test_what_cannot_be_trusted_is_said(agentchat: Terminalless, words: tuple[str, ...], told: str) -> None:
    ran = agentchat("modes", *words)
    assert ran.code == 2
    assert told in ran.err


def test_a_broken_one_is_named_by_the_doctor_and_stops_nothing(agentchat: Terminalless, home: Path) -> None:
    path = write(home, "def next(:\n")
    broken = agentchat("modes", "trust", "saying", "--yes")
    assert broken.code == 2
    assert f"{path}:1: is no Python" in broken.err
    write(home)
    agentchat("modes", "trust", "saying", "--yes")
    write(home, SAYING + "\n")
    assert "saying, is not what you trusted any more" in agentchat("doctor").out
    assert agentchat("modes", "show", "poll").code == 0


def test_a_room_of_a_mode_of_ones_own_is_held_to_its_end_shown_and_exported(
    agentchat: Terminalless, room: list[str], tmp_path: Path
) -> None:
    ran = agentchat(*room)
    assert ran.code == 0, ran.err
    assert "A word" in ran.out
    assert "The word is **tea**" in ran.out
    assert "2 words" in ran.out
    for form in ("txt", "md", "html"):
        page = tmp_path / f"page.{form}"
        assert agentchat("sessions", "export", session(ran), "--output", str(page)).code == 0
        assert "counted" in page.read_text("utf-8")
    last = agentchat("sessions", "show", session(ran), "--format", "jsonl").out.splitlines()[-1]
    assert json.loads(last)["data"] == {"said": 2}
    assert "tea" in agentchat("search", "tea").out
    assert json.loads(agentchat("search", "tea", "--json").out)[0]["kind"] == "word"


def test_a_session_whose_mode_is_gone_can_be_shown_replayed_and_exported_and_says_why_it_cannot_go_on(
    agentchat: Terminalless, room: list[str], home: Path, tmp_path: Path
) -> None:
    ran = agentchat(*room)
    agentchat("modes", "untrust", "saying")
    assert kind_of("word").title == ""
    one = session(ran)
    shown = agentchat("sessions", "show", one)
    assert shown.code == 0
    assert "The word is" in shown.out
    assert "count: 2" in shown.out
    assert agentchat("replay", one, "--format", "text", "--speed", "instant").code == 0
    page = tmp_path / "page.html"
    assert agentchat("sessions", "export", one, "--output", str(page)).code == 0
    assert "count: 2" in page.read_text("utf-8")
    for more in ((), ("--rounds", "1")):
        resumed = agentchat("run", "--resume", one, *more)
        assert resumed.code == 2
        assert "this room cannot go on: saying is in" in resumed.err
        assert "agentchat modes trust saying" in resumed.err
    (home / "modes" / "saying.py").unlink()
    gone = agentchat("run", "--resume", one)
    assert gone.code == 2
    assert "the mode saying is not here" in gone.err


def test_a_session_that_goes_on_says_that_the_file_of_its_mode_has_changed(
    agentchat: Terminalless, room: list[str], home: Path
) -> None:
    one = session(agentchat(*room))
    write(home, SAYING.replace("Say one word.", "Say another word."))
    assert "has changed since you trusted it" in agentchat("run", "--resume", one, "--rounds", "1").err
    agentchat("modes", "trust", "saying", "--yes")
    again = agentchat("run", "--resume", one, "--rounds", "1")
    assert again.code == 0, again.err
    assert "the file of saying has changed since this was begun" in again.err
    write(home, SAYING.replace('"saying", 1', '"saying", 2'))
    agentchat("modes", "trust", "saying", "--yes")
    assert "under version 1 of saying, and goes on under version 2" in agentchat("run", "--resume", one).err


@pytest.mark.parametrize("words", ["milk", "word: milk; loud: yes"])
def test_the_persons_own_turn_of_such_a_kind_is_taken_in_words(
    agentchat: Terminalless, room: list[str], words: str
) -> None:
    asked = agentchat(*room, "--you")
    assert asked.code == 4
    assert "word: …; loud: …, or pass" in agentchat("inbox", "list").out
    one = asked.err.rpartition("agentchat run --resume ")[2].split()[0]
    assert agentchat("inbox", "answer", one, words).code == 0
    ended = agentchat("run", "--resume", one)
    assert ended.code == 0, ended.err
    assert "The word is **milk**" in agentchat("sessions", "show", one).out


@pytest.mark.parametrize(
    ("step", "told"),
    [("1 / 0", "the mode saying failed: ZeroDivisionError: division by zero"), ("None", "which is no step")],
)
def test_a_mode_that_fails_in_a_room_is_named_and_the_room_is_kept(
    agentchat: Terminalless, room: list[str], home: Path, step: str, told: str
) -> None:
    write(home, SAYING.replace('return Finish("said", "all', f'return {step} and Finish("said", "all'))
    agentchat("modes", "trust", "saying", "--yes")
    ran = agentchat(*room)
    assert ran.code == 1
    assert told in ran.err
    assert "The room is kept" in ran.err
