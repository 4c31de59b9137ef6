"""What an option may be called: by its own name, by its label, and by nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from agentchat.kinds.slate import labels, names, slate

OPTIONS = ("free childcare", "Option Zero", "Go!", "Go")


def test_labels_go_by_place_and_on_after_z() -> None:
    many = tuple(f"option number {place}" for place in range(30))
    assert labels(many)[:2] == ("A", "B")
    assert labels(many)[25:28] == ("Z", "AA", "AB")


def test_options_that_are_called_like_labels_have_none() -> None:
    assert labels(("B", "A")) == ("B", "A")
    assert labels(("a", "tea")) == ("a", "tea")
    assert names(("B", "A")).exact("A") == "A"
    assert slate(("B", "A")) == "B\nA"


def test_a_voter_reads_label_name_and_full_text() -> None:
    texts = {"free childcare": "Free childcare on the market square", "Go": "go"}
    assert slate(OPTIONS, texts).splitlines() == [
        "A: free childcare (Free childcare on the market square)",
        "B: Option Zero",
        "C: Go!",
        "D: Go",
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("free childcare", "free childcare"),
        (" “Free  Childcare”. ", "free childcare"),
        ("a", "free childcare"),
        ("(A)", "free childcare"),
        ("A: free childcare", "free childcare"),
        ("A) free childcare", "free childcare"),
        ("option zero", "Option Zero"),
        ("Option B", "Option Zero"),
        ("option option zero", "Option Zero"),
        ("Go!", "Go!"),
        ("Go", "Go"),
        ("go", None),
        ("A: Option Zero", None),
        ("childcare", None),
        ("free childcare now", None),
        ("E", None),
        ("", None),
        ("A B", None),
        ("?", None),
    ],
)
def test_a_name_is_exact_or_none(text: str, meant: str | None) -> None:
    assert names(OPTIONS).exact(text) == meant


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8, unique=True), st.text(max_size=12))
def test_whatever_options_are_called_each_is_known_by_its_name_and_no_other(options: list[str], text: str) -> None:
    known = names(tuple(options))
    assert [known.exact(option) for option in options] == options
    found = known.exact(text)
    assert found is None or found in options
