from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies as st

from agentchat.views.clean import FORBIDDEN, clean, clean_line

BYTES = (
    "\x1b \x9b \x1b] \x9d \x07 \x1b\\ \x9c [ 31m ; \r \n \t \x00 \x7f \x85 \u200b \u200c \u200d \u202e \u2066 \u2028"
)
MORE = "\ufe0e \ufe0f \ufeff \ud800 \udfff \U000e0041 \U000e0100 👩 é ن a 1 \ufffd"
HOSTILE = st.sampled_from(BYTES.split(" ") + MORE.split(" ") + [" ", "\u3000"])
NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
texts = st.lists(HOSTILE | st.characters(codec=None), max_size=30).map("".join)


@given(texts)
def test_nothing_forbidden_remains(text: str) -> None:
    assert FORBIDDEN.search(clean(text)) is None


@given(texts)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Mn", "Cn"]) | st.just("\n")))
def test_clean_text_comes_back_as_the_same_object(text: str) -> None:
    assert clean(text) is text


@given(texts)
def test_a_line_is_one_line_within_its_limit(text: str) -> None:
    line = clean_line(text, 12)
    assert "\n" not in line
    assert len(line) <= 12
    assert FORBIDDEN.search(line) is None


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hhome", "home"),
        ("\x1b[<35;1;1M!", "!"),
        ("\x1b[?1049l\x1bc.", "."),
        ("\x1b]52;c;aGk=\x07after", "after"),
        ("\x1b]52;c;aGk=\x1b\\after", "after"),
        ("\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\", "click"),
        ('\x1bP$q"p\x1b\\x', "x"),
        ("\x9b31mred", "red"),
        ("\x9d0;title\x9cx", "x"),
        ("\x1b]0;never ends\nnext line", "\nnext line"),
        ("ends in \x1b[31", "ends in "),
        ("ends in \x1b", "ends in "),
        ("\x1b(B\x1b#8\x1b7x", "x"),
        ("bell\x07", "bell\ufffd"),
        ("a\x08b\x00c\x7f", "a\ufffdb\ufffdc\ufffd"),
        ("one\r\ntwo\rthree\x85four\u2028five\u2029six\x0bseven\x0ceight", "\n".join(NUMBERS)),
        ("a\tb", "a   b"),
        ("user\u202etxt.exe\u2066\u200e", "usertxt.exe"),
        ("in\u200bvi\u2060si\ufeffble\u00ad", "invisible"),
        ("tag\U000e0041\U000e0042, selector\U000e0101", "tag, selector"),
        ("\ud800lone\udc00", "\ufffdlone\ufffd"),
        ("👩\u200d🔬 ❤\ufe0f 1\ufe0f\u20e3 می\u200cخواهم", "👩\u200d🔬 ❤\ufe0f 1\ufe0f\u20e3 می\u200cخواهم"),
        ("a\u200db\ufe0f\u200c 👩\u200d\u200d\u200d\ufe0f", "ab 👩\u200d"),
        ("[/nope] [@click=app.quit]x[/]", "[/nope] [@click=app.quit]x[/]"),
    ],
)
def test_a_hostile_text_is_shown_inert(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


def test_a_megabyte_of_clean_text_takes_no_time_and_a_hostile_one_little() -> None:
    plain = "Rents fell by a third, and “that” is our one advantage.\n" * 20_000
    started = time.process_time()
    clean(plain)
    assert len(plain.encode()) / (time.process_time() - started) > 50e6
    for part in ("\x1b]", "\x9d\n", "\x1b[", "\u200d", "👩\u200d"):
        started = time.process_time()
        clean(part * 500_000)
        assert time.process_time() - started < 3
