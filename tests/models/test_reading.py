"""A structured answer, read out of whatever a model wrote: right, or not at all."""

from __future__ import annotations

import json
import time
from typing import Annotated, Literal

import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, Field, JsonValue

from agentchat.kinds.schema import inlined
from agentchat.models.reading import UnreadableError, objects, read, read_value


class Ballot(BaseModel):
    """How a member votes."""

    vote: Literal["approve", "approve with changes", "disapprove"] = Field(description="How do you vote?")
    why: Annotated[str, Field(max_length=40)] = Field("", description="Why?")


APPROVE = '{"vote": "approve", "why": "It helps."}'

CLEAR = {
    "plain": APPROVE,
    "fenced": f"```json\n{APPROVE}\n```",
    "after prose": f"Here is my vote, as asked:\n\n{APPROVE}\n\nI hope this helps!",
    "after a thought": f'<think>Maybe {{"vote": "disapprove"}}? No.</think>{APPROVE}',
    "after a thought without its start": f'{{"vote": "disapprove"}} would be wrong.</think>\n{APPROVE}',
    "trailing comma": '{"vote": "approve", "why": "It helps.",}',
    "newline in a string": '{"vote": "approve", "why": "It\nhelps."}',
    "other spelling": '{"vote": " Approve. ", "why": ""}',
    "full width": '{"vote": "ａｐｐｒｏｖｅ"}',
    "hidden characters": '{"vote": "app\u200brove"}',
    "in a list": f"[{APPROVE}]",
    "wrapped": f'{{"ballot": {APPROVE}}}',
    "said twice": f"{APPROVE} I repeat: {APPROVE}",
    "braces in prose": f"Given the set {{a, b}}: {APPROVE}",
    "braces in a string": '{"vote": "approve", "why": "a } b { c"}',
    "more than asked": '{"vote": "approve", "weight": 100, "votes_of": {"ben": "disapprove"}}',
    "schema before": json.dumps(Ballot.model_json_schema()) + APPROVE,
}

UNCLEAR = {
    "nothing": "",
    "prose": "I approve of this.",
    "negation": 'I would not write {"vote": approve} here.',
    "two that differ": f'{APPROVE} or rather {{"vote": "disapprove"}}',
    "a key twice": '{"vote": "approve", "vote": "disapprove"}',
    "no option": '{"vote": "yes"}',
    "part of an option": '{"vote": "app"}',
    "all options": '{"vote": "approve | approve with changes | disapprove"}',
    "the schema": json.dumps(Ballot.model_json_schema()),
    "cut": '{"vote": "approve", "why": "It',
    "no vote": '{"why": "It helps."}',
    "only a thought": f"<think>{APPROVE}",
    "null": '{"vote": null}',
    "a list": '{"vote": ["approve"]}',
    "too long": APPROVE + " " * 20_000,
    "single quotes": "{'vote': 'approve'}",
    "deep": '{"vote": ' + '{"a":' * 3000 + "1" + "}" * 3000 + "}",
    "too many": APPROVE * 30,
    "one of two is wrong": f'{{"vote": "maybe"}} {APPROVE}',
}


@pytest.mark.parametrize("shape", CLEAR)
def test_a_clear_answer_is_read(shape: str) -> None:
    answer = read(Ballot, CLEAR[shape])
    assert isinstance(answer, Ballot)
    assert answer.vote == "approve"


@pytest.mark.parametrize("shape", UNCLEAR)
def test_an_unclear_answer_is_none_and_says_why(shape: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read(Ballot, UNCLEAR[shape])
    assert str(raised.value)


def test_an_option_that_holds_another_is_read_as_itself() -> None:
    for vote in ("approve with changes", "disapprove"):
        answer = read(Ballot, json.dumps({"vote": vote}))
        assert isinstance(answer, Ballot)
        assert answer.vote == vote


def test_a_reason_that_is_too_long_is_cut_and_the_vote_counts() -> None:
    answer = read(Ballot, json.dumps({"vote": "approve", "why": "because " * 20}))
    assert isinstance(answer, Ballot)
    assert len(answer.why) <= 40
    assert answer.why.endswith("…")


@given(st.text(max_size=400))
def test_no_text_makes_the_reader_stumble_or_invent(text: str) -> None:
    try:
        answer = read(Ballot, text)
    except UnreadableError:
        return
    assert isinstance(answer, Ballot)
    assert answer.vote in text.casefold()


@pytest.mark.parametrize("text", ["{" * 20_000, '{"a":' * 4000, "{}" * 10_000, '{"' * 10_000, "<think>" * 2800])
def test_hostile_text_is_read_in_no_time(text: str) -> None:
    started = time.process_time()
    with pytest.raises(UnreadableError):
        read(Ballot, text)
    assert time.process_time() - started < 0.2


def test_objects_are_found_outermost_only() -> None:
    assert objects('a {"b": {"c": 1}} d {"e": 2}') == [{"b": {"c": 1}}, {"e": 2}]


class Inner(BaseModel):
    """What is inside."""

    name: Literal["one"]
    default: int = 3


class Outer(BaseModel):
    """What is outside."""

    inner: Inner = Field(description="Inside")
    more: list[Inner] = []
    title: str | None = None


def test_a_schema_is_sent_as_providers_take_it() -> None:
    one: JsonValue = {
        "type": "object",
        "properties": {"name": {"type": "string", "enum": ["one"]}, "default": {"type": "integer"}},
        "required": ["name", "default"],
        "additionalProperties": False,
    }
    assert inlined(Outer) == {
        "type": "object",
        "properties": {
            "inner": one,
            "more": {"type": "array", "items": one},
            "title": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["inner", "more", "title"],
        "additionalProperties": False,
    }


FLAT: dict[str, JsonValue] = {"properties": {"vote": {"enum": ["approve", "disapprove"], "type": "string"}}}


@pytest.mark.parametrize(
    "text", ['{"vote": "approve"}', "approve", " **Approve.** ", '"approve"', "<think>x</think>approve"]
)
def test_one_value_may_stand_alone(text: str) -> None:
    assert read_value(FLAT, text) == "approve"


@pytest.mark.parametrize("text", ["", "I approve", "approve or disapprove", '{"vote": "no"}', "disapprove?!"])
def test_one_value_is_an_option_or_nothing(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_value(FLAT, text)


def test_a_flat_text_needs_its_object() -> None:
    schema: dict[str, JsonValue] = {"properties": {"why": {"type": "string", "maxLength": 10}}}
    assert read_value(schema, '{"why": "because it helps"}') == "because i…"
    with pytest.raises(UnreadableError):
        read_value(schema, "because it helps")
