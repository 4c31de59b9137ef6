"""What a terminal shows while a room is printed on it, seen through a terminal's own eyes."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import pyte
from hypothesis import given, strategies as st
from rich.console import Console

from agentchat.cli.paper import Paper
from agentchat.cli.sheet import Kept
from agentchat.events import TurnStarted
from agentchat.log import Log
from agentchat.room import Partial, Standing
from agentchat.testing import agreeable, append, begin, end, opened, people, play
from agentchat.views.clean import clean

NAMES = ("Ada", "Ben")


def floor(log: Log, partials: Mapping[int, Partial] | None = None) -> Kept:
    """A room's outside."""
    return Kept(log, Standing("running"), partials or {})


class Terminal:
    """A terminal with a page on it."""

    def __init__(self, log: Log, columns: int = 60, rows: int = 12, *, color: bool = True) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=5000)
        self.stream = pyte.Stream(self.screen)
        self.written = io.StringIO()
        console = Console(
            file=self.written, force_terminal=True, width=columns, height=rows, color_system="truecolor",
            no_color=not color, highlight=False, markup=False, emoji=False, legacy_windows=False, _environ={},
        )  # fmt: skip
        self.paper = Paper(console)
        self.paper.begin(log, anew=True)

    def lines(self) -> list[str]:
        """All it shows, and what scrolled away."""
        self.stream.feed(self.written.getvalue().replace("\n", "\r\n"))
        self.written.seek(0)
        self.written.truncate()
        width = self.screen.columns
        gone = ["".join(line[at].data for at in range(width)) for line in self.screen.history.top]
        return [line.rstrip() for line in (*gone, *self.screen.display)]


def talking() -> tuple[Log, TurnStarted]:
    log = begin(opened("discussion", people(*NAMES), {"first_thoughts": False}))
    (start,) = append(log, [TurnStarted(speaker="ada", kind="say", round=1, stage="talk", reason="she is first")])
    assert isinstance(start, TurnStarted)
    return log, start


def spoken(terminal: Terminal, log: Log, start: TurnStarted, texts: list[str], last: str) -> list[str]:
    """A turn comes in as these texts so far, and ends as the last."""
    for text in texts:
        terminal.paper.show(floor(log, partials={start.turn: Partial(start.turn, "ada", text=text)}))
    append(log, [end(start, "said", last)])
    terminal.paper.show(floor(log), rest=True)
    return terminal.lines()


def body(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.startswith("  "))


def test_a_turn_comes_in_word_by_word_and_stands_once() -> None:
    log, start = talking()
    terminal = Terminal(log)
    words = re.findall(r"\S+", "Rents fell by a third after the mill closed, and that is our one advantage here.")
    lines = spoken(terminal, log, start, [" ".join(words[:n]) for n in range(1, len(words))], " ".join(words))
    assert body(lines) == " ".join(words)
    assert lines.count("Ada") == 1
    assert any("she is first" in line for line in lines)


def test_who_thinks_is_said_while_nothing_has_come() -> None:
    log, start = talking()
    terminal = Terminal(log)
    terminal.paper.show(floor(log, partials={start.turn: Partial(start.turn, "ada")}))
    assert "Ada is thinking" in terminal.lines()
    assert "Ada is thinking" not in spoken(terminal, log, start, [], "Done.")


def test_a_reply_that_begins_anew_replaces_what_had_come() -> None:
    log, start = talking()
    lines = spoken(Terminal(log), log, start, ["Ada: I think that", "I", "I know"], "I know it.")
    assert body(lines) == "I know it."


def test_a_turn_longer_than_the_screen_is_in_the_history_whole_and_once() -> None:
    log, start = talking()
    lines = [f"line {number}" for number in range(50)]
    shown = spoken(Terminal(log), log, start, ["\n".join(lines[:n]) for n in range(1, 50)], "\n".join(lines))
    assert [line.strip() for line in shown if line.startswith("  line")] == lines


def test_what_scrolled_away_and_changed_is_said_again_whole() -> None:
    log, start = talking()
    before = "\n".join(f"old {number}" for number in range(50))
    after = [f"new {number}" for number in range(50)]
    shown = spoken(Terminal(log), log, start, [before], "\n".join(after))
    assert [line.strip() for line in shown if line.startswith("  new")] == after


def test_sealed_words_are_on_no_screen() -> None:
    log = begin(opened("discussion", people(*NAMES)))
    starts = append(log, [TurnStarted(speaker=who, kind="thought", sealed=True) for who in ("ada", "ben")])
    terminal = Terminal(log)
    assert isinstance(starts[0], TurnStarted)
    append(log, [end(starts[0], "said", "a secret")])
    leak = {start.seq: Partial(start.seq, "ben", text="a secret") for start in starts}
    terminal.paper.show(floor(log, partials=leak))
    assert "a secret" not in "\n".join(terminal.lines())


def test_a_whole_discussion_ends_as_it_would_on_paper() -> None:
    log = play(begin(opened("discussion", people(*NAMES))), agreeable)
    terminal = Terminal(begin(opened("discussion", people(*NAMES))))
    for until in range(1, len(log.events) + 1):
        terminal.paper.show(floor(Log(log.events[:until])))
    terminal.paper.show(floor(log), rest=True)
    lines = terminal.lines()
    assert lines[0] == "What should we do?"
    assert [lines.count(line) for line in ("Round 1", "Stopped after they agree, two rounds running")] == [1, 1]
    assert "  ada on talk, round 1" in lines


def test_a_name_has_its_colour_unless_no_color_is_wanted() -> None:
    for color in (True, False):
        log, start = talking()
        ada = log.transcript.opened.personas[0].model_copy(update={"color": "#ff8800"})
        first = log.transcript.opened.model_copy(update={"personas": (ada,)})
        log = Log([first, *log.events[1:]])
        terminal = Terminal(log, color=color)
        append(log, [end(start, "said", "Yes.")])
        terminal.paper.show(floor(log))
        assert ("38;2;255;136;0" in terminal.written.getvalue()) is color


# What lies further out has widths that each terminal, the emulated one included, takes otherwise.
WIDE = st.characters(max_codepoint=0x24F, exclude_categories=["Cs", "Cf"])


@given(st.lists(st.text(WIDE, max_size=80), max_size=6), st.text(WIDE, min_size=1, max_size=120))
def test_whatever_comes_and_goes_the_last_word_stands(texts: list[str], last: str) -> None:
    log, start = talking()
    lines = spoken(Terminal(log, columns=40, rows=30), log, start, texts, f"a{last}z")
    shown = "".join(body(lines).split())
    assert shown == "".join(clean(f"a{last}z").split())
