from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import Terminalless
from support.rooms import script


@pytest.fixture
def session(agentchat: Terminalless, tmp_path: Path) -> str:
    """A session about trams, begun on paper."""
    model = script(tmp_path)
    assert agentchat("run", "What of the trams?", "-p", "ada", "-p", "ben", "--rounds", "1", "--model", model).code in (
        0,
        3,
    )
    (one,) = json.loads(agentchat("sessions", "list", "--json").out)
    return str(one["id"])


def test_a_search_shows_each_session_with_its_hits_and_where_they_are(agentchat: Terminalless, session: str) -> None:
    found = agentchat("search", "schools", "persona:ada", "-n", "1")
    assert found.code == 0
    title, place, words = found.out.splitlines()
    assert title == f"{session[:8]}  What of the trams?"
    assert place.split()[0].startswith("#")
    assert "Ada" in place
    assert words == "      I think we should begin with the schools."
    assert "-n 2 shows more" in found.err
    assert "\x1b" not in found.out


def test_a_phrase_that_the_shell_unquoted_is_one_still(agentchat: Terminalless, session: str) -> None:
    assert agentchat("search", "the schools", "persona:ada").out
    nothing = agentchat("sessions", "search", "schools the")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "Nothing found: schools the\n")


def test_a_program_gets_the_hits_as_json(agentchat: Terminalless, session: str) -> None:
    (topic,) = json.loads(agentchat("search", "trams", "kind:topic", "--json").out)
    assert (topic["session"], topic["seq"], topic["name"], topic["marked"]) == (session, 1, "you", ["trams"])


def test_a_filter_that_is_none_is_wrong_usage(agentchat: Terminalless, session: str) -> None:
    wrong = agentchat("search", "persna:ada")
    assert wrong.code == 2
    assert "Did you mean persona?" in wrong.err


def test_labels_are_set_listed_and_taken_off(agentchat: Terminalless, session: str) -> None:
    assert "Second try" in agentchat("sessions", "rename", session[:4], "Second try").err
    assert agentchat("sessions", "tag", session, "work", "+town").code == 0
    assert "#work" not in agentchat("sessions", "tag", session, "-work").err
    assert agentchat("sessions", "star", session).err == f"{session[:8]}  Second try · starred · #town\n"
    assert (
        agentchat("sessions", "list", "--tag", "town", "--starred").out.splitlines()[1].endswith("* Second try #town")
    )
    assert agentchat("sessions", "list", "--tag", "work").err == "There is none of that.\n"
    assert agentchat("sessions", "unstar", session).code == agentchat("sessions", "rename", session, "").code == 0
    assert agentchat("sessions", "list").out.splitlines()[1].endswith("What of the trams? #town")
    assert agentchat("sessions", "tag", session, "two words").code == 2


def test_what_is_archived_is_out_of_the_way(agentchat: Terminalless, session: str) -> None:
    assert agentchat("sessions", "archive", session).code == 0
    assert session[:8] not in agentchat("sessions", "list").out
    assert session[:8] in agentchat("sessions", "list", "--archived").out
    found = agentchat("search", "trams")
    assert "more in archived sessions: add is:archived." in found.err
    assert agentchat("search", "trams", "is:archived").out
    assert agentchat("sessions", "unarchive", session).code == 0
    assert session[:8] in agentchat("sessions", "list").out


def test_what_is_removed_lies_in_the_bin_until_it_is_gone(agentchat: Terminalless, session: str) -> None:
    removed = agentchat("sessions", "rm", session)
    assert f"agentchat sessions restore {session[:8]}" in removed.err
    assert session[:8] not in agentchat("sessions", "list").out
    assert session[:8] in agentchat("sessions", "list", "--bin").out
    assert agentchat("search", "trams").out == ""
    assert agentchat("sessions", "restore", session).code == 0
    assert session[:8] in agentchat("sessions", "list").out
    assert "Removed" in agentchat("sessions", "rm", session, "--now").err
    assert agentchat("sessions", "list", "--bin").out == ""
    assert agentchat("sessions", "rm", session).code == 2


def test_words_that_must_not_be_there_are_no_options(agentchat: Terminalless, session: str) -> None:
    assert agentchat("search", "schools", "-persona:ada", "-nobody", "-no such phrase", "-n", "1").out
    assert agentchat("search", "schools", "-think").out == ""
    assert agentchat("search", "--nonsense", "x").code == 2
