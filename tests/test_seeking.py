from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, strategies as st

from agentchat.errors import UsageError
from agentchat.seeking import FILTERS, Filter, Query, Term, read

NOW = datetime(2026, 11, 26, 15, 30, tzinfo=UTC)


def test_words_are_words_and_the_last_may_be_a_beginning() -> None:
    assert read("trams and bus", NOW).terms == (Term("trams"), Term("and"), Term("bus", begun=True))
    assert read("trams ", NOW).terms == (Term("trams"),)


def test_a_phrase_is_in_quotes_and_one_that_is_being_typed_may_be_a_beginning() -> None:
    assert read('"young families" x', NOW).terms == (Term("young families"), Term("x", begun=True))
    assert read('"young fam', NOW).terms == (Term("young fam", begun=True),)


def test_a_minus_turns_a_word_a_phrase_and_a_filter_around() -> None:
    query = read('-trams -"by bus" -persona:ada - x--y', NOW)
    assert query.terms == (Term("trams", off=True), Term("by bus", off=True), Term("x--y", begun=True))
    assert query.filters == (Filter("persona", "ada", off=True),)


def test_filters_are_read_with_their_values_quoted_or_not() -> None:
    query = read('persona:"Mary Ann" MODE:committee is:Starred -is:archived trams', NOW)
    assert query.values("persona") == ("Mary Ann",)
    assert query.values("mode") == ("committee",)
    assert (query.states("starred"), query.states("archived"), query.states("draft")) == (True, False, None)
    assert query.terms == (Term("trams", begun=True),)


@pytest.mark.parametrize(
    ("typed", "after", "before"),
    [
        ("after:2026-11-01", datetime(2026, 11, 1, tzinfo=UTC), None),
        ("before:2026-11", None, datetime(2026, 11, 1, tzinfo=UTC)),
        ("-before:2026", datetime(2026, 1, 1, tzinfo=UTC), None),
        ("after:yesterday", datetime(2026, 11, 25, tzinfo=UTC), None),
        ("after:today before:3h", datetime(2026, 11, 26, tzinfo=UTC), NOW - timedelta(hours=3)),
        ("after:7d after:2w", NOW - timedelta(days=7), None),
    ],
)
def test_dates_are_read(typed: str, after: datetime | None, before: datetime | None) -> None:
    query = read(typed, NOW)
    assert (query.after, query.before) == (after, before)


@pytest.mark.parametrize(
    ("typed", "says", "hint"),
    [
        ("persna:ada", "no filter persna:", "Did you mean persona?"),
        ("foo:bar", "no filter foo:", '"foo:bar"'),
        ("is:decided", "no is:decided", "decision"),
        ("before:soon", "'soon' is no date", "before:2026-11-01"),
        ("before:2026-13-01", "is no date", ""),
        ("after:999999y", "is no date", ""),
        ("persona:", "persona: says nothing yet", "persona:WORD"),
        ("is:", "is: says nothing yet", "is:decision"),
    ],
)
def test_what_is_no_filter_and_no_date_is_said_with_the_nearest(typed: str, says: str, hint: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        read(typed, NOW)
    assert hint in caught.value.hint


@pytest.mark.parametrize("typed", ["https://example.org/a", "12:30", "text:", "c++", "-", '""', "a b"])
def test_a_colon_alone_makes_no_filter(typed: str) -> None:
    assert not read(typed, NOW).filters


PARTS = st.sampled_from(["trams", '"by bus"', "persona:ada", "-mode:x", "is:draft", "after:7d", "-no", "before:2026"])


@given(parts=st.lists(PARTS, max_size=12))
def test_the_order_of_what_is_typed_is_no_matter(parts: list[str]) -> None:
    def parted(query: Query) -> tuple[object, ...]:
        terms = sorted((term.text, term.off) for term in query.terms)
        return terms, sorted((one.name, one.value) for one in query.filters), query.after, query.before

    assert parted(read(" ".join(parts), NOW)) == parted(read(" ".join(reversed(parts)), NOW))


@given(typed=st.text(st.characters(exclude_categories=()), max_size=60) | st.lists(PARTS).map(" ".join))
@example('-"')
@example('a:"')
@example("before:" + "9" * 30)
def test_anything_typed_is_a_query_or_said_to_be_none(typed: str) -> None:
    try:
        query = read(typed, NOW)
    except UsageError:
        return
    assert len(query.terms) <= 16
    assert all(one.name in FILTERS and one.value for one in query.filters)
    assert all(any(map(str.isalnum, term.text)) for term in query.terms)
