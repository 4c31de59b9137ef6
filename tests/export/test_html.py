from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from agentchat.events import HumanSpoke, TurnStarted
from agentchat.export import printout
from agentchat.importing import read
from agentchat.log import Log
from agentchat.testing import append, begin, end, opened, people

SESSIONS = sorted((Path(__file__).parents[2] / "sessions").glob("*.jsonl"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OURS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "article", "footer", "nav"),
    *("h1", "h2", "h3", "p", "div", "span", "ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "time", "i"),
    *("table", "thead", "tbody", "tr", "th", "td", "ins", "del", "a", "em", "strong", "code", "pre", "blockquote"),
    *("hr", "br", "s"),
}
HOSTILE = (
    "<script>alert(1)</script><img src=http://127.0.0.1:9/x onerror=alert(1)>",
    "\"><svg onload=alert(1)> ' onmouseover=alert(1) x='",
    "[click](javascript:alert(1)) [data](data:text/html,<script>alert(1)</script>) [v](vbscript:x) [f](file:///etc/passwd)",
    "![ping](http://127.0.0.1:9/ping.png) ![d][r]\n\n[r]: http://127.0.0.1:9/r.png",
    "</style><style>@import url(http://127.0.0.1:9/x.css);</style> }</div></article></main><h1>Ben</h1>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe><meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "\x1b]52;c;YQ==\x07 \u202egnp.exe \u2066\u200b \x00\x9b31m &lt;script&gt; &#106;avascript: ]]> --> <!--",
    "```html\n<script>alert(1)</script>\n```\n\n# Ben\n\n| <b> | x |\n|---|---|\n| <i onclick=alert(1)> | ~~y~~ |",
)


class Tags(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page(*texts: str, name: str = "Ada") -> str:
    person = people("Ada")[0].model_copy(update={"name": name[:60] or "x", "title": texts[0], "color": texts[0]})
    person = person.model_copy(update={"avatar": texts[0]})
    log = begin(opened("discussion", [person]).model_copy(update={"topic": texts[0], "models_why": texts[0]}))
    for text in texts:
        (start,) = append(log, [TurnStarted(speaker="ada", kind="say", round=1, stage=text)])
        assert isinstance(start, TurnStarted)
        append(log, [end(start, "said", text), HumanSpoke(text=text)])
    return "".join(printout("html").take(log, rest=True))


def check(shown: str) -> None:
    seen = Tags()
    seen.feed(shown)
    assert {tag for tag, _ in seen.tags} <= OURS
    for tag, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "srcdoc", "srcset")]
        if (href := attributes.get("href")) is not None:
            assert tag == "a"
            assert re.match(r"https?://|mailto:|#e-?\d+$", href, re.IGNORECASE)
        if (style := attributes.get("style")) is not None:
            assert re.fullmatch(
                r"(--l:#[0-9a-f]{6};--d:#[0-9a-f]{6}|width:\d+%|background:rgb\([a-z(\-) /0-9.]+\)|)", style
            )
    assert [tag for tag, _ in seen.tags].count("h1") == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


def test_nothing_hostile_becomes_more_than_text() -> None:
    for text in HOSTILE:
        check(page(text, name=text))


@settings(max_examples=60)
@given(st.text("<>&\"'[]()!`#*_-=:/ \nabcjs\x1b\u202e|~\\", max_size=60))
def test_no_text_leaves_its_place(text: str) -> None:
    check(page(f"a{text}", name=f"A{text}"))


def test_a_link_shows_where_it_leads() -> None:
    shown = page("See [here](https://example.org/a?b=1&c=2) and <https://example.com>.")
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">here</a>' in shown
    assert '<span class="to">(https://example.org/a?b=1&amp;c=2)</span>' in shown
    assert "(https://example.com)" not in shown


@pytest.mark.parametrize("recording", SESSIONS, ids=lambda path: path.stem)
def test_a_page_stands_by_itself_and_has_every_word(recording: Path) -> None:
    log = Log(event for event, _ in read(recording).lines)
    shown = "".join(printout("html").take(log, rest=True))
    check(shown)
    assert "default-src 'none'" in shown
    assert '<html lang="en">' in shown
    assert "local/starter" in shown
    seen = Tags()
    seen.feed(shown)
    text = " ".join("".join(seen.text).split())
    for persona in log.transcript.opened.personas:
        assert persona.name in text
    assert log.transcript.topic in text


def test_a_vote_has_every_ballot_the_minority_and_its_x_ray() -> None:
    log = Log(event for event, _ in read(next(path for path in SESSIONS if path.stem == "committee")).lines)
    shown = "".join(printout("html").take(log, rest=True))
    assert shown.index("Decided") < shown.index("The minority, Ada") < shown.index("Round 1")
    assert shown.count("<table>") == 2
    assert "X-ray of the ballots" in shown
    assert "Who could have turned it" in shown


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_browser_opens_no_dialog_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    file, netlog = tmp_path / "page.html", tmp_path / "net.json"
    file.write_text(page(*HOSTILE, name=HOSTILE[0]), "utf-8")
    words = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--dump-dom",
        f"--user-data-dir={tmp_path}/u",
    ]
    words += [
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        f"--log-net-log={netlog}",
    ]
    run = subprocess.run([*words, file.as_uri()], capture_output=True, text=True, timeout=60, check=False)
    assert "</html>" in run.stdout, "a dialog would have held it up"
    assert "127.0.0.1:9" not in netlog.read_text("utf-8", "replace").replace(file.read_text("utf-8"), "")
