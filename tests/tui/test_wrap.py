from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from agentchat.tui.widgets.wrap import _NARROW, _any, breaks, cut, flow, folds
from agentchat.views.clean import clean_line

pieces = st.sampled_from(
    ["a", "word", "loooooooooooong", " ", "  ", "漢字", "👩\u200d🔬", "❤\ufe0f", "é", "e\u0301", "。", "…"]
)
lines = st.lists(pieces, max_size=30).map("".join) | st.text(max_size=40).map(clean_line)
widths = st.integers(1, 20)


@given(lines, widths)
def test_rows_fit_and_lose_nothing_but_the_spaces_they_break_at(line: str, width: int) -> None:
    rows = breaks(line, width)
    shown = [line[start:end] for start, end in rows]
    assert "".join(shown).replace(" ", "") == line.replace(" ", "")
    assert all(start <= end for start, end in rows)
    assert all(line[end:start].strip(" ") == "" for (_, end), (start, _) in pairwise(rows))
    assert all(cell_len(row) <= max(width, 4) for row in shown)


@given(st.text("ab ", max_size=60).map(str.lstrip), widths)
def test_the_fast_way_breaks_as_the_general_one(line: str, width: int) -> None:
    assert breaks(line, width) == (list(_any(line, width)) or [(0, 0)])


@given(lines, widths)
def test_folding_keeps_every_character(line: str, width: int) -> None:
    assert "".join(line[start:end] for start, end in folds(line, width)) == line


@given(lines, st.integers(0, 30))
def test_a_cut_text_fits(line: str, width: int) -> None:
    assert cell_len(cut(line, width)) <= width


@pytest.mark.parametrize(
    ("line", "width", "rows"),
    [
        ("", 5, [""]),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("one  two  ", 4, ["one", "two"]),
        ("  indented text", 10, ["  indented", "text"]),
        ("abcdefgh ij", 3, ["abc", "def", "gh", "ij"]),
        ("漢字と仮名 ab", 4, ["漢字", "と仮", "名", "ab"]),
    ],
)
def test_a_line_breaks_where_a_reader_expects(line: str, width: int, rows: list[str]) -> None:
    assert [line[start:end] for start, end in breaks(line, width)] == rows


def test_a_megabyte_in_one_word_or_in_wide_characters_breaks_in_linear_time() -> None:
    for line, limit in (
        ("x" * 1_000_000, 0.5),
        ("word " * 200_000, 0.5),
        ("漢字" * 250_000, 3.0),
        ("é" * 500_000, 3.0),
    ):
        started = time.process_time()
        breaks(line, 80)
        assert time.process_time() - started < limit


def test_what_counts_as_one_cell_is_one_cell() -> None:
    assert all(cell_len(character) == 1 for character in map(chr, range(0x3000)) if _NARROW.fullmatch(character))


@given(st.lists(st.sampled_from(["a", "bc d", " ", "\n", "漢字", "long word here"]), max_size=12), widths)
def test_styled_text_flows_as_plain_text_breaks_and_keeps_its_styles(parts: list[str], width: int) -> None:
    runs = [Segment(part, Style(bold=index % 2 == 0)) for index, part in enumerate(parts)]
    rows = flow(runs, width)
    plain = [line[start:end] for line in "".join(parts).split("\n") for start, end in breaks(line, width)]
    assert ["".join(segment.text for segment in row) for row in rows] == plain
    bold = "".join(run.text for run in runs if run.style and run.style.bold)
    shown = "".join(segment.text for row in rows for segment in row if segment.style and segment.style.bold)
    assert shown.replace(" ", "") == bold.replace(" ", "").replace("\n", "")
