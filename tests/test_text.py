from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, strategies as st

from agentchat.text import JOINERS, UNSAFE, legible, skeleton, some

PARTS = st.sampled_from(
    [
        "\x1b[31m",
        "\x9b",
        "\x1b]52;c;",
        "\x07",
        "\r\n",
        "\r",
        "\n",
        "\t",
        "\x00",
        "\x85",
        "\u2028",
        "\u200b",
        "\u200d",
        "️",
        "\u202e",
        "\u2066",
        "�",
        "\U000e0041",
        "󠄁",
        "👩",
        "é",
        "ن",
        "a",
        "1",
        "#",
        " ",
    ]
)
texts = st.lists(PARTS | st.characters(codec=None), max_size=30).map("".join)
words = st.text(st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x24F), min_size=1, max_size=12)


@given(texts)
def test_nothing_a_reader_cannot_see_remains(text: str) -> None:
    assert re.search(f"[{UNSAFE}]", legible(text)) is None


@given(texts)
def test_a_joiner_remains_only_behind_what_it_can_join(text: str) -> None:
    for before, joined in re.findall(f"([^{JOINERS}]?)([{JOINERS}]+)", legible(text), re.DOTALL):
        assert before, "nothing stands before it"
        assert not before.isascii() or joined == "\ufe0f"


@given(texts)
def test_making_legible_twice_is_making_legible_once(text: str) -> None:
    assert legible(legible(text)) == legible(text)


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Mn", "Cn"]) | st.sampled_from("\n\t")))
def test_legible_text_comes_back_as_the_same_object(text: str) -> None:
    assert legible(text) is text


@pytest.mark.parametrize(
    "alike",
    ["Moderator", "MODERATOR", "Мoderator", "Ｍｏｄｅｒａｔｏｒ", "m-o-d_e r.a t o r", "Móderator", "modera\u0442or"],
)
def test_names_that_look_alike_are_one_name(alike: str) -> None:
    assert skeleton(alike) == skeleton("moderator")


@given(words)
def test_a_skeleton_has_no_case_no_accent_and_no_space(word: str) -> None:
    assert skeleton(unicodedata.normalize("NFD", word)) == skeleton(f" {word} ") == skeleton(word)


def test_a_list_that_is_cut_says_how_many_more_there_are() -> None:
    assert some(["a", "b"], 2) == "a, b"
    assert some(["a", "b", "c", "d"], 2, "; ") == "a; b and 2 more"
    assert some([], 2) == ""
