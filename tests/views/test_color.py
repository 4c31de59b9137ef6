from __future__ import annotations

import re

from hypothesis import given, strategies as st

from agentchat.views.color import CONTRAST, DARK, LIGHT, PALETTE, contrast, readable

hexes = st.from_regex(r"\A#([0-9a-f]{3}|[0-9a-fA-F]{6})\Z")


def triple(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


@given(hexes | st.sampled_from(["red", "Blue", "yellow", "black", "white", "", "no such colour", "#12"]), st.booleans())
def test_any_colour_becomes_readable_on_either_background(color: str, dark: bool) -> None:
    shown = readable(color, dark)
    assert re.fullmatch("#[0-9a-f]{6}", shown)
    assert contrast(triple(shown), triple(DARK if dark else LIGHT)) >= CONTRAST


def test_a_readable_colour_stays_as_it_is() -> None:
    assert readable("#7aa7ff", dark=True) == "#7aa7ff"
    assert readable("#FFF", dark=True) == "#ffffff"


def test_the_colours_given_out_stay_apart_on_both_backgrounds() -> None:
    for dark in (True, False):
        assert len({readable(color, dark) for color in PALETTE}) == len(PALETTE)
