"""What a hub is made of: who gets a case, the answer to it, what becomes of it, and its summary for the person.

route         choices: who is in doubt      {"who": ID, "why"}
case_answer   choices: whom it may go to    plain text; a line `@tilda: a charge` in it hands the case on
case_verdict  choices: whom it may go to    {"outcome": "resolved" | "hand on" | "needs a person", "to", "why"}
case_summary  plain text
handling      answer and verdict in one, as sessions of version 1 have it; the same fields and "text"
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

_TO_ONE = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+)?[*_]{0,2}@(?P<who>[a-z0-9-]*[a-z0-9])[*_]{0,2}[ \t]*(?:[:,–—-][*_]{0,2}(?P<why>.*))?$",
    re.IGNORECASE | re.MULTILINE,
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


def case_verdict(choices: tuple[str, ...]) -> type[Payload]:
    """What becomes of a case; it may go on to one of these, and to nobody else."""
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

    class CaseVerdict(Payload):
        in_words = "OUTCOME: resolved, or OUTCOME: hand on to NAME: why, or OUTCOME: needs a person: why"

        outcome: way = Field(description="Is the case done, should somebody else here go on, or must a person decide?")
        to: whom = Field("", description="Who should go on, if it is handed on?")
        why: Annotated[str, Field(max_length=300)] = Field("", description="Why is it handed on, or needs a person?")

        @model_validator(mode="after")
        def _goes_to_somebody(self) -> CaseVerdict:
            if self.outcome == HAND_ON and not self.to:
                raise ValueError(f"it can be handed on to {' or '.join(choices) or 'nobody'}")
            return self

        @classmethod
        def question(cls, said: Sequence[JsonValue]) -> Question | None:
            """What becomes of it, and who goes on where it is handed on."""
            match said:
                case ():
                    return Question(
                        "outcome", "What becomes of the case?", {"type": "string", "enum": [*ways]}, alone=True
                    )
                case ("hand on",):
                    return Question("to", "Who should go on?", {"type": "string", "enum": [*choices]}, alone=True)
                case _:
                    return None

        @classmethod
        def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
            """The same as fields."""
            return {"outcome": said[0], "to": said[1] if len(said) > 1 else ""}

    return CaseVerdict


def handling(choices: tuple[str, ...]) -> type[Payload]:
    """The verdict with the answer in it."""
    verdict = case_verdict(choices)

    class Handling(verdict):  # type: ignore[misc, valid-type]
        in_words = f"{verdict.in_words}, after your answer"

        text: Annotated[str, Field(min_length=1, max_length=3000)] = Field(
            description="What you tell the person: the answer, or what you found out"
        )

        @classmethod
        def question(cls, said: Sequence[JsonValue]) -> Question | None:
            """What it tells the person first."""
            short: dict[str, JsonValue] = {"type": "string", "minLength": 12, "maxLength": 240}
            told = Question("text", "What do you tell the person, in one or two sentences?", short)
            return verdict.question(said[1:]) if said else told

        @classmethod
        def gathered(cls, said: Sequence[JsonValue]) -> dict[str, JsonValue]:
            """The same as fields."""
            return {"text": said[0], **verdict.gathered(said[1:])}

    return Handling


def addressed(text: str, mentions: Sequence[str]) -> tuple[str, str] | None:
    """Whom a line of an answer is for, and what it says: `@tilda: a charge`. None where it is nobody, or several.

    `mentions` are those the whole text addresses, as read when it was said: what is quoted or code addresses nobody.
    A name with nothing behind it that sets it off may be told of as well as spoken to, and counts for nothing.
    """
    found = {line["who"].lower(): (line["why"] or "").strip() for line in _TO_ONE.finditer(text)}
    known = [(who, why) for who, why in found.items() if who in mentions]
    return known[0] if len(known) == 1 else None


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
        "case_answer",
        "handles the case",
        doing="at the case",
        form="Speak to the person, in plain words. Say only what you know or can do; what you cannot find out here, "
        "ask for. If you cannot help and know nobody it is for, reply with PASS, a colon and why.",
    )
)
register(
    Kind(
        "case_verdict",
        "says what becomes of the case",
        look="hidden",
        payload=case_verdict,
        streamed=False,
        prose=read,
        doing="saying what becomes of the case",
        form="It is resolved where the person needs nothing more of anybody here. Hand on what is another's field. A "
        "person is needed where somebody must decide, pay, promise or break a rule.",
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
