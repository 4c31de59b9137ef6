"""Who should talk about a topic, by command: by words, or as a model chooses among those there are."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from support.command import Terminalless
from support.rooms import script

CHOICE = '{"picks": [{"who": "kenji", "why": "counts the nights"}, {"who": "ines", "why": ""}]}'


def asked(agentchat: Terminalless, *words: str) -> dict[str, Any]:
    ran = agentchat("personas", "suggest", *words, "--json")
    assert ran.code == 0
    return dict(json.loads(ran.out))


def test_each_has_a_reason_and_the_last_line_holds_the_room(agentchat: Terminalless, tmp_path: Path) -> None:
    ran = agentchat("personas", "suggest", "Which database for the billing service?")
    lines = ran.out.splitlines()
    assert lines[1].split() == ["dev", "planner", "of", "the", "room:", "architecture"]
    assert "since the topic says “database”" in ran.err
    words = shlex.split(lines[-1])
    assert words[:3] == ["agentchat", "run", "Which database for the billing service?"]
    assert agentchat(*words[1:], "--model", script(tmp_path), "--rounds", "1").code in (0, 3)


def test_a_topic_that_nobody_fits_is_told_apart(agentchat: Terminalless) -> None:
    assert "Nobody is known for a word of this topic: Round table" in agentchat("personas", "suggest", "xyzzy").err
    words = {one["id"]: one["words"] for one in asked(agentchat, "Young families, and the town")["picks"]}
    assert words == {"ada": [], "ben": ["families"], "cleo": [], "dev": ["town"]}


def test_how_the_whole_room_is_taken_is_said_where_words_call_for_one(agentchat: Terminalless) -> None:
    found = agentchat("personas", "suggest", "Ideas for the onboarding of an app")
    assert "The whole of that room, with its settings: agentchat run 'Ideas for the onboarding of an app'" in found.err
    assert found.err.rstrip().endswith("-p product-brainstorm")
    assert "-p default" not in agentchat("personas", "suggest", "xyzzy").err


def test_a_line_up_brings_its_mode(agentchat: Terminalless) -> None:
    found = asked(agentchat, "Ideas for the onboarding of an app")
    assert (found["mode"], found["lineup"]) == ("brainstorm", "product-brainstorm")
    assert "-m brainstorm" in str(found["command"])


def test_a_model_chooses_among_those_there_are_each_with_its_own_words(agentchat: Terminalless, tmp_path: Path) -> None:
    model = script(tmp_path, f"['*']\n'*' = ['{CHOICE}']")
    found = asked(agentchat, "Which database?", "--model", model)
    assert [(one["id"], one["name"], one["why"]) for one in found["picks"]] == [
        ("kenji", "Kenji", "counts the nights"), ("ines", "Ines", "operations engineer"),
    ]  # fmt: skip
    assert (found["model"], found["why_not"]) == (model, "")


@pytest.mark.parametrize(
    "reply", ["I would take Ada.", '{"picks": []}', '{"picks": [{"who": "nobody", "why": "x"}]}', "!fail server"]
)
def test_where_it_gives_none_the_words_choose_and_it_is_said(
    agentchat: Terminalless, tmp_path: Path, reply: str
) -> None:
    model = script(tmp_path, f"['*']\n'*' = ['{reply}']")
    ran = agentchat("personas", "suggest", "Which database?", "--model", model)
    assert ran.code == 0
    assert "chosen by words" in ran.err
    assert ran.out.splitlines()[1].startswith("dev")


def test_a_topic_of_nothing_is_refused(agentchat: Terminalless) -> None:
    assert agentchat("personas", "suggest", "  ").code == 2
