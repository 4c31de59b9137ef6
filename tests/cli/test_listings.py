from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import script

from agentchat.cli.flags import flag
from agentchat.modes import names
from agentchat.views.clean import FORBIDDEN

BAD = "---\nname: Bad\n---\n"
OWN = "---\nname: Ada\ntitle: a smith\ndescription: Hammers.\n---\nYou are Ada.\n"


@pytest.fixture
def mine(agentchat: Terminalless) -> Path:
    """The folder of the home's personas."""
    folder = Path(os.environ["AGENTCHAT_HOME"]) / "personas"
    folder.mkdir(parents=True)
    return folder


def test_personas_are_listed_with_where_they_come_from(agentchat: Terminalless, mine: Path) -> None:
    (mine / "ada.md").write_text(OWN)
    listed = agentchat("personas", "list")
    rows = {line.split()[0]: line for line in listed.out.splitlines() if line}
    assert " home " in rows["ada"]
    assert " shipped " in rows["ben"]
    assert f"@ada is the one in {mine / 'ada.md'}, which hides" in listed.err


def test_a_bad_persona_file_is_named_with_its_line_and_stops_no_other(agentchat: Terminalless, mine: Path) -> None:
    (mine / "bad.md").write_text(BAD)
    listed = agentchat("personas", "list")
    assert listed.code == 0
    assert "ada" in listed.out
    assert f"{mine / 'bad.md'}:" in listed.err


def test_checking_a_bad_file_exits_with_2_and_says_where(agentchat: Terminalless, mine: Path) -> None:
    (mine / "bad.md").write_text(BAD)
    checked = agentchat("personas", "check", mine / "bad.md")
    assert checked.code == 2
    assert checked.out.startswith(f"{mine / 'bad.md'}:")
    assert agentchat("personas", "check").code == 2
    assert agentchat("personas", "check", "nowhere.md").code == 2
    flaws = json.loads(agentchat("personas", "check", mine, "--json").out)
    assert [flaw["fatal"] for flaw in flaws] == [True] * len(flaws)


def test_what_ships_checks_out(agentchat: Terminalless) -> None:
    assert agentchat("personas", "check").code == 0


def test_a_persona_is_shown_inert(agentchat: Terminalless, mine: Path) -> None:
    (mine / "eve.md").write_text("---\nname: Eve\n---\nYou are \u202eEve\u200b.\n")
    shown = agentchat("personas", "show", "eve")
    assert shown.code == 0, shown.err
    assert "You are Eve" in shown.out
    assert FORBIDDEN.search(shown.out.replace("\n", "")) is None


def test_a_persona_is_shown_by_id_name_or_file(agentchat: Terminalless, mine: Path) -> None:
    (mine / "eve.md").write_text("---\nname: Eve Li\n---\nYou are Eve.\n")
    for name in ("eve-li", "Eve Li", str(mine / "eve.md")):
        shown = agentchat("personas", "show", name)
        assert "You are Eve." in shown.out, shown.err
    assert json.loads(agentchat("personas", "show", "eve-li", "--json").out)["prompt"].strip() == "You are Eve."


def test_modes_are_listed_and_show_their_settings(agentchat: Terminalless) -> None:
    listed = agentchat("modes", "list").out
    assert all(name in listed for name in names())
    for name in names():
        settings = json.loads(agentchat("modes", "show", name, "--json").out)["settings"]
        shown = agentchat("modes", "show", name).out
        assert all(flag(setting) in shown and field["description"][:30] in shown for setting, field in settings.items())


def test_an_empty_home_says_what_to_do(agentchat: Terminalless) -> None:
    listed = agentchat("sessions", "list")
    assert (listed.code, listed.out) == (0, "")
    assert "agentchat chat" in listed.err
    assert json.loads(agentchat("sessions", "list", "--json").out) == []


def test_sessions_are_listed_found_by_their_words_and_shown_by_any_prefix(
    agentchat: Terminalless, tmp_path: Path
) -> None:
    model = script(tmp_path)
    for topic in ("Where shall we eat?", "Which database?"):
        assert agentchat("run", topic, "--model", model, "-p", "ada", "--rounds", "1").code == 0
    rows = json.loads(agentchat("sessions", "list", "--json").out)
    assert [row["topic"] for row in rows] == ["Which database?", "Where shall we eat?"]
    found = agentchat("sessions", "list", "--like", "eat").out
    assert "Where shall we eat?" in found
    assert "database" not in found
    for length in (6, 12):
        shown = agentchat("sessions", "show", rows[1]["id"][:length])
        assert shown.out.startswith("Where shall we eat?\n")
    raw = agentchat("sessions", "show", rows[1]["id"], "--format", "jsonl").out
    assert json.loads(raw.splitlines()[0])["session"] == rows[1]["id"]
    assert agentchat("sessions", "show", rows[1]["id"], "--format", "md").out.startswith("# Where shall we eat?\n")


def test_json_drives_no_terminal(agentchat: Terminalless, tmp_path: Path) -> None:
    model = script(tmp_path)
    agentchat("run", "What is \x9b2J\u202e?", "--model", model, "-p", "ada", "--rounds", "1")
    out = agentchat("sessions", "list", "--json").out
    assert FORBIDDEN.search(out.replace("\n", "")) is None
    assert json.loads(out)[0]["topic"] == "What is \x9b2J\u202e?"


def test_a_session_whose_beginning_is_damaged_is_refused_in_words(agentchat: Terminalless, tmp_path: Path) -> None:
    agentchat("run", "Where shall we eat?", "--model", script(tmp_path), "-p", "ada", "--rounds", "1")
    session = json.loads(agentchat("sessions", "list", "--json").out)[0]["id"]
    with closing(sqlite3.connect(Path(os.environ["AGENTCHAT_HOME"]) / "sessions" / "agentchat.db")) as database:
        database.execute("UPDATE events SET body = x'00' WHERE seq = 1")
        database.commit()
    for words in (("sessions", "show", session), ("run", "--resume", session)):
        ran = agentchat(*words)
        assert (ran.code, ran.out) == (1, "")
        assert "cannot be read from its beginning" in ran.err
    looked = agentchat("doctor")
    assert looked.code == 1
    assert f"session {session}, event 1" in looked.out
