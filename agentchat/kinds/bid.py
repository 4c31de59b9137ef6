"""A bid for the floor, and what is handed from one to another with it.

bid       choices: the ids of the others, and `request 3` for each request that waits for an answer
          {"want": 0 … 3, "why", "to": ID | "nobody", "what", "answers": [{"request": NUMBER,
           "answer": "accept" | "decline", "reason"}, …]}     a request that is left out stays open
errand    plain text: what came of a request that was accepted
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, WithJsonSchema, model_validator

from agentchat.kinds.conclusion import Conclusion, Name, Sheet, conclude
from agentchat.kinds.kind import Kind, Payload, Question, register
from agentchat.kinds.prose import lines_of

NOBODY = "nobody"
REQUEST = "request "
"""Before its number, in the choices of a bid, a request that waits for an answer."""

HIGHEST = 3
WANTS = ("not now", "a little", "much", "at all costs")
"""How much one wants the floor, 0 to 3, as words."""

_ASKED = ("a little", "not now", "much", "at all costs")
"""In the order a tiny model is asked: where it has no opinion it takes the first."""

Line = Annotated[str, Field(max_length=200)]
_WANT = re.compile(r"(?:my )?(?:want|bid)\s*[:=]\s*(?P<want>\d)\b.*", re.IGNORECASE)
_WHY = re.compile(r"why\s*[:=]\s*(?P<why>.+)", re.IGNORECASE)
_HANDED = re.compile(r"(?:delegate|hand)(?: to)?\s+@?(?P<to>[\w-]+)\s*[:=]\s*(?P<what>.+)", re.IGNORECASE)
_ANSWERED = re.compile(
    r"(?P<answer>accept|decline)\s+(?:request\s+)?#?(?P<request>\d{1,3})(?:\s*[:–—-]\s*(?P<reason>.+))?[.!]?",
    re.IGNORECASE,
)


def requests(choices: Sequence[str]) -> tuple[int, ...]:
    """The numbers of the requests that wait for an answer."""
    return tuple(int(one.removeprefix(REQUEST)) for one in choices if one.startswith(REQUEST))


def others(choices: Sequence[str]) -> tuple[str, ...]:
    """The ids of those who can be asked for something."""
    return tuple(one for one in choices if not one.startswith(REQUEST))


def bid(choices: tuple[str, ...]) -> type[Payload]:
    """How much one wants the floor, what one hands on, and what one takes on."""
    people, numbers = others(choices), requests(choices)
    level = Annotated[int, Field(ge=0, le=HIGHEST), WithJsonSchema({"type": "integer", "enum": [1, 2, 3, 0]})]
    number = Annotated[int, WithJsonSchema({"type": "integer", "enum": [*numbers] or [0]})]
    whom = Annotated[str, WithJsonSchema({"type": "string", "enum": [NOBODY, *people]})]

    class Answer(Payload):
        request: number
        answer: Literal["accept", "decline"]
        reason: Line = Field("", description="If you decline it: why?")

    class Bid(Payload):
        in_words = (
            "WANT: 2 (0 to 3), WHY: and the reason; to hand on work DELEGATE id: what; ACCEPT 1 or DECLINE 1: why"
        )

        want: level = Field(description="How much do you want to speak now? 0 is silence, 3 is: it must be said")
        why: Line = Field("", description="What would you say, in a few words?")
        to: whom = Field(NOBODY, description="Who should do a piece of work for you?")
        what: Line = Field("", description="Which piece of work? Empty if nobody")
        answers: list[Answer] = Field([], description="To each request made to you; an empty list if there is none")

        @model_validator(mode="after")
        def _is_whole(self) -> Self:
            if self.to not in (NOBODY, *people):
                raise ValueError(f"there is no {self.to!r} to hand anything to")
            if self.to != NOBODY and not self.what.strip():
                raise ValueError(f"{self.to} is to do something, and it does not say what")
            given = [one.request for one in self.answers]
            if unknown := set(given) - set(numbers):
                raise ValueError(f"there is no request {min(unknown)} to answer")
            if len(given) != len(set(given)):
                raise ValueError("a request is answered twice")
            return self

        @classmethod
        def question(cls, said: Sequence[JsonValue]) -> Question | None:
            if not said:
                text = f"How much do you want to speak now? One of: {', '.join(_ASKED)}."
                return Question("want", text, _enum(_ASKED))
            if people and len(said) == 1:
                text = f"Who should do a piece of work for you? One of: {', '.join((NOBODY, *people))}."
                return Question("to", text, _enum((NOBODY, *people)), alone=True)
            rest = list(said[1 + bool(people) :])
            if people and said[1] != NOBODY and not rest:
                text = f"What should {str(said[1]).title()} do? One of: {', '.join(_PIECES)}."
                return Question("what", text, _enum(_PIECES), alone=True)
            answered = rest[1:] if people and said[1] != NOBODY else rest
            if len(answered) == len(numbers):
                return None
            text = f"Do you take on request {numbers[len(answered)]}? One of: accept, decline."
            return Question("answer", text, _enum(("accept", "decline")), alone=True)

        @classmethod
        def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
            left = list(said)
            found: dict[str, JsonValue] = {"want": WANTS.index(str(left.pop(0)))}
            if people and left and (to := left.pop(0)) != NOBODY:
                found |= {"to": to, "what": left.pop(0) if left else ""}
            answers: list[JsonValue] = [{"request": n, "answer": one} for n, one in zip(numbers, left, strict=False)]
            return {**found, "answers": answers}

    return Bid


_PIECES = (
    "plan the first step",
    "find out what it costs",
    "find out who would use it",
    "say what could go wrong",
    "list what is there already",
)
"""What a tiny model may hand on: asked in its own words it names itself, a date, or nothing that is a word."""


def _enum(values: Sequence[str]) -> dict[str, JsonValue]:
    return {"type": "string", "enum": [*values]}


def read(text: str, choices: tuple[str, ...]) -> dict[str, JsonValue] | None:
    """`WANT: 2`, and what else stands on a line of its own. What is said twice and differently is not taken."""
    lines = lines_of(text)
    wants = {int(found["want"]) for line in lines if (found := _WANT.fullmatch(line))}
    if len(wants) != 1 or max(wants) > HIGHEST:
        return None
    data: dict[str, JsonValue] = {"want": wants.pop()}
    if reason := next((found["why"] for line in lines if (found := _WHY.fullmatch(line))), ""):
        data["why"] = reason[:200]
    handed = [(found["to"].lower(), found["what"]) for line in lines if (found := _HANDED.fullmatch(line))]
    if len(handed) == 1 and handed[0][0] in others(choices):
        data |= {"to": handed[0][0], "what": handed[0][1][:200]}
    said: dict[int, dict[str, JsonValue] | None] = {}
    for found in filter(None, map(_ANSWERED.fullmatch, lines)):
        number, answer = int(found["request"]), found["answer"].lower()
        one: dict[str, JsonValue] = {"request": number, "answer": answer, "reason": (found["reason"] or "")[:200]}
        before = said.get(number, one)
        said[number] = one if before is not None and before["answer"] == answer else None
    answers: list[JsonValue] = [one for number, one in said.items() if one and number in requests(choices)]
    return {**data, "answers": answers}


def told(data: Mapping[str, JsonValue]) -> str:
    """A bid in words."""
    want = data.get("want")
    level = WANTS[want] if isinstance(want, int) and 0 <= want <= HIGHEST else "?"
    said = [f"Wants to speak: {level}.", f"{data.get('why')}" if data.get("why") else ""]
    if data.get("to") not in (None, "", NOBODY):
        said.append(f"Asks {data.get('to')}: {data.get('what')}")
    return " ".join(filter(None, said))


def opened(data: Mapping[str, JsonValue], name: Name) -> Sheet | None:
    """The bids of a round, what was handed on and taken on, and what is still open."""
    rows = [*_bids(data, name), *_changes(data, name)]
    number = data.get("round")
    return Sheet(f"Round {number}: who wants the floor" if number else "Who wants the floor", tuple(rows))


def _bids(data: Mapping[str, JsonValue], name: Name) -> Iterator[str]:
    silent = []
    for one in sorted(_rows(data, "bids"), key=lambda one: -_level(one)):
        who = name(str(one.get("who")))
        if one.get("want") is None:
            yield f"✗ {who}: no bid came"
        elif level := _level(one):
            why = f": {one.get('why')}" if one.get("why") else ""
            yield f"{'▮' * level}{'▯' * (HIGHEST - level)} {who}{why}"
        else:
            silent.append(who)
    if silent:
        yield f"{'▯' * HIGHEST} {', '.join(silent)}: silent"


_SIGNS = {"asked": "→", "accepted": "●", "declined": "✗", "lapsed": "✗", "failed": "✗", "dropped": "✗", "done": "✓"}


def _changes(data: Mapping[str, JsonValue], name: Name) -> Iterator[str]:
    """The requests that are open, and those that were settled since the last time."""
    for one in _rows(data, "requests"):
        state = str(one.get("state"))
        if state not in ("asked", "accepted") and not one.get("fresh"):
            continue
        why = f": {one.get('why')}" if one.get("why") else ""
        line = f"request {one.get('id')}, {name(str(one.get('by')))} to {name(str(one.get('to')))}: {one.get('what')}"
        yield f"{_SIGNS.get(state, '·')} {line} ({state}{why})"


def _rows(data: Mapping[str, JsonValue], key: str) -> list[dict[str, JsonValue]]:
    found = data.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _level(one: Mapping[str, JsonValue]) -> int:
    want = one.get("want")
    return min(max(want, 0), HIGHEST) if isinstance(want, int) else 0


def closed(data: Mapping[str, JsonValue], name: Name) -> Sheet | None:
    """How it ended, with the requests that were not done; nothing to list where there are none."""
    left: JsonValue = [one for one in _rows(data, "requests") if one.get("state") != "done"]
    rows = tuple(_changes({"requests": left}, name))
    why = str(data.get("why") or "the floor is closed")
    return Sheet(f"{why[:1].upper()}{why[1:]}, and not done:", rows) if rows else None


register(
    Kind(
        "bid",
        "bid",
        look="hidden",
        payload=bid,
        streamed=False,
        prose=read,
        told=told,
        doing="deciding whether to speak",
        form="Silence is a good answer where others will say it. Hand on only what somebody else does better, and "
        "accept only what you can do.",
        words=60,
    )
)
register(
    Kind(
        "errand",
        "does what was asked",
        doing="doing what was asked",
        form="Do the piece of work you took on, now and whole, and give what came of it.",
    )
)
conclude(Conclusion("bids_opened", card=opened))
conclude(Conclusion("waits_in_circle", "warning"))
conclude(Conclusion("floor_closed", "stop", card=closed))
