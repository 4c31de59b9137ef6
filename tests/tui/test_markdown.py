from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies as st

from agentchat.tui.theme import THEMES
from agentchat.tui.widgets.ink import _ink
from agentchat.tui.widgets.markdown import heavy, markdown_rows
from agentchat.views.clean import FORBIDDEN, clean

INK = _ink(THEMES[0])
SIGNS = st.sampled_from(
    [*"*_`#>-+|[]()!\\~<&:\n ", "\n\n", "```\n", "    ", "1. ", "- ", "|-|-|", "http://a.b", "word", "漢字"]
)


def shown(text: str, width: int = 40) -> str:
    rows = ["".join(segment.text for segment in row).rstrip() for row in markdown_rows(clean(text), width, INK)]
    return "\n".join(rows)


@given(st.lists(SIGNS | st.characters(), max_size=60).map("".join), st.integers(1, 60))
def test_any_text_is_drawn_inert(text: str, width: int) -> None:
    for row in markdown_rows(clean(text), width, INK):
        line = "".join(segment.text for segment in row)
        assert "\n" not in line
        assert FORBIDDEN.search(line) is None
        assert not any(segment.style and (segment.style.link or segment.style.meta) for segment in row)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("one\ntwo", "one\ntwo"),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("# Head\ntext", "Head\n\ntext"),
        ("- a\n- b\n  - c", "• a\n• b\n  ◦ c"),
        ("9. a\n10. b", " 9. a\n10. b"),
        ("> said\n> twice", "│ said\n│ twice"),
        ("a **b** *c* `d` ~~e~~", "a b c d e"),
        ("<b>bold</b>\n\n<script>x</script>", "<b>bold</b>\n\n<script>x</script>"),
        ("[text](http://x.y)", "text (http://x.y)"),
        ("<http://x.y>", "http://x.y"),
        ("![alt](http://x.y)", "[alt] (http://x.y)"),
        ("[/nope] [@click=app.quit]x[/]", "[/nope] [@click=app.quit]x[/]"),
        ("```python\nif x:\n    y\n```", " if x:\n     y"),
        ("```nosuchlanguage\nx\n```", " x"),
        ("---", "· · ·"),
        ("|a|b|\n|-|-:|\n|one|2|", "a   │ b\n───────\none │ 2"),
    ],
)
def test_a_mark_looks_as_it_should(text: str, rows: str) -> None:
    assert shown(text) == rows


def test_a_table_too_wide_is_shown_row_by_row() -> None:
    table = "|name|what it says|\n|-|-|\n|Ada|rents fell by a third|\n|Ben|enrolment is where it shows|"
    assert shown(table, 14).startswith("name: Ada\nwhat it says:\nrents fell by\na third\n\nname: Ben\n")


def test_a_nested_loose_list_keeps_its_paragraphs_together() -> None:
    assert shown("1. first\n\n   more\n\n2. second") == "1. first\n\n   more\n\n2. second"


HEAVY = {
    "brackets": "[" * 60_000,
    "images": "![" * 30_000,
    "bold": "**a** " * 10_000,
    "items": "- a\n" * 16_000,
    "headings": "# a\n" * 16_000,
    "emphasis": "_a" * 32_000,
    "quotes": ">" * 60_000,
    "rows": "|a|b|c|\n|-|-|-|\n" + "|1|2|3|\n" * 2_000,
    "columns": "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n",
    "code": "```python\n" + "x" * 60_000,
    "words": "word " * 13_000,
    "ticks": "`" * 60_000,
    "one word": "x" * 1_000_000,
    "escapes": "\\*" * 30_000,
    "nesting": "".join("  " * depth + "- a\n" for depth in range(180)),
}


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY.keys())
def test_nothing_takes_long_to_draw(text: str) -> None:
    started = time.process_time()
    if not heavy(text):
        markdown_rows(text, 80, INK)
    assert time.process_time() - started < 0.5
