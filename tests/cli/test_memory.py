"""What is remembered, by command: listed, looked up for a topic, erased; and how a decision turned out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import script

SCRIPT = """
["*"]
"*" = ["I think we should begin."]
pick = ['{"why": "one file", "vote": "SQLite"}']
position = ['{"stance": "agree", "why": "it is cheap"}']
"""


@pytest.fixture
def session(agentchat: Terminalless, tmp_path: Path) -> str:
    """A session that decided."""
    model, options = script(tmp_path, SCRIPT), ("--option", "SQLite", "--option", "Postgres")
    people = ("-p", "ada", "-p", "ben", "-p", "cleo")
    assert agentchat("run", "Which database?", *options, *people, "--model", model).code == 0
    (one,) = json.loads(agentchat("sessions", "list", "--json").out)
    return str(one["id"])


def test_what_was_held_is_listed_as_it_is_offered_with_what_it_turned_out(
    agentchat: Terminalless, session: str, tmp_path: Path
) -> None:
    assert agentchat("sessions", "outcome", session[:6], "it saved 3 days").code == 0
    (one,) = json.loads(agentchat("personas", "memory", "ada", "--json").out)
    assert one["session"] == session
    assert one["line"].endswith("the room decided: SQLite; it turned out: it saved 3 days")
    assert agentchat("personas", "memory", "Ada", "--about", "a database for the shop").out == (
        f"{one['id']}  {one['line'].partition(': ')[0]}:\n"
        "            you voted for SQLite: one file\n"
        "            the room decided: SQLite\n"
        "            it turned out: it saved 3 days\n"
    )
    assert agentchat("personas", "memory", "ada", "--about", "cats").out == ""
    talk = agentchat("run", "A database for the shop", "--memory", "-p", "ada", "-p", "dev", "--rounds", "1",
                     "--model", script(tmp_path, SCRIPT))  # fmt: skip
    assert "Ada remembers 1 thing\n" in talk.out
    assert "It turned out: it saved 3 days" in agentchat("sessions", "show", session).out


def test_erasing_asks_and_is_for_good(agentchat: Terminalless, session: str) -> None:
    asked = agentchat("personas", "memory", "ada", "--all")
    assert (asked.code, "--yes" in asked.err) == (2, True)
    (one,) = json.loads(agentchat("personas", "memory", "ada", "--json").out)
    assert agentchat("personas", "memory", "ada", "--erase", "zz", "--yes").code == 2
    assert agentchat("personas", "memory", "ada", "--erase", one["id"][:4], "--yes").code == 0
    assert agentchat("sessions", "outcome", session, "it grew").code == 0
    assert agentchat("personas", "memory", "ada").out == ""
    assert agentchat("personas", "memory", "ben").out


def test_what_excludes_each_other_and_who_nobody_knows_is_said(agentchat: Terminalless) -> None:
    assert agentchat("personas", "memory", "ada", "--all", "--erase", "x").code == 2
    assert agentchat("personas", "memory", "ada", "--all", "--about", "x").code == 2
    nothing = agentchat("personas", "memory", "ada")
    assert (nothing.code, nothing.out) == (0, "")
    assert "remembers nothing yet" in nothing.err
    for what in ((), ("--json",), ("--all", "--yes")):
        unknown = agentchat("personas", "memory", "adda", *what)
        assert (unknown.code, unknown.out) == (2, "")
        assert "no persona is called 'adda'\n  nearest: ada" in unknown.err


def test_who_has_memories_and_no_file_any_more_is_known(agentchat: Terminalless, tmp_path: Path) -> None:
    persona = tmp_path / ".agentchat" / "personas" / "zed.md"
    persona.parent.mkdir(parents=True)
    persona.write_text("---\nname: Zed\n---\nYou are Zed.\n", "utf-8")
    chosen = ("--option", "SQLite", "--option", "Postgres", "-p", "zed", "-p", "ben", "-p", "cleo")
    assert agentchat("run", "Which database?", *chosen, "--model", script(tmp_path, SCRIPT)).code == 0
    persona.unlink()
    assert "the room decided: SQLite" in agentchat("personas", "memory", "@Zed").out
