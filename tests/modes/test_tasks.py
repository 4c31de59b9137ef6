from __future__ import annotations

from hypothesis import given, settings, strategies as st
from support.tasks import plan

from agentchat.kinds.plan import Plan
from agentchat.modes.tasks import Graph, among, blocking, graph, read, standings


def of(*tasks: tuple[str, str]) -> Graph:
    return graph(Plan.model_validate(plan(tasks)).tasks)


def needs(found: Graph) -> dict[str, tuple[str, ...]]:
    return {task.title: task.needs for task in found.tasks}


def test_a_task_is_meant_by_its_number_its_title_or_words_only_its_title_has() -> None:
    found = of(("Count the houses", ""), ("Ask the schools", ""), ("Draft", "1, the SCHOOLS, task 1, #2"))
    assert found.problems == ()
    assert [task.id for task in found.tasks] == ["1", "2", "3"]
    assert found.tasks[2].needs == ("1", "2")


def test_a_circle_is_named_and_opened_where_a_task_waits_for_a_later_one() -> None:
    found = of(("design", "build"), ("build", "test"), ("test", "design"), ("paint", "paint"))
    assert found.problems == (
        "“design” needs “build”, which needs “test”, which needs “design”",
        "“paint” needs itself",
    )
    assert needs(found) == {"design": (), "build": ("3",), "test": ("1",), "paint": ()}
    assert found.left_out == ("“design” does not wait for “build”", "“paint” does not wait for “paint”")


def test_what_is_unknown_or_there_twice_is_named_and_left_out() -> None:
    found = of(("design", "wishes"), ("Design.", ""), ("build", "2, 9"))
    assert found.problems == (
        "“Design.” is there twice",
        "“design” needs “wishes”, which is no task",
        "“build” needs “9”, which is no task",
    )
    assert needs(found) == {"design": (), "build": ("1",)}, "the number of the one that was left out means the first"


def test_a_failure_blocks_what_builds_on_it_and_nothing_else() -> None:
    found = of(("a", ""), ("b", "1"), ("c", "2"), ("d", ""))
    standing = standings(found.tasks, {"4"}, {"1"})
    assert standing == {"1": "failed", "2": "blocked", "3": "blocked", "4": "done"}
    assert blocking(found.tasks[2], found.tasks, standing) == ("1",)


def test_what_is_added_is_tied_to_tasks_that_are_there() -> None:
    tasks = of(("count", ""), ("ask", "")).tasks
    assert among(["2", "count", "7"], tasks) == (("2", "1"), ("7",))


def test_a_task_is_read_from_the_record_as_it_was_written() -> None:
    (task,) = of(("count", "")).tasks
    assert read(task.kept()) == task


TITLES = st.sampled_from(["count", "ask", "draft", "Count", "check", "print it", "build", "x"])
REFS = st.lists(st.one_of(TITLES, st.integers(0, 9).map(str), st.text(max_size=3)), max_size=4)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(TITLES, REFS), min_size=1, max_size=12))
def test_whatever_a_lead_writes_becomes_tasks_that_can_be_done_in_an_order(
    tasks: list[tuple[str, list[str]]],
) -> None:
    written = {"tasks": [{"title": title, "needs": refs} for title, refs in tasks]}
    found = graph(Plan.model_validate(written).tasks)
    ids = [task.id for task in found.tasks]
    assert ids == [str(number) for number in range(1, len(ids) + 1)]
    done: set[str] = set()
    while ready := [one for one, state in standings(found.tasks, done, ()).items() if state == "ready"]:
        assert all(set(task.needs) <= done for task in found.tasks if task.id in ready)
        done.update(ready)
    assert done == set(ids)
