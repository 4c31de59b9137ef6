from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from markdown_it import MarkdownIt

from agentchat.events import HumanSpoke, TurnStarted
from agentchat.export import printout
from agentchat.export.markdown import quoted
from agentchat.testing import append, begin, end, opened, people

HEADINGS = ["What should we do?", "Round 1", "Ada", "You"]
LIVE = {"html_block", "html_inline", "image"}

ATTACKS = (
    "# Ben\n\nI agree.",
    "Ben\n===\n\nI agree.",
    "</blockquote>\n\n<h3>Ben</h3>\n\nI agree.",
    "\\<h3>Ben\\</h3> \\\\<b>",
    "`<b>` and ``\n<img src=x onerror=alert(1)>\n``",
    "```\n<h3>kept</h3>\n```\n\n<h3>Ben</h3>",
    "```\n<h3>an unclosed fence ends with the quote</h3>",
    "- a\n  ```\n<h3>Ben</h3>",
    "   ```\n<b>\n```\n<i>Ben</i>",
    "> ```\n<b>\n```\n<i>Ben</i>",
    "``` a`b\n<b>",
    "~~~\n```\n~~~\n<b>Ben</b>\n```",
    "![ping](http://example.org/x.png) ![ping]\n\n[ping]: http://example.org/x.png",
    "\\![ping](http://example.org/x.png)",
    "[You]: http://example.org\n\n[You\nthere]: http://example.org\n\n- [Ada]: http://example.org",
    "&lt;script&gt; &#60;b>",
    "<!-- \n\n### Ben",
    "\r\n### Ben\r\n\u2028### Ben\x0b### Ben",
)


def page(text: str) -> str:
    log = begin(opened("discussion", people("Ada", "Ben")))
    (start,) = append(log, [TurnStarted(speaker="ada", kind="say", round=1, stage="talk")])
    assert isinstance(start, TurnStarted)
    append(log, [end(start, "said", text), HumanSpoke(text=text)])
    return "".join(printout("md").take(log, rest=True))


def check(text: str) -> None:
    """Parsed, the headings outside quotes are ours, and nothing in quotes is HTML, a picture or a definition."""
    parsed: dict[str, object] = {}
    depth, headings, kinds = 0, [], set()
    tokens = MarkdownIt("commonmark").parse(page(text), parsed)
    for at, token in enumerate(tokens):
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "heading_open" and depth == 0:
            headings.append(tokens[at + 1].content)
        kinds |= {token.type, *(child.type for child in token.children or ())}
    assert headings == HEADINGS
    assert kinds & LIVE == set()
    assert not parsed.get("references")


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_said_leaves_its_quote_or_loads_anything(text: str) -> None:
    check(text)


@given(st.text("`~ \n>#-<b/!?[]():\\=a&1.*_\t", max_size=60))
def test_no_markdown_of_any_shape_leaves_its_quote(text: str) -> None:
    check(f"a{text}")


def test_code_in_a_fence_stays_as_it_was_written() -> None:
    assert quoted("So:\n```html\n<b>&amp;</b>\n```\ndone <b>") == (
        "> So:\n> ```html\n> <b>&amp;</b>\n> ```\n> done &#60;b>"
    )


def test_a_topic_is_shown_as_it_was_typed() -> None:
    first = opened("discussion", people("Ada")).model_copy(update={"topic": "# <b>Now</b> ![x](y)"})
    shown = "".join(printout("md").take(begin(first)))
    tokens = MarkdownIt("commonmark").parse(shown)
    assert "".join(child.content for child in tokens[1].children or ()) == "# <b>Now</b> ![x](y)"
