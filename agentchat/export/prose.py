"""Text from outside as HTML: everything escaped, and of Markdown nothing that loads, runs or leads astray."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from agentchat.views.clean import clean, clean_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_ADDRESS = re.compile(r"(?i)(?:https?://|mailto:)[^\s\"'<>]+")
LONGEST = 200_000
"""Characters of one text that are read as Markdown; a longer one is shown as it stands."""


def inline(text: str, limit: int = 400) -> str:
    """Text for a place of one line."""
    return escape(clean_line(text, limit))


def plain(text: str) -> str:
    """Text that is shown as it was typed."""
    return f'<div class="words plain">{escape(clean(text).strip())}</div>'


def prose(text: str) -> str:
    """Markdown."""
    shown = clean(text).strip()
    if len(shown) > LONGEST:
        return plain(shown)
    return f'<div class="words">{_reader().render(shown)}</div>'


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    reader.validateLink = lambda url: _ADDRESS.fullmatch(url) is not None  # type: ignore[method-assign]
    reader.core.ruler.push("ours", lambda state: _ours(state.tokens))
    return reader


def _ours(tokens: Sequence[Token]) -> None:
    """A heading in what was said is none of the page's; a link shows where it leads."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"
            token.attrSet("class", "h")
        if token.children:
            token.children = [*_links(token.children)]


def _links(tokens: Sequence[Token]) -> list[Token]:
    from markdown_it.token import Token

    shown: list[Token] = []
    address, words = "", ""
    for token in tokens:
        shown.append(token)
        if token.type == "link_open":
            attrs: MutableMapping[str, str | int | float] = token.attrs
            address, words = str(attrs.get("href", "")), ""
            token.attrs = {"href": address, "rel": "noopener noreferrer nofollow"}
        elif token.type == "link_close":
            if words.strip() != address:
                shown.append(Token("html_inline", "", 0, content=f' <span class="to">({inline(address)})</span>'))
        else:
            words += token.content
    return shown
