"""What is near a topic, and how it is told."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, strategies as st
from support.remembering import WHEN, add, voted

from agentchat.capability import stems
from agentchat.events import Directed
from agentchat.memory import Fact, Kept, chosen, facts, lines
from agentchat.memory.facts import What
from agentchat.prompting import tokens


def kept(session: str, question: str, text: str = "", *, day: int = 0, what: What = "said", who: str = "ada") -> Kept:
    id_ = f"{session}{what}{text}"
    fact = Fact(id_, who, what, 12, WHEN + timedelta(days=day), question, text)
    return Kept(session, fact, frozenset(stems(question)), frozenset(stems(text)))


def near(topic: str, *found: Kept, budget: int = 10_000) -> list[str]:
    return [one.first.session for one in chosen(lines(found), topic, budget, tokens)]


def test_a_line_says_when_on_what_and_where_what_one_said_what_was_decided_and_what_came_of_it() -> None:
    log = voted()
    add(log, Directed(verb="outcome", data={"text": "it saved 3 days"}))
    (line,) = lines(Kept("3f9a77aa", one) for one in facts(log.transcript) if one.who == "ada")
    assert line.held.line == (
        "2026-11-02, “Which database for billing?” (3f9a #2):\nyou voted for SQLite: one file;\n"
        "the room decided: SQLite;\nit turned out: it saved 3 days"
    )
    assert line.held.short == "Before, you voted for SQLite: one file."
    assert (line.held.session, line.held.seq, len(line.held.facts)) == ("3f9a77aa", 2, 2)


def test_what_was_left_open_stands_in_it_too() -> None:
    (line,) = lines([kept("s", "Q", "What does it cost?", what="left")])
    assert line.held.line.endswith("you left open: What does it cost?")
    assert line.held.short == ""


def test_what_shares_no_word_is_not_near() -> None:
    assert near("Which database?", kept("a", "Which school for the children?", "the one nearby")) == []


def test_one_word_of_the_question_is_enough_and_one_of_what_was_said_is_not() -> None:
    first, second = kept("a", "Which database for billing?"), kept("b", "Where do we eat?", "near the database")
    assert near("A database for the shop", first, second) == ["a"]
    assert near("A database near here", second) == ["b"]


def test_a_word_that_is_in_everything_tells_nothing() -> None:
    town = [kept(f"{n}", f"The town and its {what}") for n, what in enumerate(("trams", "schools", "parks", "taxes"))]
    assert near("A town of books", *town) == []
    assert near("The parks of a town", *town) == ["2"]


def test_the_rarer_word_comes_first_and_of_equals_the_newest() -> None:
    found = [
        kept("old", "Trams in the town", day=1),
        kept("new", "Trams in the city", day=2),
        kept("rare", "Funiculars of the alps", day=0),
        kept("far", "Books for a school", day=3),
    ]
    assert near("Trams or funiculars?", *found) == ["rare", "new", "old"]


def test_no_more_than_the_budget_holds_and_what_is_too_long_makes_way() -> None:
    found = [kept("a", "Trams", "x" * 190, day=3), kept("b", "Trams", "short", day=2)]
    assert near("Trams", *found) == ["a", "b"]
    assert near("Trams", *found, budget=30) == ["b"]
    assert near("Trams", *found, budget=0) == []


@given(st.text(max_size=60), st.integers(0, 400))
def test_whatever_the_topic_it_fits_the_budget_and_is_the_same_again(topic: str, budget: int) -> None:
    found = lines([kept(f"s{n}", f"Trams and towns {n}", "a b c", day=n) for n in range(6)])
    taken = chosen(found, topic, budget, tokens)
    assert sum(tokens(one.held.line) for one in taken) <= budget
    assert taken == chosen(found, topic, budget, tokens)


def test_a_long_decision_that_one_had_agreed_to_is_not_told_twice() -> None:
    long = "we begin with the smaller one and look again in a month"
    (line,) = lines([kept("s", "Q", f"agreed to “{long}”"), kept("s", "Q", long, what="decided")])
    assert line.held.line.endswith(f"you agreed to “{long}”;\nand so the room decided")
