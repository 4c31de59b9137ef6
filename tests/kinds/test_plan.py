from __future__ import annotations

import pytest
from pydantic import JsonValue

from agentchat.kinds import Question, kind_of
from agentchat.kinds.plan import MOST, Plan, listed
from agentchat.modes.tasks import graph

PROSE = """\
Here is how we go about it:

1. **Count the houses**: a number for each street (needs none; skills: prices)
2. Ask the schools – what they lack [skills: schools]
3. Draft the offer: one page (after 1 and 2)
   - short enough for the notice board
   - needs: Ask the schools
4) Print it. Depends on: 3

That should do.
"""


def test_a_plan_is_read_out_of_a_numbered_list_in_plain_words() -> None:
    read = listed(PROSE)
    assert read
    tasks = graph(Plan.model_validate(read).tasks)
    assert tasks.problems == ()
    assert [(task.title, task.needs) for task in tasks.tasks] == [
        ("Count the houses", ()),
        ("Ask the schools", ()),
        ("Draft the offer", ("1", "2")),
        ("Print it", ("3",)),
    ]
    assert tasks.tasks[2].wanted == "one page short enough for the notice board"
    assert (tasks.tasks[0].skills, tasks.tasks[1].skills) == ("prices", "schools")


def test_a_list_with_dashes_is_one_too_and_words_without_a_list_are_none() -> None:
    read = listed("- count: how many\n- ask, after: count")
    assert read == {
        "tasks": [
            {"title": "count", "wanted": "how many", "needs": [], "skills": ""},
            {"title": "ask", "wanted": "", "needs": ["count"], "skills": ""},
        ]
    }
    assert listed("I think we should first count them, and then ask.") is None


def test_it_is_told_as_a_list_with_the_numbers_of_what_comes_first() -> None:
    told = kind_of("plan").told
    assert told
    tasks: list[JsonValue] = [
        {"title": "count", "wanted": "how many"},
        {"title": "ask", "needs": ["Count", "7"], "skills": "schools"},
    ]
    assert told({"tasks": tasks}) == "1. count: how many\n2. ask (after 1 and 7; for: schools)"


def test_what_it_needs_may_be_numbers_or_words_and_more_tasks_than_there_may_be_are_not_read() -> None:
    raw = {"tasks": [{"title": str(n), "needs": "1, 2 and three"} for n in range(20)]}
    found = Plan.model_validate(raw)
    assert len(found.tasks) == MOST
    assert found.tasks[0].needs == ["1", "2", "three"]
    assert Plan.model_validate({"tasks": [{"title": "x", "needs": [1, "none", None]}]}).tasks[0].needs == ["1"]


def test_a_tiny_model_is_asked_flat_questions_and_what_it_says_twice_is_one_task() -> None:
    said = ["Find out what people miss", "Plan the fair for June", "Check whether Check whether Check"]
    asked: list[Question] = []
    while question := Plan.question([*said, *["yes"] * (len(asked) - 3)][: len(asked)]):
        asked.append(question)
    assert len(asked) == 5
    assert all(question.alone for question in asked)
    assert "Find out what people miss" in asked[3].text
    found = Plan.model_validate(Plan.gathered([*said, "yes", "yes"]))
    assert [(task.title, task.needs) for task in found.tasks] == [
        ("Find out what people miss", []),
        ("Plan the fair for June", ["Find out what people miss"]),
    ]


@pytest.mark.parametrize("said", ["", "Test whether the the the the", "Find out what is the"])
def test_a_title_that_ran_dry_is_no_task(said: str) -> None:
    assert Plan.gathered([said, "Plan the fair for June", "", "yes", "yes"]) == {
        "tasks": [{"title": "Plan the fair for June", "needs": []}]
    }
