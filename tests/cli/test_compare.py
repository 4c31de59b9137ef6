from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import script

WORDS = ("run", "Where shall we eat?", "-p", "ada", "-p", "ben", "-p", "cleo", "--rounds", "1")


@pytest.fixture
def two(agentchat: Terminalless, tmp_path: Path) -> tuple[str, str]:
    """A session, and its fork without one of them."""
    model = script(tmp_path)
    assert agentchat(*WORDS, "--model", model).code == 0
    (one,) = json.loads(agentchat("sessions", "list", "--json").out)
    assert agentchat("fork", one["id"], "--at", "start", "--without", "ben", "--run").code == 0
    both = json.loads(agentchat("sessions", "list", "--json").out)
    return str(one["id"]), next(str(row["id"]) for row in both if row["id"] != one["id"])


def test_two_sessions_stand_side_by_side(
    agentchat: Terminalless, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    ran = agentchat("compare", *two)
    assert ran.code == 0
    assert "The same room: they part before its first turn." in ran.out
    row = next(line for line in ran.out.splitlines() if line.startswith("in the room"))
    assert row.split() == ["in", "the", "room", "Ada,", "Ben,", "Cleo", "Ada,", "Cleo"]
    assert not any(line.endswith(" ") for line in ran.out.splitlines())


def test_where_there_is_no_room_for_two_columns_the_one_stands_under_the_other(
    agentchat: Terminalless, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    ran = agentchat("compare", *two)
    assert "in the room     A  Ada, Ben, Cleo\n" in ran.out
    assert "                B  Ada, Cleo\n" in ran.out
    assert all(len(line) <= 70 for line in ran.out.splitlines())


def test_a_program_gets_json(agentchat: Terminalless, two: tuple[str, str]) -> None:
    found = json.loads(agentchat("compare", *two, "--json").out)
    assert [found["a"]["id"], found["b"]["id"]] == list(two)
    assert found["b"]["forked_from"] == two[0]
    assert found["differences"] == [{"what": "in the room", "a": "Ada, Ben, Cleo", "b": "Ada, Cleo"}]


def test_a_session_there_is_not_is_wrong_usage(agentchat: Terminalless, two: tuple[str, str]) -> None:
    ran = agentchat("compare", two[0], "zzzz")
    assert ran.code == 2
    assert "zzzz" in ran.err
