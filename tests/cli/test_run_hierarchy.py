from __future__ import annotations

from pathlib import Path

from support.command import Terminalless
from support.rooms import script
from support.tasks import rows

from agentchat.events import EscalationRaised, Event, Recorded, TurnStarted, decode

SCRIPT = """
["*"]
plan = ['''
{"tasks": [
  {"title": "Count the empty houses", "wanted": "a number for each street", "skills": "prices and rents"},
  {"title": "Ask the schools what they lack", "skills": "schools", "needs": ["4"]},
  {"title": "Draft the offer", "wanted": "one page", "needs": ["1", "2"]},
  {"title": "Look for what could fail", "needs": ["Draft the offer"]}
]}''']
task = ["Forty houses stand empty."]
assembly = ["The offer: forty houses."]
[ben]
task = ["PASS"]
[dev]
task = ["The schools lack four children.\\nTASK: Print the offer (after 3)", "Here it is."]
"""
ROOM = (
    "Win back young families",
    "-m",
    "hierarchy",
    "-p",
    "ada",
    "-p",
    "ben",
    "-p",
    "cleo",
    "-p",
    "dev",
    "--seed",
    "3",
)


def test_one_case_from_the_plan_to_the_whole_stopped_in_the_middle_resumed_and_replayed(
    agentchat: Terminalless, tmp_path: Path
) -> None:
    model = script(tmp_path, SCRIPT)
    ran = agentchat("run", *ROOM, "--model", model, "--on-escalation", "fail", "--format", "jsonl")
    assert ran.code == 4
    events = read(ran.out)
    (asked,) = [event for event in events if isinstance(event, EscalationRaised)]
    circle = "“Ask the schools what they lack” needs “Look for what could fail”, which needs “Draft the offer”"
    assert circle in asked.question
    plans = [event for event in events if isinstance(event, TurnStarted) and event.kind == "plan"]
    assert len(plans) == 2
    assert circle in plans[1].brief

    session = str(events[0].model_dump()["session"])
    ran = agentchat("run", "--resume", session, "--on-escalation", "default", "--format", "jsonl")
    assert ran.code == 0, ran.err
    more = read(ran.out)
    boards = [event for event in more if isinstance(event, Recorded) and event.kind.startswith("tasks_")]
    ended = {str(row["title"]): row["state"] for row in rows(boards[-1].data)}
    assert len(ended) == 5, "the one a member found missing is among them"
    assert set(ended.values()) == {"done"}
    ben = [
        event for event in more if isinstance(event, TurnStarted) and event.speaker == "ben" and event.kind == "task"
    ]
    assert ben
    again = [event.speaker for event in more if isinstance(event, TurnStarted) and event.stage == ben[0].stage]
    assert len(again) == 2, "what Ben passed on is done by somebody else"

    shown = agentchat("replay", session, "--format", "text", "--speed", "instant")
    assert shown.code == 0
    for part in (
        "4 tasks, 2 can begin at once; left out: “Ask the schools what they lack” does not wait for “Look for what",
        "✓ 1 Count the empty houses · ",
        "added by Dev",
        "→ Ada: knows about ",
        "The offer: forty houses.",
        "Ended: assembled, 5 of 5 tasks done in ",
    ):
        assert part in shown.out


def test_what_is_missing_is_named_and_said_by_the_exit_code(agentchat: Terminalless, tmp_path: Path) -> None:
    text = SCRIPT.replace('"needs": ["4"]', '"needs": []').replace('task = ["Forty houses stand empty."]', "")
    model = script(tmp_path, text.replace("[dev]", '[ada]\ntask = ["Forty."]\n[cleo]\ntask = ["PASS"]\n[dev]'))
    ran = agentchat("run", *ROOM, "--set", "who=ada, ben, cleo", "--model", model)
    assert ran.code == 3, ran.err
    assert "nobody could do 2, “Ask the schools what they lack”; 3, “Draft the offer”, is blocked by 2" in ran.out


def read(printed: str) -> list[Event]:
    return [decode(line) for line in printed.splitlines()]
