"""A plan: what is to be done, in tasks that may need each other; the work on one of them; and the whole put together.

plan      {"tasks": [{"title", "wanted", "needs": [NUMBER or TITLE of another, …], "skills"}, … at most 12]}
task      plain text: what came of one task
reassign  choices: who may do a task that was passed on  {"who": ID, "why"}
assembly  plain text: the whole
Numbers are places in the list. Which tasks there are then, and their ids, is settled by code (`modes.tasks`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field, JsonValue, WithJsonSchema

from agentchat.kinds.hub import route
from agentchat.kinds.kind import Kind, Payload, Question, register
from agentchat.kinds.listing import parts
from agentchat.kinds.prose import lines_of
from agentchat.kinds.slate import fold

MOST = 12
"""Tasks of one plan; more are not read."""

_NOTHING = frozenset({"", "none", "nothing", "no", "-", "–", "n/a"})
_NEEDS = r"(?:needs?|after|depends? on|requires?|waits? for)"
_ITEM = re.compile(r"(?:task )?(?P<number>\d{1,2})[.):]+ ?(?P<rest>.+)|[-•·*] (?P<dashed>.+)", re.IGNORECASE)
_CLAUSE = re.compile(rf"(?:(?P<needs>{_NEEDS})|skills?|for):? +(?P<rest>.+)", re.IGNORECASE)
_GROUP = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_OPEN = re.compile(rf"(?:^|[;,.]? +)(?:{_NEEDS}): +(?P<needs>[^;()]+)$", re.IGNORECASE)
_TITLE = re.compile(r"(?P<title>[^:]{1,80}?)\s*(?::| [–—-] )\s*(?P<wanted>.+)")


def refs(value: object) -> list[str]:
    """What a task needs, one by one: from a list, from a number, from words such as `1, 2 and the budget`."""
    several = value if isinstance(value, list) else parts(value) if isinstance(value, str) else [value]
    found = [str(one).strip() for one in several if isinstance(one, str | int) and not isinstance(one, bool)]
    return [one[:120] for one in found if one.lower() not in _NOTHING]


Needs = Annotated[
    list[str], BeforeValidator(refs), WithJsonSchema({"type": "array", "items": {"type": "string", "maxLength": 120}})
]


class PlannedTask(Payload):
    """One task, as a lead writes it."""

    title: Annotated[str, Field(min_length=1, max_length=120)] = Field(description="The task, in a few words")
    wanted: Annotated[str, Field(max_length=400)] = Field("", description="What is there when it is done?")
    needs: Needs = Field([], description="Numbers or titles of the tasks that must be done before it")
    skills: Annotated[str, Field(max_length=120)] = Field("", description="Which skills does it take, in a few words?")


_QUESTIONS = (
    ("What must be found out first?", "Find out (how many|who|which)"),
    ("What must be made or written then?", "Plan (a|the)"),
    ("What must be checked in the end?", "Check (how|whether)"),
)
"""What a tiny model is asked, each question alone, and the verbs its answer may begin with: it names a thing else."""


_LONG = 65
"""Characters from which an answer was most likely cut in the middle of a word."""

_LEADING_ON = frozenset(
    (
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "how",
        "if",
        "in",
        "including",
        "is",
        "of",
        "on",
        "or",
        "the",
        "to",
    )
)
"""Words no title ends with."""


class Plan(Payload):
    """The tasks that a goal comes down to."""

    in_words = "a numbered list, a line for each task: 2. Title: what is wanted (needs 1)"

    tasks: Annotated[
        list[PlannedTask], BeforeValidator(lambda value: value[:MOST] if isinstance(value, list) else value)
    ] = Field(min_length=1, description="The tasks, in the order of their numbers, the first is 1")

    @classmethod
    def question(cls, said: Sequence[JsonValue]) -> Question | None:
        """Three titles, each asked alone, then which must wait for the one before it."""
        if len(said) < len(_QUESTIONS):
            text, verbs = _QUESTIONS[len(said)]
            title: dict[str, JsonValue] = {"type": "string", "pattern": f"^({verbs}) [a-zA-Z ,]{{12,60}}$"}
            return Question("task", f"{text} Answer in a few words.", title, alone=True)
        if (at := len(said) - len(_QUESTIONS) + 1) == len(_QUESTIONS):
            return None
        text = f"Must “{said[at - 1]}” be done before “{said[at]}”?"
        return Question("first", text, {"type": "string", "enum": ["no", "yes"]}, alone=True)

    @classmethod
    def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
        """The three as tasks; what was said twice is one, and what ran dry is none."""
        titles = [_whole(str(one)) for one in said[: len(_QUESTIONS)]]
        chained = [False, *(one == "yes" for one in said[len(_QUESTIONS) :])]
        tasks: list[JsonValue] = []
        for at, title in enumerate(titles):
            if title and fold(title) not in map(fold, titles[:at]):
                tasks.append({"title": title, "needs": [titles[at - 1]] if chained[at] and titles[at - 1] else []})
        return {"tasks": tasks}


def _whole(title: str) -> str:
    """A title up to where the model began to repeat itself, or was cut off; empty where that leaves next to none."""
    words: list[str] = []
    for word in title.split()[: None if len(title) < _LONG else -1]:
        if word in words[-2:]:
            break
        words.append(word)
    while words and words[-1].strip(",").lower() in _LEADING_ON:
        words.pop()
    return " ".join(words).rstrip(",") if len(words) >= 4 else ""


def listed(words: str, _: tuple[str, ...] = ()) -> dict[str, JsonValue] | None:
    """A plan out of plain words: a numbered list, or one with dashes; what stands under a number belongs to it."""
    items = [match for one in lines_of(words, bullets=True) if (match := _ITEM.fullmatch(one))]
    numbered = any(item["number"] for item in items)
    tasks: list[dict[str, JsonValue]] = []
    for item in items:
        text = item["rest"] or item["dashed"]
        task = line(text)
        if item["number"] or not numbered:
            tasks.append(task | {"title": task["title"] or text[:120]})
        elif tasks:
            more = f"{task['title']} {task['wanted']}" if task["needs"] else text
            above = tasks[-1]
            above["wanted"] = f"{above['wanted']} {more}".strip()[:400]
            above["needs"] = [*refs(above["needs"]), *refs(task["needs"])]
    return {"tasks": [*tasks[:MOST]]} if tasks else None


def line(text: str) -> dict[str, JsonValue]:
    """One task as it is written: `title: what is wanted (needs 1; skills: prices)`."""
    needs, skills, bare = list[str](), "", text
    for group in _GROUP.finditer(text):
        clauses = [_CLAUSE.fullmatch(clause.strip()) for clause in group[1].split(";")]
        for clause in filter(None, clauses):
            needs += refs(clause["rest"]) if clause["needs"] else []
            skills = skills if clause["needs"] else clause["rest"]
        if any(clauses):
            bare = bare.replace(group[0], "")
    if behind := _OPEN.search(bare):
        needs, bare = needs + refs(behind["needs"].rstrip(".")), bare[: behind.start()]
    bare = bare.strip(" .;,")
    match = _TITLE.fullmatch(bare)
    title, wanted = (match["title"], match["wanted"]) if match else (bare, "")
    return {
        "title": title[:120],
        "wanted": wanted[:400],
        "needs": [*needs],
        "skills": skills[:120],
    }


def told(data: Mapping[str, JsonValue]) -> str:
    """A plan as a list to be read."""
    tasks = data.get("tasks")
    rows = [one for one in tasks if isinstance(one, dict)] if isinstance(tasks, list) else []
    numbers = {fold(str(one.get("title") or "")): str(number) for number, one in enumerate(rows, 1)}
    return "\n".join(f"{number}. {_told(one, numbers)}" for number, one in enumerate(rows, 1))


def _told(task: Mapping[str, JsonValue], numbers: Mapping[str, str]) -> str:
    title, wanted, skills = (str(task.get(name) or "").strip() for name in ("title", "wanted", "skills"))
    needs = [numbers.get(fold(one), one) for one in refs(task.get("needs") or [])]
    behind = [f"after {' and '.join(needs)}" if needs else "", f"for: {skills}" if skills else ""]
    notes = "; ".join(filter(None, behind))
    return f"{title}: {wanted}".removesuffix(": ") + (f" ({notes})" if notes else "")


register(
    Kind(
        "plan",
        "plans",
        look="card",
        payload=lambda _: Plan,
        streamed=False,
        prose=listed,
        told=told,
        title="The plan",
        doing="breaking the goal down",
        part="room",
        form="Each task is one piece of work that one member does in one reply. Name a task that another needs by its "
        "number; let wait only what really builds on another. No task for planning, none for putting it all together.",
    )
)
register(
    Kind(
        "task",
        "works on a task",
        doing="at work",
        form="Deliver the work itself, not a plan of it, and nothing that is another's task. If you cannot do it, "
        "reply with PASS, a colon and why, and nothing else: somebody else will be asked. What the plan lacks, on a "
        "line of its own: TASK: what is to be done.",
    )
)
register(
    Kind(
        "reassign",
        "gives a task to another",
        look="hidden",
        payload=route,
        streamed=False,
        doing="giving a task to another",
        part="room",
        form="Choose from the list only: whoever can do it, after what was said against it.",
        words=30,
    )
)
register(
    Kind(
        "assembly",
        "puts it together",
        look="card",
        title="The whole",
        doing="putting the parts together",
        part="room",
        form="Write what was asked for, whole, as the one who asked can use it. Keep what the parts found, in your own "
        "order, each with its number (#12). Where parts contradict each other, say so. Invent nothing for what is "
        "missing: name it at the end under **Missing**.",
        words=350,
    )
)
