"""What a person types is an answer only where it names one thing."""

from __future__ import annotations

from typing import Literal

import pytest

from agentchat.errors import UsageError
from agentchat.kinds import Payload
from agentchat.kinds.answering import ballot, filled, how, listed, option

STREETS = ("Mill Lane", "High Street", "Mill Road")
OPTIONS = ("childcare", "buses", "rents")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("High Street", "High Street"),
        ("high street", "High Street"),
        ("h", "High Street"),
        ("2", "High Street"),
        (" “mill lane” ", "Mill Lane"),
        ("mill r", "Mill Road"),
    ],
)
def test_an_option_is_meant_by_name_by_number_or_by_a_beginning_only_it_has(words: str, meant: str) -> None:
    assert option(words, STREETS) == meant


@pytest.mark.parametrize("words", ["mill", "4", "0", "", "  ", "street", "?"])
def test_what_fits_none_or_two_is_refused_with_what_there_is(words: str) -> None:
    with pytest.raises(UsageError) as refused:
        option(words, STREETS)
    assert refused.value.hint == "1 Mill Lane · 2 High Street · 3 Mill Road" == listed(STREETS)


def test_an_option_that_is_a_number_is_meant_before_the_place_of_another() -> None:
    assert option("2", ("3", "2", "1")) == "2"
    assert option("3", ("10", "20", "30")) == "30"


def test_where_there_are_no_options_any_words_will_do_but_none_will_not() -> None:
    assert option(" Because. ", ()) == "Because."
    with pytest.raises(UsageError, match="needs words"):
        option(" ", ())


@pytest.mark.parametrize(
    ("kind", "words", "field", "read"),
    [
        ("pick", "B", "vote", "buses"),
        ("pick", "buses", "vote", "buses"),
        ("pick", "ren", "vote", "rents"),
        ("pick", "2", "vote", "buses"),
        ("approval", "A, rents", "approve", ["childcare", "rents"]),
        ("ranking", "C > A = B", "ranking", [["rents"], ["childcare", "buses"]]),
        ("scores", "A=5, buses: 0", "scores", {"childcare": 5, "buses": 0}),
        ("pick", '{"vote": "buses", "why": "cheap"}', "vote", "buses"),
    ],
)
def test_a_ballot_is_read_from_words_as_typed(kind: str, words: str, field: str, read: object) -> None:
    filled = ballot(kind, OPTIONS, words)
    assert filled is not None
    assert filled[field] == read


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("pick", "trams"),
        ("approval", "trams"),
        ("ranking", "trams"),
        ("scores", "A=9"),
        ("scores", "trams=3"),
        ("scores", "A"),
        ("pick", '{"vote": '),
        ("pick", "{}"),
    ],
)
def test_a_ballot_that_says_nothing_of_the_options_is_refused(kind: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        ballot(kind, OPTIONS, words)
    assert refused.value.exit_code == 2


def test_what_is_no_ballot_is_words() -> None:
    assert ballot("say", (), "I think so.") is None


def test_how_to_fill_it_in_names_the_options_and_gives_an_example() -> None:
    assert how("pick", OPTIONS) == "A childcare · B buses · C rents · as in 'A', or abstain"
    assert "as in 'A > B'" in how("ranking", OPTIONS)
    assert "as in 'A=5, B=3'" in how("scores", OPTIONS)
    assert how("say", ()) == ""


class _Verdict(Payload):
    leaning: Literal["do it", "try it first"]
    why_so: str = ""


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ("try", {"leaning": "try it first"}),
        ("2", {"leaning": "try it first"}),
        ("leaning: do; why so: it is cheap: very", {"leaning": "do it", "why_so": "it is cheap: very"}),
        ("Do it\nwhy so: one; two", {"leaning": "do it", "why_so": "one; two"}),
        ('{"leaning": "do it"}', {"leaning": "do it"}),
    ],
)
def test_any_payload_is_filled_in_from_words(words: str, content: dict[str, str]) -> None:
    assert filled(_Verdict, words) == content


@pytest.mark.parametrize("words", ["perhaps", "{", "leaning: perhaps"])
def test_words_that_fit_no_field_are_refused(words: str) -> None:
    with pytest.raises(UsageError):
        filled(_Verdict, words)
