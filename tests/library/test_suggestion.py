from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from agentchat.library.lineup import LineUp
from agentchat.library.rooms import Found, FoundLineUp
from agentchat.library.shelf import Scan, Shelf, shipped
from agentchat.library.suggestion import suggest
from agentchat.persona import Persona

SHIPPED = Shelf([("shipped", shipped())]).scan()


def names(topic: str, scan: Scan = SHIPPED, n: int = 4) -> list[str]:
    return [pick.found.persona.id for pick in suggest(topic, scan, n).picks]


def persona(name: str, *tags: str, focus: str = "", title: str = "") -> Found:
    made = Persona(id=name, name=name.title(), prompt="x", tags=tags, focus=focus, title=title)
    return Found(made, Path(f"{name}.md"), "home")


def test_a_public_question_gets_the_round_table_and_each_a_reason() -> None:
    suggestion = suggest("How could a small town win back young families?", SHIPPED)
    assert [(pick.found.persona.id, pick.reason) for pick in suggestion.picks] == [
        ("ada", "as for any topic"), ("ben", "for “families”"), ("cleo", "as for any topic"), ("dev", "for “town”"),
    ]  # fmt: skip
    assert [pick.met for pick in suggestion.picks] == [(), ("families",), (), ("town",)]
    assert suggestion.lineup is not None
    assert suggestion.lineup.id == "default"
    assert suggestion.reason == "Ben for “families”, Dev for “town”"


@pytest.mark.parametrize(
    ("topic", "lineup"),
    [
        ("Which database should we use?", "architecture-review"),
        ("An onboarding for a banking app", "product-brainstorm"),
        ("A better headline for the launch post", "writing-room"),
        ("Should we hire two juniors or buy the tool?", "decision-board"),
        ("Why do cats purr?", "default"),
        ("", "default"),
    ],
)
def test_a_line_up_is_taken_when_the_topic_calls_for_it(topic: str, lineup: str) -> None:
    suggestion = suggest(topic, SHIPPED)
    assert suggestion.lineup is not None
    assert suggestion.lineup.id == lineup
    wanted = next(found.lineup for found in SHIPPED.lineups if found.lineup.id == lineup)
    assert [pick.found.persona.id for pick in suggestion.picks] == list(wanted.personas[:4])


def test_who_knows_the_topic_comes_before_who_always_comes() -> None:
    assert names("Is it ethical to eat meat?")[0] == "leila"
    assert names("Crime and fraud in the market hall")[:2] == ["jonas", "ada"]


def test_two_who_know_the_same_are_not_preferred_to_two_who_know_different_things() -> None:
    scan = Scan((persona("a", "rivers", "fish"), persona("b", "rivers", "fish"), persona("c", "boats")))
    assert names("rivers, fish and boats", scan, 2) == ["a", "c"]


def test_word_forms_meet() -> None:
    scan = Scan((persona("a", "price"), persona("b", "family"), persona("c", "ethics")))
    assert [names(word, scan, 1) for word in ("pricing", "Families", "ethical")] == [["a"], ["b"], ["c"]]


def test_a_persona_without_tags_is_known_by_its_focus() -> None:
    scan = Scan((persona("a", "boats"), persona("b", focus="You only talk about cheese.")))
    assert names("cheese", scan, 1) == ["b"]


def test_without_a_default_the_first_there_are_come() -> None:
    suggestion = suggest("cats", Scan((persona("a"), persona("b", title="sceptic"))))
    assert [(pick.found.persona.id, pick.reason) for pick in suggestion.picks] == [
        ("a", "as for any topic"), ("b", "as for any topic"),
    ]  # fmt: skip
    assert (suggestion.lineup, suggestion.reason) == (
        None, "nobody is known for a word of this topic: the first there are, as for any",
    )  # fmt: skip
    assert suggest("cats", Scan()).picks == ()


def test_one_s_own_line_up_counts_like_those_that_ship() -> None:
    mine = LineUp(id="cats", name="Cats", personas=("grace", "kenji"), good_for=("purr",))
    members = tuple(SHIPPED.get(name) for name in mine.personas)
    scan = Scan(SHIPPED.personas, (*SHIPPED.lineups, FoundLineUp(mine, Path("cats.toml"), "home", (), members)))
    assert names("Why do cats purr?", scan) == ["grace", "kenji"]


@given(st.text(max_size=80), st.integers(1, 12))
def test_any_topic_gets_as_many_as_asked_for_each_once_and_the_same_again(topic: str, n: int) -> None:
    picked = names(topic, n=n)
    assert len(set(picked)) == len(picked)
    assert min(n, 4) <= len(picked) <= n
    assert names(topic, n=n) == picked


@pytest.mark.parametrize(
    ("topic", "wanted"),
    [
        ("Should we rewrite our billing service in Rust?", "architecture-review"),
        ("Our API is slow, where do we begin?", "architecture-review"),
        ("How to get more customers for a bakery", "product-brainstorm"),
        ("How could we keep the town library open?", "default"),
        ("Do we let the team work from home four days a week?", None),
    ],
)
def test_topics_that_once_brought_odd_people(topic: str, wanted: str | None) -> None:
    found = suggest(topic, SHIPPED)
    assert (found.lineup.id if found.lineup else None) == wanted


def test_the_name_of_a_line_up_calls_for_nothing_by_itself() -> None:
    assert names("Which team shall I cheer for?")[0] == "grace"


def test_a_tag_of_several_words_is_named_by_all_of_them() -> None:
    assert "hana" not in names("Who was the first in space?")
    assert names("What does our sales data tell us?")[0] == "kenji"
    assert names("Who is in charge of data protection here?")[0] == "jonas"


def test_of_a_persona_without_tags_each_word_still_tells() -> None:
    scan = Scan((persona("a", "boats"), persona("b", focus="cheese and its price")))
    assert names("Which cheese?", scan, 1) == ["b"]


def test_a_topic_that_nobody_fits_is_said_to_be_one_and_no_topic_is_none() -> None:
    lost = suggest("xyzzy plugh", SHIPPED)
    assert lost.reason == "nobody is known for a word of this topic: Round table, as for any"
    assert {(pick.reason, pick.met) for pick in lost.picks} == {("as for any topic", ())}
    assert suggest("", SHIPPED).reason == "Round table"


def test_who_comes_with_a_room_says_for_what_and_who_knows_the_topic_for_which_words() -> None:
    found = suggest("How to get more customers for a bakery", SHIPPED)
    assert [pick.reason for pick in found.picks[:2]] == ["of the room: products", "for “customers”"]
    assert found.reason == "Product brainstorm, since the topic says “customers”"
