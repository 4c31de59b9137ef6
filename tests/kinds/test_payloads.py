"""What ballots, critiques and replies hold: what contradicts itself is refused with a reason."""

from __future__ import annotations

import pytest
from pydantic import JsonValue, ValidationError

from agentchat.kinds import Payload, kind_of
from agentchat.kinds.ballot import BALLOTS
from agentchat.kinds.critique import MOST
from agentchat.kinds.schema import inlined
from agentchat.testing import example


def payload(kind: str, *choices: str) -> type[Payload]:
    """The payload of a kind."""
    known = kind_of(kind).payload
    assert known
    return known(choices)


def issue(**fields: JsonValue) -> dict[str, JsonValue]:
    return {"criterion": "clarity", "severity": "major", "problem": "no verb", **fields}


@pytest.mark.parametrize("kind", [*sorted(BALLOTS), "critique", "compare", "reply", "position", "nominate", "verdict"])
def test_an_example_of_each_kind_is_valid(kind: str) -> None:
    choices = ("1", "2") if kind == "reply" else ("tea", "coffee")
    found = example(payload(kind, *choices))
    assert payload(kind, *choices).model_validate(found).model_dump(mode="json") == found


@pytest.mark.parametrize("kind", sorted(BALLOTS))
def test_a_ballot_is_asked_for_by_a_schema_without_references(kind: str) -> None:
    schema = inlined(payload(kind, "tea", "coffee"))
    assert "$ref" not in str(schema)
    assert schema["additionalProperties"] is False
    assert isinstance(schema["properties"], dict)
    assert next(iter(schema["properties"])) == "why", "reasons come first"


def test_a_critique_keeps_six_issues_and_every_score() -> None:
    critique = payload("critique", "clarity", "truth")
    found = critique.model_validate({"issues": [issue()] * 9, "scores": {"Clarity": "3/5", "truth": 4, "wit": 9}})
    assert found.model_dump()["scores"] == {"clarity": 3, "truth": 4}
    assert len(found.model_dump()["issues"]) == MOST
    assert (
        critique.model_validate(
            {"issues": [issue(criterion="wit")], "scores": {"clarity": 3, "truth": 4}}
        ).model_dump()["issues"][0]["criterion"]
        == "other"
    )


@pytest.mark.parametrize(
    "content",
    [
        {"issues": [], "scores": {"clarity": 3}},
        {"issues": [], "scores": {"clarity": 3, "truth": 0}},
        {"issues": [], "scores": {"clarity": 3, "truth": 6}},
        {"issues": [issue(severity="awful")], "scores": {"clarity": 3, "truth": 4}},
        {"issues": [issue(problem="")], "scores": {"clarity": 3, "truth": 4}},
    ],
)
def test_a_critique_that_leaves_out_what_counts_is_refused(content: JsonValue) -> None:
    with pytest.raises(ValidationError):
        payload("critique", "clarity", "truth").model_validate(content)


@pytest.mark.parametrize(
    "replies",
    [
        [{"issue": 1, "done": "rejected", "reason": " "}],
        [{"issue": 1, "done": "fixed"}, {"issue": 1, "done": "fixed"}],
        [{"issue": 7, "done": "fixed"}],
        [{"issue": 1, "done": "later"}],
    ],
)
def test_a_reply_answers_each_issue_once_and_rejects_none_without_a_reason(replies: JsonValue) -> None:
    with pytest.raises(ValidationError):
        payload("reply", "1", "2").model_validate({"replies": replies})


def test_a_tiny_author_is_asked_for_a_reason_only_where_it_rejects() -> None:
    reply = payload("reply", "1", "2")
    said: list[JsonValue] = []
    asked = []
    for answer in ("fixed", "rejected", "It is right."):
        question = reply.question(said)
        assert question
        asked.append(question.name)
        said.append(answer)
    assert reply.question(said) is None
    assert asked == ["done", "done", "reason"]
    assert reply.model_validate(reply.gathered(said)).model_dump() == {
        "replies": [
            {"issue": 1, "done": "fixed", "reason": ""},
            {"issue": 2, "done": "rejected", "reason": "It is right."},
        ]
    }
