from __future__ import annotations

import random
import time
from itertools import pairwise

from hypothesis import given, settings, strategies as st

from agentchat.worddiff import Change, word_diff

WORDS = st.lists(
    st.sampled_from(["a", "the", "town", "small", ",", "\n", " ", "  ", "\t", "Größe", "👪", "\r\n"]), max_size=80
)
TEXTS = st.one_of(WORDS.map("".join), st.text(max_size=60))


def sides(changes: list[Change]) -> tuple[str, str]:
    old = "".join(text for op, text in changes if op != "add")
    return old, "".join(text for op, text in changes if op != "drop")


@given(TEXTS, TEXTS)
def test_what_is_kept_and_dropped_is_the_old_text_and_what_is_kept_and_added_the_new(old: str, new: str) -> None:
    assert sides(word_diff(old, new)) == (old, new)


@given(TEXTS, TEXTS)
def test_no_change_is_empty_and_none_stands_beside_its_like(old: str, new: str) -> None:
    changes = word_diff(old, new)
    assert all(change.text for change in changes)
    assert all(one.op != other.op for one, other in pairwise(changes))


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert word_diff(text, text) == ([Change("keep", text)] if text else [])


@settings(max_examples=15)
@given(st.lists(st.integers(0, 400), min_size=200, max_size=400), st.integers(0, 2**32))
def test_large_texts_of_repeated_words_keep_the_law_too(numbers: list[int], seed: int) -> None:
    other = [*numbers]
    random.Random(seed).shuffle(other)
    old, new = (" ".join(map(str, words)) for words in (numbers, other))
    assert sides(word_diff(old, new)) == (old, new)


def test_words_are_told_apart_and_not_letters() -> None:
    old = "We built agentchat because existing tools are bad at groups.\nIt is small."
    new = "We built agentchat because one model agrees with itself.\nIt is small."
    assert word_diff(old, new) == [
        Change("keep", "We built agentchat because "),
        Change("drop", "existing tools are bad at groups"),
        Change("add", "one model agrees with itself"),
        Change("keep", ".\nIt is small."),
    ]


def test_a_moved_paragraph_leaves_the_others_alone() -> None:
    one, two, three = ("".join(f"{word}{n} " for n in range(150)) + "\n" for word in ("ash", "birch", "cedar"))
    changes = word_diff(one + two + three, two + three + one)
    assert [op for op, _ in changes] == ["drop", "keep", "add", "keep"]
    assert changes[1].text.split() == (two + three).split()


def megabyte(seed: int) -> list[str]:
    chance = random.Random(seed)
    return [f"w{int(chance.paretovariate(0.4)) % 30_000}" for _ in range(180_000)]


def test_a_megabyte_takes_seconds_at_most_whatever_was_changed() -> None:
    old = megabyte(1)
    chance = random.Random(2)
    edited = [word if chance.random() > 0.05 else f"x{chance.randrange(99)}" for word in old]
    for new in (edited, megabyte(3), [*old[90_000:], *old[:90_000]]):
        assert _quick(" ".join(old), " ".join(new))
    assert _quick("a b " * 120_000, "b a a " * 100_000)


def _quick(old: str, new: str) -> bool:
    begun = time.process_time()
    changes = word_diff(old, new)
    spent = time.process_time() - begun
    assert sides(changes) == (old, new)
    return spent < 10
