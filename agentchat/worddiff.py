"""What changed between two texts, in words: as fast for a megabyte as for a line.

Words that stand once in both texts anchor them to each other (patience diff, Bram Cohen), what is between two anchors
likewise; only what no anchor divides, and little of that, is looked at word by word. difflib alone is quadratic.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SMALL = 10_000
"""Pairs of words that are compared one by one, at most, between two anchors."""

PATIENCE = 4_000_000
"""Pairs that are compared so in all; what is left then is dropped and added whole."""

DEEPEST = 40
"""How often what is between two anchors is divided again."""

TRIFLE = 3
"""Letters between two changes that are shown as changed with them: `a`, `of`, a comma."""

_TOKEN = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")


class Change(NamedTuple):
    """A stretch of text that both have, or only the old one, or only the new one."""

    op: Literal["keep", "add", "drop"]
    text: str


def word_diff(old: str, new: str) -> list[Change]:
    """From the old text to the new one: what is kept and dropped makes the one, what is kept and added the other."""
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    blocks = sorted(_kept(a, b))
    changes: list[Change] = []
    at, to = 0, 0
    for i, j, size in [*blocks, (len(a), len(b), 0)]:
        changes += [Change("drop", "".join(a[at:i])), Change("add", "".join(b[to:j]))]
        at, to = i + size, j + size
        changes.append(Change("keep", "".join(a[i:at])))
    return list(_whole(changes))


def _kept(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Runs of words both have, in order: where in the one, where in the other, how many."""
    patience = PATIENCE
    regions = [(0, len(a), 0, len(b), 0)]
    while regions:
        i, m, j, n, depth = regions.pop()
        begun = i
        while i < m and j < n and a[i] == b[j]:
            i, j = i + 1, j + 1
        if i > begun:
            yield begun, j - (i - begun), i - begun
        ended = m
        while i < m and j < n and a[m - 1] == b[n - 1]:
            m, n = m - 1, n - 1
        if ended > m:
            yield m, n, ended - m
        if i == m or j == n:
            continue
        if (m - i) * (n - j) <= min(SMALL, patience):
            patience -= (m - i) * (n - j)
            matcher = SequenceMatcher(None, a[i:m], b[j:n], autojunk=False)
            yield from ((i + one.a, j + one.b, one.size) for one in matcher.get_matching_blocks() if one.size)
            continue
        anchors = _anchors(a, b, i, m, j, n) if depth < DEEPEST else []
        before = (i, j)
        for x, y in [*anchors, (m, n)] if anchors else []:
            regions.append((before[0], x, before[1], y, depth + 1))
            before = (x, y)


def _anchors(a: Sequence[str], b: Sequence[str], i: int, m: int, j: int, n: int) -> list[tuple[int, int]]:
    """Where words stand that each text has once here: the longest row of them in the same order in both."""
    here, there = Counter(a[i:m]), Counter(b[j:n])
    once = {word for word, count in here.items() if count == 1 and there.get(word) == 1}
    places = {b[y]: y for y in range(j, n) if b[y] in once}
    ends: list[int] = []
    last: list[tuple[int, int]] = []
    links: dict[tuple[int, int], tuple[int, int] | None] = {}
    for x in range(i, m):
        if a[x] not in once:
            continue
        y = places[a[x]]
        at = bisect_left(ends, y)
        links[x, y] = last[at - 1] if at else None
        ends[at : at + 1] = [y]
        last[at : at + 1] = [(x, y)]
    row: list[tuple[int, int]] = []
    link = last[-1] if last else None
    while link is not None:
        row.append(link)
        link = links[link]
    return row[::-1]


def _whole(changes: Iterable[Change]) -> Iterator[Change]:
    """Neighbours as one, what is dropped before what is added; a trifle kept between two changes is part of them."""
    kept, dropped, added = "", "", ""
    for op, text in changes:
        match op:
            case _ if not text:
                continue
            case "keep":
                kept += text
                continue
            case "drop" | "add":
                pass
        if kept and (dropped or added) and len(kept.strip()) <= TRIFLE and "\n" not in kept:
            dropped, added = dropped + kept, added + kept
        elif kept:
            yield from _told(dropped, added)
            dropped = added = ""
            yield Change("keep", kept)
        kept = ""
        dropped, added = (dropped + text, added) if op == "drop" else (dropped, added + text)
    yield from _told(dropped, added)
    if kept:
        yield Change("keep", kept)


def _told(dropped: str, added: str) -> Iterator[Change]:
    if dropped:
        yield Change("drop", dropped)
    if added:
        yield Change("add", added)
