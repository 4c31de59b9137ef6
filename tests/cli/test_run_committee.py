"""`agentchat run` of a committee: its exit codes, what each format holds, and what `--output` gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import Ran, Terminalless
from support.rooms import script

from agentchat.events import Event, Recorded, SessionClosed, TurnEnded, decode

SCRIPT = """
[ada]
pick = ['{"vote": "the bus", "why": "it brings them here"}']
["*"]
pick = ['{"vote": "the rents", "why": "families look at them first"}']
synthesis = ["We begin with the rents."]
minority = ["Without a bus nobody reaches the school."]
"*" = ["Rents are what families look at."]
"""
VOTES = """
[ada]
pick = ['{"vote": "the rents"}']
[ben]
pick = ['{"vote": "the bus"}']
[cleo]
pick = ['CLEO']
["*"]
"*" = ["Rents are what families look at."]
"""
PEOPLE = ("-p", "ada", "-p", "ben", "-p", "cleo", "--seed", "3")
ROOM = ("run", "What first?", *PEOPLE, "--option", "the bus", "--option", "the rents")
ONCE = (*ROOM, "--set", "rounds=0")


@pytest.fixture
def model(agentchat: Terminalless, tmp_path: Path) -> str:
    return script(tmp_path, SCRIPT)


def read(lines: str) -> list[Event]:
    return [decode(line) for line in lines.splitlines()]


def ballots(events: list[Event], key: str) -> dict[str, object]:
    """What the newest count has of each voter."""
    counts = [event.data for event in events if isinstance(event, Recorded) and event.kind == "votes_counted"]
    listed = counts[-1]["ballots"]
    assert isinstance(listed, list)
    return {str(one["voter"]): one.get(key) for one in listed if isinstance(one, dict)}


def waits(agentchat: Terminalless, ran: Ran) -> tuple[str, str]:
    """The session of a run that needs its person, and what to answer there."""
    assert ran.code == 4
    (asked,) = json.loads(agentchat("inbox", "list", "--json").out)
    place = f"{asked['session'][:8]}:{asked['seq']}"
    assert f"agentchat inbox answer {place}" in ran.err
    return asked["session"], place


def test_options_make_a_committee_that_decides_and_exits_with_0(agentchat: Terminalless, model: str) -> None:
    ran = agentchat(*ROOM, "--model", model)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("What first?\nCommittee with Ada, Ben, Cleo\n")
    for said in (
        "the rents, by plurality · 2 votes · margin 1 · 67% put it first",
        "Without a bus nobody reaches the school.",
        "We begin with the rents.",
        "Ended: decided, the rents by plurality; 3 of 3 took part.",
    ):
        assert said in ran.out


def test_one_event_a_line_is_the_log_as_it_is_stored(agentchat: Terminalless, model: str) -> None:
    ran = agentchat(*ROOM, "--model", model, "--format", "jsonl")
    assert ran.code == 0
    events = read(ran.out)
    session = json.loads(ran.out.splitlines()[0])["session"]
    assert agentchat("sessions", "show", session, "--format", "jsonl").out == ran.out
    cast = {end.speaker: end.data["vote"] for end in events if isinstance(end, TurnEnded) and end.data}
    assert ballots(events, "pick") == cast == {"ada": "the bus", "ben": "the rents", "cleo": "the rents"}
    assert isinstance(events[-1], SessionClosed)
    assert events[-1].outcome == "decided"


def test_markdown_holds_the_votes_as_a_table(agentchat: Terminalless, model: str) -> None:
    ran = agentchat(*ROOM, "--model", model, "--format", "md")
    assert ran.code == 0
    assert "### The options\n\n- the bus\n- the rents\n" in ran.out
    assert "| Ada | · | ✓ |" in ran.out
    assert "> We begin with the rents." in ran.out
    assert "**Ended: decided, the rents by plurality; 3 of 3 took part.**" in ran.out


def test_a_decision_record_says_among_what_and_how_it_was_decided(agentchat: Terminalless, model: str) -> None:
    ran = agentchat(*ROOM, "--model", model, "--format", "adr")
    assert ran.code == 0
    parts = (
        "# What first?\n\n- Status: accepted\n",
        "- the bus\n- the rents\n",
        "## Decision\n\n> the rents\n",
        "Rule: plu",
    )
    places = [ran.out.index(part) for part in parts]
    assert places == sorted(places)


def test_the_output_is_the_write_up(agentchat: Terminalless, model: str, tmp_path: Path) -> None:
    ran = agentchat(*ROOM, "--model", model, "--output", "decision.txt")
    assert ran.code == 0
    assert (tmp_path / "decision.txt").read_text() == "We begin with the rents.\n"
    assert ran.out.startswith("What first?\nCommittee with")


@pytest.mark.parametrize("form", ["md", "adr", "jsonl"])
def test_the_output_in_another_format_is_the_whole(
    agentchat: Terminalless, model: str, tmp_path: Path, form: str
) -> None:
    assert agentchat(*ROOM, "--model", model, "--output", "decision", "--format", form).code == 0
    (session,) = json.loads(agentchat("sessions", "list", "--json").out)
    assert (tmp_path / "decision").read_text() == agentchat("sessions", "show", session["id"], "--format", form).out


@pytest.mark.parametrize(
    ("third", "setting", "outcome", "why"),
    [
        ('{"vote": "the bus"}', "threshold=1", "no_decision", "majority"),
        ('{"vote": "abstain"}', "ties=", "tie", "tie"),
        ("Colourless green ideas.", "quorum=1", "no_quorum", "quorum"),
    ],
)
def test_what_is_no_decision_exits_with_3_and_says_why(
    agentchat: Terminalless, tmp_path: Path, third: str, setting: str, outcome: str, why: str
) -> None:
    model = script(tmp_path, VOTES.replace("CLEO", third))
    ran = agentchat(*ONCE, "--set", setting, "--model", model, "--format", "jsonl", "--output", "decision")
    assert ran.code == 3, ran.err
    events = read((tmp_path / "decision").read_text())
    assert isinstance(events[-1], SessionClosed)
    assert events[-1].outcome == outcome
    assert f"Ended: {outcome.replace('_', ' ')}" in ran.out
    assert events[-1].reason in ran.out
    assert [one.data["why"] for one in events if isinstance(one, Recorded) and one.kind == "no_decision"] == [why]


def test_a_vote_that_waits_for_its_person_exits_with_4_and_ends_with_their_ballot(
    agentchat: Terminalless, model: str
) -> None:
    session, place = waits(agentchat, agentchat(*ONCE, "--set", "you=vote", "--model", model))
    assert agentchat("run", "--resume", session).code == 4
    assert agentchat("inbox", "answer", place, "the rents").code == 0
    assert agentchat("run", "--resume", session).code == 0
    events = read(agentchat("sessions", "show", session, "--format", "jsonl").out)
    assert ballots(events, "pick") == {"ada": "the bus", "ben": "the rents", "cleo": "the rents", "you": "the rents"}


def test_a_person_who_is_not_waited_for_abstains(agentchat: Terminalless, model: str) -> None:
    words = ("--set", "you=vote", "--model", model, "--on-escalation", "default", "--format", "jsonl")
    ran = agentchat(*ONCE, *words)
    assert ran.code == 0
    assert ballots(read(ran.out), "status") == {"ada": "valid", "ben": "valid", "cleo": "valid", "you": "abstained"}


@pytest.mark.parametrize(("answer", "code"), [("veto", 3), ("let it stand", 0)])
def test_the_person_has_the_last_word_where_that_was_declared(
    agentchat: Terminalless, model: str, answer: str, code: int
) -> None:
    session, place = waits(agentchat, agentchat(*ONCE, "--set", "you=veto", "--model", model))
    assert agentchat("inbox", "answer", place, answer).code == 0
    assert agentchat("run", "--resume", session).code == code


def test_a_version_that_waits_for_its_person_exits_with_4_and_is_written_once_they_accept_it(
    agentchat: Terminalless, tmp_path: Path
) -> None:
    praise = '{"issues": [], "scores": {"truth": 5, "style": 5}}'
    model = script(tmp_path, f"""["*"]\ndraft = ["We have houses, come on Saturday."]\ncritique = ['{praise}']\n""")
    words = ("run", "A note", "-m", "refinement", *PEOPLE, "--set", "criteria=truth, style", "--set", "you=approve")
    session, place = waits(agentchat, agentchat(*words, "--model", model, "--output", "note.txt"))
    assert not (tmp_path / "note.txt").exists()
    assert agentchat("inbox", "answer", place, "accept").code == 0
    assert agentchat("run", "--resume", session, "--output", "note.txt").code == 0
    assert (tmp_path / "note.txt").read_text() == "We have houses, come on Saturday.\n"
