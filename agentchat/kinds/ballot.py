"""Ballots as a participant fills them in: one kind for each family of rules.

Read, a ballot holds the ids of options, however they were called in it, and only of options that were on the slate:

    pick      {"vote": ID | "abstain"}
    approval  {"approve": [ID, …], "abstain": BOOL}                none approved is an opinion too
    ranking   {"ranking": [[ID, …], …], "abstain": BOOL}           tiers, best first; what is not named ties last
    scores    {"scores": {ID: 0 … 5, …}, "abstain": BOOL}

and in each "why".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, JsonValue, WithJsonSchema, model_validator

from agentchat.kinds import listing, prose
from agentchat.kinds.kind import Kind, Payload, Question, register
from agentchat.kinds.slate import labels, names

ABSTAIN = prose.ABSTAIN
"""What one says who votes for nothing."""

BALLOTS = frozenset({"pick", "approval", "ranking", "scores"})
"""The kinds in which a participant votes."""

TOP = 5
"""The highest score."""

_YES: Mapping[str, JsonValue] = {"type": "string", "enum": ["yes", "no"]}


class Ballot(Payload):
    """What every ballot says beside its opinion, and before it: reasons first."""

    why: Annotated[str, Field(max_length=400)] = Field("", description="Why, in one or two sentences?")


class Abstainable(Ballot):
    """A ballot that says in a field of its own that it says nothing."""

    _opinion: ClassVar[tuple[str, JsonValue]]
    """The field of its opinion, and what stands there if it has none."""

    abstain: bool = Field(False, description="true only if you do not want to vote at all")

    @model_validator(mode="before")
    @classmethod
    def _needs_no_opinion(cls, content: object) -> object:
        if not isinstance(content, dict) or content.get("abstain") is not True:
            return content
        opinion, nothing = cls._opinion
        if content.get(opinion):
            raise ValueError("it votes and abstains")
        return {**content, opinion: nothing}


def pick(choices: tuple[str, ...]) -> type[Ballot]:
    """One of the options, or none."""
    known = names(choices, (ABSTAIN,))

    def chosen(value: object) -> object:
        return (known.exact(value) or value) if isinstance(value, str) else value

    options: Any = Literal[(*choices, ABSTAIN)]
    one = Annotated[options, BeforeValidator(chosen)]

    class Pick(Ballot):
        in_words = "VOTE: and the name of one option"
        vote: one = Field(description="Which option do you vote for?")

        @classmethod
        def question(cls, said: Sequence[JsonValue]) -> Question | None:
            # A tiny model that may abstain mostly does.
            text = f"Which of these do you vote for? One of: {', '.join(choices)}."
            return None if said else Question("vote", text, _enum(choices), alone=True)

        @classmethod
        def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
            return {"vote": said[0]}

    return Pick


def approval(choices: tuple[str, ...]) -> type[Ballot]:
    """All the options that would do."""
    some = Annotated[
        list[str],
        BeforeValidator(partial(_known, choices)),
        WithJsonSchema({"type": "array", "items": _enum(choices)}),
    ]

    class Approval(Abstainable):
        in_words = "APPROVE: and the names of the options, with commas"
        _opinion = ("approve", [])
        approve: some = Field(description="Which options would do? All of them you could live with")

        @classmethod
        def question(cls, said: Sequence[JsonValue]) -> Question | None:
            if len(said) == len(choices):
                return None
            return Question("approve", f"Would this do: {choices[len(said)]}? One of: yes, no.", _YES, alone=True)

        @classmethod
        def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
            return {"approve": [choice for choice, answer in zip(choices, said, strict=True) if answer == "yes"]}

    return Approval


def ranking(choices: tuple[str, ...]) -> type[Ballot]:
    """The options in order, some perhaps equal."""
    tiers = Annotated[
        list[list[str]],
        BeforeValidator(partial(_tiers, choices)),
        WithJsonSchema({"type": "array", "items": {"type": "array", "items": _enum(choices)}}),
    ]

    class Ranking(Abstainable):
        in_words = "FINAL RANKING: and the names, best first, with > between them, = between equals"
        _opinion = ("ranking", [])
        ranking: tiers = Field(description="Every option, best first, each in a list of its own; equal ones share one")

        @classmethod
        def question(cls, said: Sequence[JsonValue]) -> Question | None:
            left = tuple(choice for choice in choices if choice not in said)
            if len(left) < 2:
                return None
            return Question("best", f"Which of these is best? One of: {', '.join(left)}.", _enum(left), alone=True)

        @classmethod
        def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
            return {"ranking": [[choice] for choice in (*said, *(one for one in choices if one not in said))]}

        @model_validator(mode="after")
        def _says_something(self) -> Self:
            if not self.ranking and not self.abstain:
                raise ValueError(f"it ranks none of the options: {', '.join(choices)}")
            return self

    return Ranking


def scores(choices: tuple[str, ...]) -> type[Ballot]:
    """A number for each option."""
    score: dict[str, JsonValue] = {"type": "integer", "enum": [*range(TOP + 1)]}
    properties: dict[str, JsonValue] = {
        label: {**score, "description": choice} if label != choice else score
        for label, choice in zip(labels(choices), choices, strict=True)
    }

    schema = {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
    each = Annotated[dict[str, int], BeforeValidator(partial(_scored, choices)), WithJsonSchema(schema)]

    class Scores(Abstainable):
        in_words = "the name of each option with its score, as in NAME: 4, with commas"
        _opinion = ("scores", {})
        scores: each = Field(description=f"How good is each option? {TOP} is best, 0 is worst")

        @classmethod
        def question(cls, said: Sequence[JsonValue]) -> Question | None:
            if len(said) == len(choices):
                return None
            text = f"How good is this, from 0 (bad) to {TOP} (very good): {choices[len(said)]}?"
            return Question("score", text, _enum([str(number) for number in range(TOP + 1)]), alone=True)

        @classmethod
        def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
            return {"scores": {choice: int(str(number)) for choice, number in zip(choices, said, strict=True)}}

        @model_validator(mode="after")
        def _says_something(self) -> Self:
            if not self.scores and not self.abstain:
                raise ValueError(f"it scores none of the options: {', '.join(choices)}")
            return self

    return Scores


def _enum(values: Sequence[str]) -> dict[str, JsonValue]:
    return {"type": "string", "enum": [*values]}


def _listed(value: object) -> Sequence[object]:
    """What stands in a list, or in a text that is one."""
    if isinstance(value, str):
        return [part for part in listing.parts(value) if part]
    return value if isinstance(value, list | tuple) else []


def _known(choices: tuple[str, ...], value: object) -> list[str]:
    """The options named in a list; what is none of them is left out, but something must be one."""
    given = [value] if isinstance(value, str) and names(choices).exact(value) else _listed(value)
    found = [names(choices).exact(item) for item in given if isinstance(item, str)]
    known = list(dict.fromkeys(choice for choice in found if choice is not None))
    if not isinstance(value, list | tuple | str) or (given and not known):
        raise ValueError(f"it must be a list of some of: {', '.join(choices)}")
    return known


def _tiers(choices: tuple[str, ...], value: object) -> list[list[str]]:
    """Options best first: [["A"], ["B", "C"]], ["A", "B = C"] or "A > B = C". One named twice counts at its first
    place, what is no option is left out.
    """
    steps = listing.steps(value) if isinstance(value, str) else value
    if not isinstance(steps, list | tuple):
        raise ValueError("it must be a list of lists, best first")
    seen: set[str] = set()
    tiers: list[list[str]] = []
    for step in steps:
        exact = isinstance(step, str) and names(choices).exact(step)
        items = [exact] if exact else listing.equals(step) if isinstance(step, str) else step
        found = [names(choices).exact(item) for item in items if isinstance(item, str)] if _is_list(items) else []
        tier = [choice for choice in dict.fromkeys(found) if choice is not None and choice not in seen]
        seen.update(tier)
        tiers += [tier] if tier else []
    return tiers


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _scored(choices: tuple[str, ...], value: object) -> dict[str, int]:
    """The score of each option named. A number out of range is no slip: the voter counted on another scale."""
    if not isinstance(value, Mapping):
        raise ValueError("it must give each option a number")
    found: dict[str, int] = {}
    for name, number in value.items():
        if (choice := names(choices).exact(str(name))) is None:
            continue
        score = listing.score(number, TOP)
        if score is None or found.setdefault(choice, score) != score:
            raise ValueError(f"{name}: it must be one whole number from 0 to {TOP}")
    return found


def _register(name: str, payload: Callable[[tuple[str, ...]], type[Ballot]], read: prose.Reader) -> None:
    form = (
        "Nobody sees your ballot before all are in. Vote for what you hold right, not for what you think others want. "
        "The order and the letters of the options mean nothing, and nor does the length of their texts."
    )
    doing = "voting, unseen"
    register(Kind(name, "ballot", look="hidden", payload=payload, streamed=False, prose=read, doing=doing, form=form))


_register("pick", pick, prose.ballot)
_register("approval", approval, listing.approval)
_register("ranking", ranking, listing.ranking)
_register("scores", scores, listing.scores)
