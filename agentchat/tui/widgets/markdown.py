"""Markdown as rows of styled text, drawn once when a turn is said.

HTML stays text, a link shows where it leads and is no link, a line break in the source is one on the screen. Nothing is
dropped. What would take long to draw is not drawn as Markdown at all: `heavy` counts first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from agentchat.tui.widgets.code import highlighted
from agentchat.tui.widgets.ink import Ink
from agentchat.tui.widgets.wrap import Row, flow, folds

MAX_CHARACTERS = 65_536
MAX_LINES = 2_000
MIN_COLUMN = 10
"""A table whose columns would get thinner is shown row by row."""
MAX_SIGNS = 6_000
"""Of the signs that cost: brackets, stars, table bars. 60,000 of `[` take 0.7 s to parse."""

_SIGNS = re.compile(r"[\[*_|~!`]")
_MARKED = re.compile(r"[*_`#<>\[\]|~\\&]|^[ \t]*(?:[-+=]|\d+[.)])|^(?: {4}|\t)", re.MULTILINE)
_BLANKS = re.compile(r"\n[ ]*(?:\n[ ]*)+")


def heavy(text: str) -> bool:
    """Whether drawing `text` as Markdown would freeze the screen."""
    if len(text) > MAX_CHARACTERS or text.count("\n") > MAX_LINES:
        return True
    return len(text) > MAX_SIGNS and sum(1 for _ in _SIGNS.finditer(text)) > MAX_SIGNS


def markdown_rows(text: str, width: int, ink: Ink) -> list[Row]:
    """Cleaned Markdown as rows of at most `width` cells."""
    if _MARKED.search(text) is None:  # most turns are plain paragraphs
        return flow([Segment(_BLANKS.sub("\n\n", text.strip("\n")), ink.text)], width)
    return _Page(ink).blocks(SyntaxTreeNode(_parser().parse(text)).children, max(width, 1))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


class _Page:
    def __init__(self, ink: Ink) -> None:
        self.ink = ink

    def blocks(self, nodes: list[SyntaxTreeNode], width: int, *, tight: bool = False) -> list[Row]:
        rows: list[Row] = []
        for node in nodes:
            drawn = self.block(node, width)
            if rows and drawn and not (tight and node.type in {"paragraph", "bullet_list", "ordered_list"}):
                rows.append([])
            rows += drawn
        return rows

    def block(self, node: SyntaxTreeNode, width: int) -> list[Row]:
        match node.type:
            case "heading":
                return flow(list(self.inline(node, self.ink.strong)), width)
            case "paragraph":
                return flow(list(self.inline(node, self.ink.text)), width)
            case "bullet_list" | "ordered_list":
                return self.items(node, width)
            case "blockquote":
                bar = Segment(f"{self.ink.glyphs.quote} ", self.ink.faint)
                return [[bar, *row] for row in self.blocks(node.children, max(width - 2, 1))]
            case "fence" | "code_block":
                return self.code(node.content.rstrip("\n"), node.info.partition(" ")[0], width)
            case "hr":
                return [[Segment(" ".join(self.ink.glyphs.dot * 3), self.ink.quiet)]]
            case "table":
                return self.table(node, width)
            case _:
                return flow([Segment(node.content, self.ink.text)], width)

    def items(self, node: SyntaxTreeNode, width: int) -> list[Row]:
        rows: list[Row] = []
        tight = all(child.hidden for item in node.children for child in item.children if child.type == "paragraph")
        number = int(node.attrs.get("start", 1))
        last = number + len(node.children) - 1
        for index, item in enumerate(node.children):
            if node.type == "ordered_list":
                sign = f"{number + index}.".rjust(len(str(last)) + 1)
            else:
                sign = self.ink.glyphs.bullets[node.level // 2 % 2]
            indent = len(sign) + 1
            body = self.blocks(item.children, max(width - indent, 1), tight=tight) or [[]]
            if rows and not tight:
                rows.append([])
            rows.append([Segment(f"{sign} ", self.ink.quiet), *body[0]])
            rows += [[Segment(" " * indent), *row] if row else [] for row in body[1:]]
        return rows

    def code(self, code: str, language: str, width: int) -> list[Row]:
        ground = self.ink.code
        runs = highlighted(code, language, self.ink)
        rows = []
        for row in flow(runs, max(width - 2, 1), folds):
            used = sum(cell_len(segment.text) for segment in row)
            padded = [Segment(" "), *row, Segment(" " * max(width - 1 - used, 0))]
            rows.append([Segment(text, ground + (style or Style.null())) for text, style, _ in padded])
        return rows

    def table(self, node: SyntaxTreeNode, width: int) -> list[Row]:
        lines = [line for part in node.children for line in part.children]
        cells = [
            [list(self.inline(cell, self.ink.strong if index == 0 else self.ink.text)) for cell in line.children]
            for index, line in enumerate(lines)
        ]
        natural = [max(_width(row[column]) for row in cells) for column in range(len(cells[0]))]
        widths = _fit(natural, width - 3 * (len(natural) - 1))
        if widths is None:
            return self.records(cells, width)
        right = ["right" in str(cell.attrs.get("style", "")) for cell in lines[0].children]
        rows: list[Row] = []
        for index, row in enumerate(cells):
            columns = [flow(cell, size) for cell, size in zip(row, widths, strict=True)]
            for line in range(max(map(len, columns))):
                drawn: Row = []
                for column, size, to_right in zip(columns, widths, right, strict=True):
                    if drawn:
                        drawn.append(Segment(f" {self.ink.glyphs.quote} ", self.ink.faint))
                    content = column[line] if line < len(column) else []
                    space = Segment(" " * (size - _width(content)))
                    drawn += [space, *content] if to_right else [*content, space]
                rows.append(drawn)
            if index == 0:
                rows.append([Segment(self.ink.glyphs.rule * (sum(widths) + 3 * (len(widths) - 1)), self.ink.faint)])
        return rows

    def records(self, cells: list[list[Row]], width: int) -> list[Row]:
        """A table too wide for its place: each of its rows as a list of `column: value`."""
        header, *body = cells
        rows: list[Row] = []
        for row in body or [header]:
            if rows:
                rows.append([])
            for name, value in zip(header, row, strict=True):
                rows += flow([*name, Segment(": ", self.ink.quiet), *value] if body else name, width)
        return rows

    def inline(self, node: SyntaxTreeNode, style: Style) -> Iterator[Segment]:
        for child in node.children:
            if child.token is not None:
                yield from self.spans(child.token.children or [], style)

    def spans(self, tokens: list[Token], style: Style) -> Iterator[Segment]:
        styles = [style]
        link, since = "", ""
        for token in tokens:
            match token.type:
                case "strong_open":
                    styles.append(styles[-1] + Style(bold=True))
                case "em_open":
                    styles.append(styles[-1] + Style(italic=True))
                case "s_open":
                    styles.append(styles[-1] + Style(strike=True))
                case "strong_close" | "em_close" | "s_close":
                    styles.pop()
                case "link_open":
                    link, since = str(token.attrs.get("href", "")), ""
                case "link_close":
                    if link not in {since, f"mailto:{since}"}:
                        yield Segment(f" ({self.ink.shown(link)})", self.ink.quiet)
                case "softbreak" | "hardbreak":
                    yield Segment("\n", styles[-1])
                case "code_inline":
                    yield Segment(token.content, styles[-1] + self.ink.code)
                case "image":
                    yield Segment(
                        f"[{token.content}] ({self.ink.shown(str(token.attrs.get('src', '')))})", self.ink.quiet
                    )
                case _:
                    since += token.content
                    yield Segment(token.content, styles[-1])


def _width(runs: Row) -> int:
    return sum(cell_len(run.text) for run in runs)


def _fit(natural: list[int], room: int) -> list[int] | None:
    """The columns' widths in `room` cells: narrow ones as they are, the rest shared; None if that is too thin."""
    if sum(natural) <= room:
        return natural
    left, columns, widths = room, len(natural), dict[int, int]()
    for index in sorted(range(columns), key=natural.__getitem__):
        widths[index] = min(natural[index], left // (columns - len(widths)))
        left -= widths[index]
        if widths[index] < min(natural[index], MIN_COLUMN):
            return None
    return [widths[index] for index in range(columns)]
