from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import JsonValue

from agentchat.library.toml_written import toml

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
full = values.filter(lambda one: one not in ("", [], {}))


@settings(max_examples=40)
@given(st.dictionaries(texts, full, max_size=5))
def test_what_is_written_is_read_the_same(table: dict[str, JsonValue]) -> None:
    assert tomllib.loads(toml(table)) == table


@pytest.mark.parametrize(
    "text", ['a\n"', 'a\n"""', 'a\n""""""b', "a\n\\", "\n\n", "a\r\nb", "\t\n\x7f\x00", '"\n', "a\\\nb"]
)
def test_several_lines_are_read_the_same(text: str) -> None:
    assert tomllib.loads(toml({"topic": text})) == {"topic": text}


def test_it_reads_like_written_by_hand() -> None:
    table: dict[str, JsonValue] = {
        "topic": "Who “pays”?",
        "personas": ["ada", "a room/ben.md"],
        "empty": [],
        "none": None,
        "settings": {"rounds": 3, "stop": "agreement | stall", "dissent": False, "agree_at": 0.5},
        "budget": {"tokens": 200_000},
    }
    assert toml(table) == (
        'topic = "Who “pays”?"\npersonas = ["ada", "a room/ben.md"]\n\n'
        '[settings]\nrounds = 3\nstop = "agreement | stall"\ndissent = false\nagree_at = 0.5\n\n'
        "[budget]\ntokens = 200_000\n"
    )
    assert toml({"personas": ["x" * 40] * 3}).count("\n") == 5
