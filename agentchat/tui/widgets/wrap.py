"""Where a line of text breaks, counted in terminal cells and in time linear in its length."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rich.cells import cell_len
from rich.segment import Segment

Row = list[Segment]
"""One row of styled text."""

_JOINED = "[\ufe00-\ufe0f]?(?:\u200d[^ ][\ufe00-\ufe0f]?)*"
_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U0001f000-\U0003fffd"
)
_NARROW = re.compile("[ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u2500-\u25fc]*")
"""One cell a character, beyond doubt: most text."""

_CLUSTER = re.compile(f"(?s:.){_JOINED}")
_WORD = re.compile(f"( *)([{_WIDE}]{_JOINED}|[^ {_WIDE}]+)")
"""The spaces before a piece that stays whole, and the piece: a wide character, or a run of others."""


def breaks(line: str, width: int) -> list[tuple[int, int]]:
    """Start and end of each row of `line`, which holds no newline, in at most `width` cells; at least one row.

    Breaks at spaces, which the break swallows; between wide characters; inside a word only if it is wider than a row.
    """
    width = max(width, 1)
    narrow = not line.startswith(" ") and _NARROW.fullmatch(line)
    return list(_narrow(line, width) if narrow else _any(line, width)) or [(0, 0)]


def folds(line: str, width: int) -> list[tuple[int, int]]:
    """As `breaks`, for text whose spaces count, such as code: every row is filled."""
    return list(_folded(line, max(width, 1))) or [(0, 0)]


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in at most `width` cells, with an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    room = width - len(ellipsis)
    if room <= 0:
        return ellipsis[: max(width, 0)]
    _, end = next(_folded(text, room))
    return (text[:end].rstrip() if cell_len(text[:end]) <= room else "") + ellipsis


def flow(runs: Sequence[Segment], width: int, split: Callable[[str, int], list[tuple[int, int]]] = breaks) -> list[Row]:
    """Styled text as rows of at most `width` cells. A newline begins a row."""
    text = "".join(run.text for run in runs)
    rows: list[Row] = []
    pending = iter(runs)
    run, at = Segment(""), 0  # the run that holds what comes next, and where in the text it starts
    begin = 0
    for line in text.split("\n"):
        for start, end in split(line, width):
            row: Row = []
            position = begin + start
            while position < begin + end:
                if position >= at + len(run.text):
                    at += len(run.text)
                    run = next(pending)
                    continue
                stop = min(begin + end, at + len(run.text))
                row.append(Segment(text[position:stop], run.style))
                position = stop
            rows.append(row)
        begin += len(line) + 1
    return rows


def _narrow(line: str, width: int) -> Iterator[tuple[int, int]]:
    """One cell a character, so a row's end is found by looking back for a space."""
    start, length = 0, len(line.rstrip(" "))
    while length - start > width:
        end = line.rfind(" ", start, start + width + 1)
        if end < 0:
            yield start, start + width
            start += width
        else:
            following = end
            while line[end - 1] == " ":
                end -= 1
            yield start, end
            start = following
        while line[start] == " ":
            start += 1
    if start < length:
        yield start, length


def _any(line: str, width: int) -> Iterator[tuple[int, int]]:
    start = end = cells = 0
    for match in _WORD.finditer(line):
        gap, (at, stop) = len(match[1]), match.span(2)
        size = cell_len(match[2])
        if cells + gap + size <= width:
            end, cells = stop, cells + gap + size
            continue
        if cells:
            yield start, end
        *full, (start, end) = [(at + a, at + b) for a, b in _folded(match[2], width)]
        yield from full
        cells = cell_len(line[start:end])
    if cells:
        yield start, end


def _folded(line: str, width: int) -> Iterator[tuple[int, int]]:
    if _NARROW.fullmatch(line):
        yield from ((at, min(at + width, len(line))) for at in range(0, len(line), width))
        return
    start = cells = 0
    for match in _CLUSTER.finditer(line):
        size = cell_len(match[0])
        if cells + size > width and match.start() > start:
            yield start, match.start()
            start, cells = match.start(), 0
        cells += size
    yield start, len(line)
