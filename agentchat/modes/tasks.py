"""The task graph: from what a lead wrote to tasks that can be done in some order, whatever was written.

A graph is always sound. What had to be left out for it is told in words, so that the lead, or the person, may decide.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from pydantic import JsonValue

from agentchat.kinds.plan import PlannedTask
from agentchat.kinds.slate import fold
from agentchat.kinds.tasks import short

Standing = Literal["done", "under way", "ready", "waiting", "failed", "blocked"]

MOST = 30
"""Tasks of one room, those added while it runs included."""

_NUMBER = re.compile(r"(?:task |no\. ?|#)?(\d{1,3})(?:[.):].*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work. Its id is its number, given by code."""

    id: str
    title: str
    wanted: str = ""
    needs: tuple[str, ...] = ()
    """Ids of those that must be done before it."""
    skills: str = ""
    by: str = ""
    """Who added it while the room ran; empty is the plan."""

    def kept(self) -> dict[str, JsonValue]:
        """As it stands on record."""
        return {**asdict(self), "needs": [*self.needs]}


@dataclass(frozen=True, slots=True)
class Graph:
    """Tasks without a cycle, and what had to be left out for it."""

    tasks: tuple[Task, ...]
    problems: tuple[str, ...] = ()
    """What the plan has that cannot be carried out."""
    left_out: tuple[str, ...] = ()
    """What these tasks do without, for that."""


def graph(planned: Sequence[PlannedTask]) -> Graph:
    """The tasks of a plan: numbered, each once, needing only what there is, in no circle.

    A circle is opened where a task waits for one that stands furthest behind it: leads write in the order of the work.
    """
    problems: list[str] = []
    ids: dict[str, str] = {}
    kept: list[PlannedTask] = []
    for task in planned:
        if fold(task.title) in ids:
            problems.append(f"“{task.title}” is there twice")
        else:
            kept.append(task)
            ids[fold(task.title)] = str(len(kept))
    places = [ids[fold(task.title)] for task in planned]
    tasks: dict[str, Task] = {}
    for place, task in enumerate(kept, 1):
        needs: dict[str, None] = {}
        for ref in task.needs:
            if found := _meant(ref, ids, places):
                needs[found] = None
            else:
                problems.append(f"“{task.title}” needs “{ref}”, which is no task")
        tasks[str(place)] = Task(str(place), task.title.strip(), task.wanted.strip(), tuple(needs), task.skills.strip())
    left_out = [*problems]
    while circle := _circle(tasks):
        problems.append(_named([tasks[one].title for one in circle]))
        who, need = max(
            zip(circle, [*circle[1:], circle[0]], strict=True), key=lambda pair: int(pair[1]) - int(pair[0])
        )
        tasks[who] = replace(tasks[who], needs=tuple(one for one in tasks[who].needs if one != need))
        left_out.append(f"“{tasks[who].title}” does not wait for “{tasks[need].title}”")
    return Graph(tuple(tasks.values()), tuple(problems), tuple(left_out))


def among(refs: Sequence[str], tasks: Sequence[Task]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of the tasks that are meant, and what means none."""
    ids = {fold(task.title): task.id for task in tasks}
    found = {ref: _meant(ref, ids, [task.id for task in tasks]) for ref in refs}
    meant = dict.fromkeys(one for one in found.values() if one)
    return tuple(meant), tuple(ref for ref, one in found.items() if not one)


def standings(
    tasks: Sequence[Task], done: Collection[str], failed: Collection[str], under_way: Collection[str] = ()
) -> dict[str, Standing]:
    """How each task stands, from those that are done, that nobody could do, and that somebody is at."""
    by_id = {task.id: task for task in tasks}
    known: dict[str, Standing] = {}

    def of(one: str) -> Standing:
        if one not in known:
            known[one] = _standing(one)
        return known[one]

    def _standing(one: str) -> Standing:
        if one in done:
            return "done"
        if one in failed:
            return "failed"
        before = [of(need) for need in by_id[one].needs if need in by_id]
        if "failed" in before or "blocked" in before:
            return "blocked"
        if one in under_way:
            return "under way"
        return "ready" if all(need == "done" for need in before) else "waiting"

    return {task.id: of(task.id) for task in tasks}


def blocking(task: Task, tasks: Sequence[Task], standing: Mapping[str, Standing]) -> tuple[str, ...]:
    """The failed tasks that block one, however far back."""
    by_id = {one.id: one for one in tasks}
    found: dict[str, None] = {}
    left, seen = list(task.needs), set[str]()
    while left:
        one = left.pop(0)
        if one in seen or one not in by_id:
            continue
        seen.add(one)
        if standing[one] == "failed":
            found[one] = None
        elif standing[one] == "blocked":
            left.extend(by_id[one].needs)
    return tuple(sorted(found, key=int))


def read(row: Mapping[str, JsonValue]) -> Task:
    """A task as it stands on record."""
    needs = row.get("needs")
    title, wanted, skills, by = (str(row.get(name) or "") for name in ("title", "wanted", "skills", "by"))
    ids = tuple(map(str, needs)) if isinstance(needs, list) else ()
    return Task(str(row.get("id") or ""), title, wanted, ids, skills, by)


def stage_of(task: Task) -> str:
    """The stage of the turns that do a task."""
    return f"task {task.id}: {short(task.title, 60)}"


def task_of(stage: str) -> str:
    """The id of the task a turn of this stage does; empty for any other."""
    number = stage.removeprefix("task ").partition(":")[0]
    return number if stage.startswith("task ") and number.isdecimal() else ""


def _meant(ref: str, ids: Mapping[str, str], places: Sequence[str]) -> str | None:
    """The id of the task that a reference means: by its title, by its number, by words only its title has."""
    folded = fold(ref)
    if folded in ids:
        return ids[folded]
    if number := _NUMBER.fullmatch(folded):
        place = int(number[1])
        return places[place - 1] if 0 < place <= len(places) else None
    near = [one for title, one in ids.items() if len(folded) > 3 and (folded in title or title in folded)]
    return near[0] if len(near) == 1 else None


def _circle(tasks: Mapping[str, Task]) -> list[str]:
    """The first circle there is, as a way through it; the last of it needs the first. Empty where there is none."""
    clear: set[str] = set()
    for start in tasks:
        way = [start]
        ahead: list[Iterator[str]] = [iter(tasks[start].needs)]
        while way:
            following = next(ahead[-1], None)
            if following is None:
                clear.add(way.pop())
                ahead.pop()
            elif following in way:
                return way[way.index(following) :]
            elif following not in clear:
                way.append(following)
                ahead.append(iter(tasks[following].needs))
    return []


def _named(titles: Sequence[str]) -> str:
    if len(titles) == 1:
        return f"“{titles[0]}” needs itself"
    return f"“{titles[0]}” needs " + ", which needs ".join(f"“{one}”" for one in (*titles[1:], titles[0]))
