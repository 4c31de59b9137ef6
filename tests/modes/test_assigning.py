from __future__ import annotations

from collections import Counter

from agentchat.modes.assigning import assign
from agentchat.modes.tasks import Task
from agentchat.persona import Persona
from agentchat.testing import people
from agentchat.transcript import Member

ADA = Member(Persona(id="ada", name="Ada", prompt="x", tags=("prices", "asking"), description="You ask what it costs."))
BEN = Member(Persona(id="ben", name="Ben", prompt="x", tags=("schools", "towns")))


def given(*tasks: Task, load: Counter[str] | None = None, goal: str = "", **tried: tuple[str, ...]) -> dict[str, str]:
    by_id = {name.removeprefix("t"): who for name, who in tried.items()}
    return {one.task.id: one.who.id for one in assign(tasks, (ADA, BEN), load or Counter(), by_id, 0, goal)}


def test_what_the_goal_says_anyway_and_what_any_task_begins_with_is_nobodys_field() -> None:
    task = Task("1", "Ask the town")
    for busy, other in (("ada", "ben"), ("ben", "ada")):
        assert given(task, load=Counter({busy: 1}), goal="Win the town back") == {"1": other}
    assert given(task, load=Counter({"ben": 5})) == {"1": "ben"}


def test_a_skill_the_lead_names_counts_also_where_the_goal_says_it() -> None:
    task = Task("1", "Draft it", skills="prices")
    assert given(task, load=Counter({"ada": 5}), goal="Set the prices") == {"1": "ada"}


def test_the_best_fit_has_its_member_whatever_comes_first() -> None:
    assert given(Task("1", "Paint it"), Task("2", "Compare prices")) == {"1": "ben", "2": "ada"}


def test_who_tried_in_vain_is_asked_again_only_where_nobody_else_is_left() -> None:
    task = Task("1", "Compare prices")
    assert given(task, t1=("ada",)) == {"1": "ben"}
    assert given(task, t1=("ada", "ben")) == {"1": "ada"}


def test_a_lot_is_the_same_each_time_and_not_always_the_first() -> None:
    members = [Member(persona) for persona in people("Cleo", "Dev", "Edith")]
    drawn = {}
    for seed in range(20):
        (one,) = assign([Task("1", "Paint it")], members, Counter(), {}, seed)
        assert [one] == list(assign([Task("1", "Paint it")], members, Counter(), {}, seed))
        assert one.reason == "drawn by lot"
        drawn[one.who.id] = seed
    assert len(drawn) == 3
