from __future__ import annotations

import json

import pytest
from hypothesis import given, settings, strategies as st

from agentchat.modes.promises import (
    Holds,
    Json,
    Matches,
    PlaceError,
    Promise,
    Size,
    Verdict,
    broken,
    read,
    told,
    written,
)

TEXT = "# Plan\n\nWe lease the mill.\n\n**Risks**\nPrice: 40 EUR a month"
few = settings(max_examples=60, deadline=None)
words = st.text("aB é|,:*?·“-7 ", max_size=12).map(lambda text: " ".join(text.split()))
some = words.filter(bool)
names = st.from_regex(r"[a-z][\w-]{0,8}", fullmatch=True)
promises: st.SearchStrategy[Promise] = st.one_of(
    st.builds(
        Size, st.sampled_from(["words", "lines", "characters"]), st.sampled_from(["<=", ">=", "="]), st.integers(0, 999)
    ),
    st.builds(Holds, some, heading=st.just(True)),
    st.builds(Holds, some, absent=st.booleans()),
    st.builds(Matches, some),
    st.builds(Json, st.lists(names, max_size=3, unique=True).map(tuple)),
    st.builds(Verdict, st.sampled_from(["", "draft", "work out"])),
    st.just(Verdict(final=True)),
)


@pytest.mark.parametrize(
    ("promise", "kept"),
    [
        ("words<=200", ""),
        ("words >= 200", "has 12 words, not at least 200"),
        ("lines=4", ""),
        ("characters ≤ 10", "has 59 characters, not at most 10"),
        ("has the MILL", ""),
        ("has a bus", "has no “a bus”"),
        ("has heading risks", ""),
        ("has heading mill", "has no heading “mill”"),
        ("without TODO", ""),
        ("without lease", "holds “lease”"),
        ("matches price: * eur*", ""),
        ("matches ??: *", "has no line of the form “??: *”"),
        ("json", "is no JSON"),
    ],
)
def test_code_says_whether_a_promise_is_kept_and_if_not_how_it_is_broken(promise: str, kept: str) -> None:
    assert broken(read(promise), TEXT) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"title": "Mill", "price": 40}', ""),
        ('```json\n{"title": 1, "price": null}\n```', ""),
        ('{"title": "Mill"}', "has no field “price”"),
        ("[1]", "is JSON, but no object"),
        ("Here it is: {}", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_json_is_read_whole_and_its_fields_are_looked_for(text: str, kept: str) -> None:
    assert broken(read("json with fields title and price"), text) == kept


def test_a_pattern_of_many_stars_is_done_at_once() -> None:
    assert broken(read("matches " + "*a" * 60), "a" * 20_000 + "b") != ""


@few
@given(promises)
def test_what_is_written_is_read_again_as_the_same(promise: Promise) -> None:
    assert read(written(promise)) == promise
    assert told(promise)


@few
@given(promises, st.text(max_size=60))
def test_any_text_keeps_a_promise_or_is_told_how_it_does_not(promise: Promise, text: str) -> None:
    assert broken(promise, text) == broken(promise, text)
    if isinstance(promise, Holds) and not promise.heading:
        assert bool(broken(promise, text)) != bool(broken(Holds(promise.text, absent=not promise.absent), text))


@few
@given(st.text(max_size=30))
def test_any_other_text_is_a_promise_or_is_refused_in_words(text: str) -> None:
    try:
        promise = read(text, 7)
    except PlaceError as error:
        at = error.at
    else:
        assert read(written(promise)) == promise
        return
    assert 7 <= at <= 7 + len(text)


@few
@given(st.dictionaries(names, st.integers(), max_size=4), st.lists(names, min_size=1, max_size=3, unique=True))
def test_an_object_has_the_fields_it_has(fields: dict[str, int], wanted: list[str]) -> None:
    assert (broken(Json(tuple(wanted)), json.dumps(fields)) == "") == (set(wanted) <= set(fields))
