from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from agentchat.modes.stop import Facts, parse


@pytest.mark.parametrize(
    ("rule", "facts", "fires"),
    [
        ("", Facts(rounds=99), ""),
        ("agreement", Facts(agreed=True), "they agree, two rounds running"),
        ("stall", Facts(stalled=True), "nothing new was said"),
        ("rounds:2", Facts(rounds=1), ""),
        ("rounds:2", Facts(rounds=2), "2 rounds"),
        ("cost:0.5", Facts(cost=0.6), "0.5 dollars spent"),
        ("stall & rounds:3", Facts(stalled=True, rounds=2), ""),
        ("stall & rounds:3", Facts(stalled=True, rounds=3), "nothing new was said and 3 rounds"),
        ("agreement | turns:4", Facts(turns=5), "4 turns"),
        ("stall & rounds:3 | turns:4", Facts(turns=4), "4 turns"),
        ("stall & (rounds:3 | turns:4)", Facts(turns=4), ""),
        ("said:stop", Facts(said="please stop"), "you said stop"),
        ("said:stop", Facts(said="unstoppable"), ""),
    ],
)
def test_a_rule_fires_in_words(rule: str, facts: Facts, fires: str) -> None:
    assert parse(rule)(facts) == fires


@pytest.mark.parametrize(
    "rule", ["often", "rounds", "rounds:x", "stall &", "& stall", "(stall", "stall)", "stall stall"]
)
def test_a_rule_that_is_none_is_refused_with_what_there_is(rule: str) -> None:
    with pytest.raises(ValueError, match="rules are agreement, stall"):
        parse(rule)


@given(st.text(max_size=30))
def test_any_text_is_a_rule_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(parse(text)(Facts()), str)
