from __future__ import annotations

import pytest
from pydantic import JsonValue, ValidationError

from agentchat.kinds import kind_of
from agentchat.kinds.bid import read, told
from agentchat.kinds.kind import Payload

CHOICES = ("ben", "cleo", "request 4", "request 7")


def payload(*choices: str) -> type[Payload]:
    known = kind_of("bid").payload
    assert known
    return known(choices)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("WANT: 2\nWHY: the sums", {"want": 2, "why": "the sums", "answers": []}),
        (
            "**Want: 0**\nDelegate ben: count the beds\nACCEPT 4\nDECLINE request 7: not my field",
            {
                "want": 0,
                "to": "ben",
                "what": "count the beds",
                "answers": [
                    {"request": 4, "answer": "accept", "reason": ""},
                    {"request": 7, "answer": "decline", "reason": "not my field"},
                ],
            },
        ),
        ("WANT: 1\nDELEGATE zoe: the sums\nACCEPT 9", {"want": 1, "answers": []}),
        ("WANT: 1\nDELEGATE ben: a\nDELEGATE cleo: b\nACCEPT 4\nDECLINE 4", {"want": 1, "answers": []}),
        ("WANT: 1\nWANT: 2", None),
        ("WANT: 9", None),
        ("I would like to speak very much.", None),
    ],
)
def test_a_bid_is_read_out_of_plain_words_and_nothing_is_invented(text: str, found: JsonValue) -> None:
    assert read(text, CHOICES) == found
    if found is not None:
        payload(*CHOICES).model_validate(found)


@pytest.mark.parametrize(
    "data",
    [
        {"want": 4},
        {"want": 1, "to": "zoe", "what": "the sums"},
        {"want": 1, "to": "ben", "what": " "},
        {"want": 1, "answers": [{"request": 9, "answer": "accept"}]},
        {"want": 1, "answers": [{"request": 4, "answer": "accept"}, {"request": 4, "answer": "decline"}]},
    ],
)
def test_what_contradicts_itself_is_no_bid(data: dict[str, JsonValue]) -> None:
    with pytest.raises(ValidationError):
        payload(*CHOICES).model_validate(data)


@pytest.mark.parametrize(
    ("choices", "answers", "found"),
    [
        (CHOICES, ["much", "ben", "the sums", "accept", "decline"], {"want": 2, "to": "ben", "what": "the sums"}),
        (CHOICES, ["not now", "nobody", "accept", "accept"], {"want": 0, "to": "nobody", "what": ""}),
        ((), ["at all costs"], {"want": 3, "to": "nobody", "what": ""}),
        (("request 4",), ["a little", "decline"], {"want": 1, "to": "nobody", "what": ""}),
    ],
)
def test_a_tiny_model_is_asked_flat_questions_as_many_as_there_are(
    choices: tuple[str, ...], answers: list[JsonValue], found: dict[str, JsonValue]
) -> None:
    kind = payload(*choices)
    for at in range(len(answers)):
        assert kind.question(answers[:at]) is not None
    assert kind.question(answers) is None
    bid = kind.model_validate(kind.gathered(answers)).model_dump()
    assert {key: bid[key] for key in found} == found
    assert len(bid["answers"]) == sum(one.startswith("request") for one in choices)


def test_a_bid_is_told_in_words() -> None:
    assert told({"want": 2, "why": "The sums.", "to": "ben", "what": "count"}) == (
        "Wants to speak: much. The sums. Asks ben: count"
    )
