"""What a hub is made of: who gets a case, what comes of it, and its summary for the person.

route         choices: who is in doubt      {"who": ID, "why"}
handling      choices: whom it may go to    {"outcome": "resolved" | "hand on" | "needs a person", "text", "to", "why"}
case_summary  plain text
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue, WithJsonSchema, create_model, model_validator

from agentchat.kinds.conclusion import Conclusion, Name, Sheet, conclude
from agentchat.kinds.kind import Kind, Payload, Question, register
from agentchat.kinds.prose import lines_of
from agentchat.kinds.slate import names

RESOLVED, HAND_ON, NEEDS = "resolved", "hand on", "needs a person"
OUTCOMES = (RESOLVED, HAND_ON, NEEDS)

_LINE = re.compile(
    r"(?:(?:outcome|status|result) ?: ?)?(?P<what>resolved|hand(?:ed|s|ing)? (?:it )?on|needs? (?:a )?person)\b"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
_TO = re.compile(
    r"\s*(?:to)?\s*:?\s*(?:to)?\s*@?(?P<who>[\w -]+?)(?:\s*(?:[:,(–—-]|because)\s*(?P<why>.*?)\)?)?[.\s]*", re.I
)


def route(choices: tuple[str, ...]) -> type[Payload]:
    """Who gets a case that suits several: one of them, never another."""
    eligible: Any = Literal[choices]
    return create_model(
        "Route",
        __base__=Payload,
        who=(eligible, Field(description="Who should take the case?")),
        why=(Annotated[str, Field(max_length=160)], Field("", description="Why, in one short sentence?")),
    )


def handling(choices: tuple[str, ...]) -> type[Payload]:
    """What a specialist makes of a case; it may go on to one of these, and to nobody else."""
    known = names(choices)
    ways = [one for one in OUTCOMES if choices or one != HAND_ON]
    way = Annotated[
        Literal["resolved", "hand on", "needs a person"], WithJsonSchema({"type": "string", "enum": [*ways]})
    ]
    whom = Annotated[
        str,
        BeforeValidator(lambda value: known.exact(str(value or "").strip().lstrip("@")) or ""),
        WithJsonSchema({"type": "string", "enum": ["", *choices]}),
    ]

    class Handling(Payload):
        in_words = (
            "OUTCOME: resolved (or OUTCOME: hand on to NAME: why, or OUTCOME: needs a person: why), after your answer"
        )

        text: Annotated[str, Field(min_length=1, max_length=3000)] = Field(
            description="What you tell the person: the answer, or what you found out"
        )
        outcome: way = Field(description="Is the case done, should somebody else here go on, or must a person decide?")
        to: whom = Field("", description="Who should go on, if it is handed on?")
        why: Annotated[str, Field(max_length=300)] = Field("", description="Why is it handed on, or needs a person?")

        @model_validator(mode="after")
        def _goes_to_somebody(self) -> Handling:
            if self.outcome == HAND_ON and not self.to:
                raise ValueError(f"it can be handed on to {' or '.join(choices) or 'nobody'}")
            return self

        @classmethod
        def question(cls, said: Sequence[JsonValue]) -> Question | None:
            """What it tells the person, whether that is all, and who goes on where it is not."""
            match said:
                case ():
                    short: dict[str, JsonValue] = {"type": "string", "minLength": 12, "maxLength": 240}
                    return Question("text", "What do you tell the person, in one or two sentences?", short)
                case (_,):
                    return Question(
                        "outcome", "What becomes of the case?", {"type": "string", "enum": [*ways]}, alone=True
                    )
                case (_, "hand on"):
                    return Question("to", "Who should go on?", {"type": "string", "enum": [*choices]}, alone=True)
                case _:
                    return None

        @classmethod
        def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
            """The same as fields."""
            return {"text": said[0], "outcome": said[1], "to": said[2] if len(said) > 2 else ""}

    return Handling


def read(text: str, choices: tuple[str, ...]) -> dict[str, JsonValue] | None:
    """An answer with a line of its own that says what becomes of the case; None where it says none, or two."""
    found = [match for line in lines_of(text) if (match := _LINE.match(line)) and _formal(line)]
    if len(found) != 1:
        return None
    (match,) = found
    rest, what = match["rest"].strip(), match["what"].lower()
    told = "\n".join(line for line in text.splitlines() if not _same(line, match[0])).strip()
    if what == RESOLVED:
        return {"text": told or rest, "outcome": RESOLVED}
    if what.startswith("need"):
        return {"text": told or rest, "outcome": NEEDS, "why": rest.lstrip(" :–—-")[:300]}
    target = _TO.fullmatch(rest)
    who = names(choices).exact(target["who"]) if target else None
    if target is None or who is None:
        return None
    return {"text": told or rest, "outcome": HAND_ON, "to": who, "why": (target["why"] or "")[:300]}


def _formal(line: str) -> bool:
    return bool(re.match(r"(?:outcome|status|result) ?:", line, re.I) or line.isupper() or re.match(r"[A-Z]{4}", line))


def _same(line: str, other: str) -> bool:
    return re.sub(r"\W+", "", line).casefold() == re.sub(r"\W+", "", other).casefold()


def told(data: Mapping[str, JsonValue]) -> str:
    """What a specialist tells the person, and what becomes of the case where it is not done."""
    text, why = str(data.get("text") or "").strip(), str(data.get("why") or "").strip()
    reason = f": {why}" if why else "."
    match data.get("outcome"):
        case "hand on":
            return f"{text}\n\n*Handed on to {data.get('to')}{reason}*"
        case "needs a person":
            return f"{text}\n\n*This needs a person{reason}*"
        case _:
            return text


def routed(data: Mapping[str, JsonValue], name: Name) -> Sheet | None:
    """Who was looked at for a case, with score and words, and who has it."""
    found = data.get("scores")
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    if not rows:
        return None
    chosen = str(data.get("chosen") or "")
    lines = tuple(
        f"{'→' if row.get('who') == chosen else '·'} {name(str(row.get('who')))}  {_score(row)}" for row in rows
    )
    title = f"Goes to {name(chosen)}" if chosen else "Fits nobody"
    return Sheet(title, lines, str(data.get("why") or ""))


def _score(row: Mapping[str, JsonValue]) -> str:
    words = row.get("words")
    matched = ", ".join(map(str, words[:5])) if isinstance(words, list) else ""
    score = row.get("score")
    figure = f"{score:g}" if isinstance(score, int | float) else "0"
    out = f" ({row.get('out')})" if row.get("out") else ""
    return f"{figure}{f': {matched}' if matched else ''}{out}"


register(
    Kind(
        "route",
        "sends the case on",
        look="hidden",
        payload=route,
        streamed=False,
        doing="deciding who gets the case",
        part="room",
        form="Choose from the list only: whoever can do most about it, not whoever is mentioned in it.",
        words=30,
    )
)
register(
    Kind(
        "handling",
        "handles the case",
        payload=handling,
        streamed=False,
        prose=read,
        told=told,
        doing="at the case",
        form="Speak to the person. Say only what you know or can do; what you cannot find out here, ask for or hand "
        "on. Hand on what is another's field, and say why. A person is needed where somebody must decide, pay, promise "
        "or break a rule.",
    )
)
register(
    Kind(
        "case_summary",
        "sums the case up",
        look="card",
        title="The case",
        doing="summing the case up",
        part="room",
        form="For somebody who was not there and must decide now: what is wanted, what was tried and by whom (#12), "
        "why it did not come to an end, and what has to be decided. No apology, no guesses.",
        words=120,
    )
)
conclude(Conclusion("case_routed", card=routed))
conclude(Conclusion("case_handed", hidden=True))
