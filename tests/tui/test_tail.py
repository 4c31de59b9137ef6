from __future__ import annotations

import time

from hypothesis import given, strategies as st

from agentchat.tui.widgets.tail import Tail
from agentchat.tui.widgets.wrap import breaks
from agentchat.views.clean import clean

pieces = st.lists(st.sampled_from(["a", "word ", "\n", "  ", "looooooong", "漢字", "é ", "x y"]), max_size=40)


def whole(text: str, width: int) -> list[str]:
    return [line[start:end] for line in text.split("\n") for start, end in breaks(line, width)]


@given(pieces, st.integers(4, 12), st.integers(1, 5))
def test_the_tail_of_a_growing_text_is_the_end_of_the_whole_text_wrapped(
    parts: list[str], width: int, rows: int
) -> None:
    tail = Tail(width, rows, clean)
    for count in range(len(parts) + 1):
        text = "".join(parts[:count])
        shown = tail.feed(text)
        assert "".join(shown).replace(" ", "") in "".join(whole(text, width)).replace(" ", "")
        assert len(shown) <= rows
        assert shown[-1].rstrip() == whole(text, width)[-1].rstrip() or "  " in text


def test_a_retry_that_is_shorter_begins_anew() -> None:
    tail = Tail(20, 3, clean)
    tail.feed("a first try that goes on and on for more than a row")
    assert tail.feed("a second try") == ["a second try"]
    assert tail.feed("a second try, longer") == ["a second try, longer"]


def test_a_control_sequence_cut_in_two_by_the_stream_never_shows() -> None:
    tail = Tail(40, 2, clean)
    text = "before \x1b]52;c;aGVsbG8=\x07after"
    assert all("52" not in "".join(tail.feed(text[:end])) for end in range(len(text)))
    assert tail.feed(text) == ["before after"]


def test_the_work_does_not_grow_with_the_text() -> None:
    def cost(already: int) -> float:
        tail, text = Tail(80, 6, clean), "word " * already
        tail.feed(text)
        started = time.process_time()
        for _ in range(200):
            text += "more words "
            tail.feed(text)
        return time.process_time() - started

    cost(10)
    assert cost(200_000) < cost(10) + 0.3


def test_a_long_text_met_for_the_first_time_shows_only_its_end_at_once() -> None:
    started = time.process_time()
    assert Tail(10, 2, clean).feed("x" * 5_000_000 + "\nthe end")[-1] == "the end"
    assert Tail(10, 2, clean).feed("\x1b" * 5_000_000) == [""]
    assert time.process_time() - started < 0.5
