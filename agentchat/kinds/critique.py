"""Drafts, what critics say of them, and what the author answers.

critique  choices: the criteria
          {"issues": [{"criterion": CRITERION | "other", "severity": "blocker" | "major" | "minor",
                       "quote", "problem", "fix"}, … at most 6],
           "scores": {CRITERION: 1 … 5, each of them}, "verdict": "accept" | "revise" | "unsure"}
compare   {"better": "A" | "B" | "same", "why"}
reply     choices: the numbers of the issues; what the author did about each
          {"replies": [{"issue": NUMBER, "done": "fixed" | "rejected", "reason"}, …]}   an issue left out is open
draft     plain text: a whole version
check     {"exit", "output"}, of the person's own command
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, JsonValue, WithJsonSchema, model_validator

from agentchat.kinds import listing, prose
from agentchat.kinds.kind import Kind, Payload, Question, register
from agentchat.kinds.slate import fold

MOST = 6
"""Issues in one critique; more are not read."""

BEST = 5
"""The highest score of a criterion; 1 is the lowest."""

OTHER = "other"
"""The criterion of an issue that falls under none."""

SEVERITIES = ("blocker", "major", "minor")

Line = Annotated[str, Field(max_length=300)]
Severity = Literal["blocker", "major", "minor"]


GRADES = ("poor", "weak", "fair", "good", "excellent")
"""The scores, worst first, as words."""

ASKED, GRAVE = ("good", "fair", "excellent", "weak", "poor"), ("major", "minor", "blocker")
"""In the order a tiny model is asked: where it has no opinion it takes the first, so that one must be harmless."""


def critique(criteria: tuple[str, ...]) -> type[Payload]:
    """What is wrong with a draft, and how good it is by each criterion."""
    by_fold = {fold(criterion): criterion for criterion in criteria}
    score: dict[str, JsonValue] = {"type": "integer", "enum": [*range(1, BEST + 1)]}

    scored = {
        "type": "object",
        "properties": dict.fromkeys(criteria, score),
        "required": [*criteria],
        "additionalProperties": False,
    }
    one = Annotated[
        str,
        BeforeValidator(lambda value: by_fold.get(fold(str(value)), OTHER)),
        WithJsonSchema({"type": "string", "enum": [*criteria, OTHER]}),
    ]
    each = Annotated[dict[str, int], BeforeValidator(partial(_scored, by_fold)), WithJsonSchema(scored)]

    class Issue(Payload):
        criterion: one = OTHER
        severity: Severity = Field(description="blocker: cannot be used so; major: must be better; minor: a detail")
        quote: Line = Field("", description="The words of the text it is about, exactly")
        problem: Annotated[str, Field(min_length=1, max_length=300)] = Field(description="What is wrong with them?")
        fix: Line = Field("", description="What to write instead?")

    class Critique(Payload):
        in_words = (
            "MAJOR: (or BLOCKER: or MINOR:) and the problem, for each problem, and CRITERION: 4 for each criterion"
        )

        issues: Annotated[list[Issue], BeforeValidator(_at_most)] = Field(
            [], description=f"What is wrong, worst first, at most {MOST}; an empty list if nothing is"
        )
        scores: each = Field(description=f"How good is the text by each criterion? {BEST} is best, 1 is worst")
        verdict: Literal["accept", "revise", "unsure"] = Field("unsure", description="Is it good enough as it is?")

        @classmethod
        def question(cls, said: Sequence[JsonValue]) -> Question | None:
            if len(said) < len(criteria):
                text = f"How good is the {criteria[len(said)]} of the text? One of: {', '.join(ASKED)}."
                return Question("grade", text, _enum(ASKED), alone=True)
            match said[len(criteria) :]:
                case ():
                    short: dict[str, JsonValue] = {"type": "string", "maxLength": 120}
                    return Question("problem", "What is the worst problem of the text, in one short sentence?", short)
                case (_,):
                    return Question("severity", "How bad is that problem?", _enum(GRAVE))
                case _:
                    return None

        @classmethod
        def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
            *grades, problem, severity = said
            return {
                "issues": [{"severity": severity, "problem": problem}],
                "scores": {name: GRADES.index(str(grade)) + 1 for name, grade in zip(criteria, grades, strict=True)},
            }

    return Critique


class Compare(Payload):
    """Which of two versions is better."""

    in_words = "BETTER: and A, B or same"

    why: Line = Field("", description="Why, in one or two sentences?")
    better: Literal["A", "B", "same"] = Field(description="Which version is better?")


def reply(issues: tuple[str, ...]) -> type[Payload]:
    """What the author did about each issue."""
    numbers = [int(number) for number in issues]
    number = Annotated[int, WithJsonSchema({"type": "integer", "enum": [*numbers]})]

    class Answer(Payload):
        issue: number
        done: Literal["fixed", "rejected"] = Field(description="What did you do about it?")
        reason: Line = Field("", description="If you rejected it: why?")

        @model_validator(mode="after")
        def _has_a_reason(self) -> Self:
            if self.done == "rejected" and not self.reason.strip():
                raise ValueError(f"issue {self.issue} is rejected without a reason")
            return self

    class Reply(Payload):
        replies: list[Answer] = Field(description="One for each issue")

        @classmethod
        def question(cls, said: Sequence[JsonValue]) -> Question | None:
            at, why = _place(said)
            if why:
                return Question("reason", f"Why is problem {numbers[at]} none, in one short sentence?", _SHORT)
            if at == len(numbers):
                return None
            text = f"What did you do about problem {numbers[at]}? One of: fixed, rejected."
            return Question("done", text, _enum(("fixed", "rejected")), alone=True)

        @classmethod
        def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
            answers, left = list[JsonValue](), iter(said)
            for number, done in zip(numbers, left, strict=False):
                answers.append({"issue": number, "done": done, "reason": next(left) if done == "rejected" else ""})
            return {"replies": answers}

        @model_validator(mode="after")
        def _answers_each_once(self) -> Self:
            given = [answer.issue for answer in self.replies]
            if len(given) != len(set(given)):
                raise ValueError("an issue is answered twice")
            if unknown := set(given) - set(numbers):
                raise ValueError(f"there is no issue {min(unknown)}")
            return self

    return Reply


_SHORT: Mapping[str, JsonValue] = {"type": "string", "maxLength": 120}


def _place(said: Sequence[JsonValue]) -> tuple[int, bool]:
    """How many issues are answered, and whether a reason is owed for the next."""
    at, left = 0, iter(said)
    for done in left:
        if done == "rejected" and next(left, None) is None:
            return at, True
        at += 1
    return at, False


def _enum(values: Sequence[str] | range) -> dict[str, JsonValue]:
    return {"type": "string", "enum": [str(value) for value in values]}


def _at_most(value: object) -> object:
    return value[:MOST] if isinstance(value, list) else value


def _scored(by_fold: Mapping[str, str], value: object) -> dict[str, int]:
    """The score of every criterion. Raises ValueError where one is missing or none."""
    if not isinstance(value, Mapping):
        raise ValueError("it must give each criterion a number")
    found: dict[str, int] = {}
    for name, number in value.items():
        if (criterion := by_fold.get(fold(str(name)))) is None:
            continue
        score = listing.score(number, BEST)
        if not score or found.setdefault(criterion, score) != score:
            raise ValueError(f"{name}: it must be one whole number from 1 to {BEST}")
    if missing := [criterion for criterion in by_fold.values() if criterion not in found]:
        raise ValueError(f"there is no score for {', '.join(missing)}")
    return found


register(Kind("draft", "draft", look="card", doing="writing a version"))
register(
    Kind(
        "critique",
        "critique",
        look="hidden",
        payload=critique,
        streamed=False,
        prose=listing.critique,
        doing="judging the text, unseen",
        form="Quote the words you mean exactly, say what is wrong with them and what to write instead. A blocker makes "
        "the text unusable, a major problem must be solved, a minor one is a detail. If nothing is wrong, say so.",
    )
)
register(
    Kind(
        "compare",
        "compares",
        look="hidden",
        payload=lambda _: Compare,
        streamed=False,
        prose=prose.compare,
        doing="comparing two versions",
        form="Judge the two texts as they stand. Their order means nothing, and longer is not better.",
    ),
)
register(
    Kind(
        "reply",
        "answers the critics",
        look="hidden",
        payload=reply,
        streamed=False,
        doing="answering the critics",
        form="For each problem: did you fix it, or do you reject it, and why?",
    )
)
register(Kind("check", "checks", look="card", streamed=False, doing="running"))
