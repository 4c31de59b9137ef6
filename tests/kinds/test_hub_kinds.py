from __future__ import annotations

import pytest
from pydantic import ValidationError

from agentchat.kinds import kind_of
from agentchat.kinds.hub import handling, read, route

WHO = ("ben", "cleo")


@pytest.mark.parametrize(
    ("text", "outcome", "to", "why"),
    [
        ("It is paid back.\nOUTCOME: resolved", "resolved", "", ""),
        ("I see a crash.\n\n**Outcome:** hand on to Ben: the charge is his", "hand on", "ben", "the charge is his"),
        ("HAND ON TO: @cleo because she can reset it.", "hand on", "cleo", "she can reset it"),
        ("It is over a hundred.\nNEEDS A PERSON: to allow it", "needs a person", "", "to allow it"),
    ],
)
def test_what_becomes_of_a_case_is_read_from_a_line_of_its_own(text: str, outcome: str, to: str, why: str) -> None:
    found = read(text, WHO)
    assert found
    whole = handling(WHO).model_validate(found).model_dump()
    assert (whole["outcome"], whole["to"], whole["why"].rstrip(".")) == (outcome, to, why)
    assert "OUTCOME" not in whole["text"].upper()


@pytest.mark.parametrize(
    "text",
    [
        "I have resolved it, I think.",
        "OUTCOME: resolved\nOUTCOME: hand on to ben",
        "OUTCOME: hand on to dev",
        "Nobody needs a person for that.",
    ],
)
def test_what_says_nothing_clear_is_no_answer(text: str) -> None:
    assert read(text, WHO) is None


def test_it_is_handed_on_to_one_of_the_room_or_not_at_all() -> None:
    assert handling(WHO).model_validate({"text": "x", "outcome": "hand on", "to": "@Ben"}).model_dump()["to"] == "ben"
    for to in ("dev", "", "everybody"):
        with pytest.raises(ValidationError, match="it can be handed on to ben or cleo"):
            handling(WHO).model_validate({"text": "x", "outcome": "hand on", "to": to})
    with pytest.raises(ValidationError):
        route(WHO).model_validate({"who": "dev"})


def test_a_tiny_model_is_asked_three_flat_questions_at_most() -> None:
    payload = handling(WHO)
    assert [question.name for said in ([], ["x"]) if (question := payload.question(said))] == ["text", "outcome"]
    assert payload.question(["x", "resolved"]) is None
    to = payload.question(["x", "hand on"])
    assert to
    assert to.wanted["enum"] == ["ben", "cleo"]
    assert payload.question(["x", "hand on", "ben"]) is None
    assert payload.model_validate(payload.gathered(["x", "hand on", "ben"])).model_dump()["to"] == "ben"
    alone = handling(()).question(["x"])
    assert alone
    assert alone.wanted["enum"] == ["resolved", "needs a person"]


def test_it_is_told_in_words() -> None:
    told = kind_of("handling").told
    assert told
    assert told({"text": "Done.", "outcome": "resolved"}) == "Done."
    assert told({"text": "So.", "outcome": "hand on", "to": "ben"}) == "So.\n\n*Handed on to ben.*"
    assert told({"text": "So.", "outcome": "needs a person", "why": "a sum"}) == "So.\n\n*This needs a person: a sum*"
