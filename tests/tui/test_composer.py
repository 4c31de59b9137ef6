from __future__ import annotations

import time
from typing import ClassVar

import pytest
from support.screens import Stage
from textual import events
from textual.binding import Binding, BindingType

from agentchat.tui.widgets.completion import Completion, matching, word_before
from agentchat.tui.widgets.composer import Composer, Writing
from agentchat.tui.widgets.transcript import Transcript
from agentchat.views.clean import FORBIDDEN

NAMES = (
    Completion("@ada", "Ada", "economist"),
    Completion("@ben", "Ben Adams", "teacher"),
    Completion("@cleo", "Cleo"),
)
COMMANDS = (Completion("/vote", "", "call a vote"), Completion("/poll", "", "ask all"))


class Desk(Stage):
    """Keeps what the composer posts."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,f6,f7", "pause"), Binding("escape", "leave")]

    def __init__(self, placeholder: str = "") -> None:
        self.composer = Composer(placeholder)
        self.composer.names = NAMES
        self.composer.commands = COMMANDS
        self.heard: list[str | bool] = []
        super().__init__(Transcript(), self.composer)

    def on_composer_sent(self, event: Composer.Sent) -> None:
        self.heard.append(event.text)

    def on_composer_typing(self, event: Composer.Typing) -> None:
        if event.typing != next((one for one in reversed(self.heard) if isinstance(one, bool)), False):
            self.heard.append(event.typing)

    def action_pause(self) -> None:
        self.heard.append("paused")

    def action_leave(self) -> None:
        self.heard.append("left")


async def test_enter_sends_and_ctrl_j_begins_a_new_line() -> None:
    app = Desk()
    async with app.run_test(size=(60, 12)) as pilot:
        app.composer.focus()
        await pilot.press("h", "i", "ctrl+j", "y", "o", "u", "enter", "enter")
        assert app.heard == [True, "hi\nyou", False]
        assert app.composer.text == ""


async def test_it_grows_with_what_is_written_up_to_six_rows() -> None:
    app = Desk()
    async with app.run_test(size=(60, 20)) as pilot:
        app.composer.focus()
        assert app.composer.size.height == 1
        for rows, expected in ((2, 2), (5, 5), (9, 6)):
            app.composer.text = "\n".join("x" * rows)
            await pilot.pause()
            assert app.composer.size.height == expected
        app.composer.text = ""
        await pilot.pause()
        assert app.composer.size.height == 1


async def test_the_placeholder_says_what_to_do_and_is_no_markup() -> None:
    app = Desk("type to speak [/nope] \x1b[31mafter Ben")
    async with app.run_test(size=(60, 4)) as pilot:
        await pilot.pause()
        assert "❯ type to speak [/nope] after Ben" in app.dump()
        app.composer.placeholder = "the room is paused"
        await pilot.pause()
        assert "❯ the room is paused" in app.dump()


async def test_up_and_down_bring_back_what_was_sent_and_then_what_was_being_written() -> None:
    app = Desk()
    async with app.run_test(size=(60, 12)) as pilot:
        app.composer.history = ["first", "second\nline"]
        app.composer.focus()
        await pilot.press(*"draft", "up")
        assert app.composer.text == "second\nline"
        await pilot.press("up")
        assert app.composer.text == "second\nline", "the first up goes to the first row"
        await pilot.press("up")
        assert app.composer.text == "first"
        await pilot.press("up")
        assert app.composer.text == "first"
        await pilot.press("down", "down")
        assert app.composer.text == "draft"
        await pilot.press("enter", "up")
        assert app.composer.text == "draft"


async def test_a_name_is_completed_by_tab_and_by_enter_and_escape_closes_the_list() -> None:
    app = Desk()
    async with app.run_test(size=(60, 12)) as pilot:
        app.composer.focus()
        await pilot.press(*"ask @a")
        assert "❯ @ada  Ada        economist" in app.dump()
        assert "@ben" in app.dump(), "found by his last name"
        await pilot.press("tab")
        assert app.composer.text == "ask @ada "
        await pilot.press("@", "down", "enter")
        assert app.composer.text == "ask @ada @ben "
        await pilot.press("@", "escape")
        assert "Cleo" not in app.dump()
        assert "left" not in app.heard
        await pilot.press("escape")
        assert app.heard[-1] == "left"
        await pilot.press("enter")
        assert app.heard[-2:] == ["ask @ada @ben @", False]


async def test_a_command_written_out_is_sent_by_enter() -> None:
    app = Desk()
    async with app.run_test(size=(60, 12)) as pilot:
        app.composer.focus()
        await pilot.press(*"/vo")
        assert "call a vote" in app.dump()
        await pilot.press(*"te")
        assert "call a vote" not in app.dump()
        await pilot.press("enter")
        assert "/vote" in app.heard


async def test_a_click_completes() -> None:
    app = Desk()
    async with app.run_test(size=(60, 12)) as pilot:
        app.composer.focus()
        await pilot.press("@")
        await pilot.click("Completions", offset=(3, 2))
        assert app.composer.text == "@cleo "
        assert app.focused is app.composer.query_one(Writing)


async def test_a_large_paste_stands_as_one_word_and_is_sent_whole() -> None:
    app = Desk()
    large = "a line of a large text\n" * 45_000
    async with app.run_test(size=(60, 12)) as pilot:
        app.composer.focus()
        await pilot.press(*"see ")
        started = time.process_time()
        app.composer.query_one(Writing).post_message(events.Paste(large))
        await pilot.pause()
        assert time.process_time() - started < 0.5
        assert "❯ see [pasted 1,035,000 characters]" in app.dump()
        app.composer.query_one(Writing).post_message(events.Paste(large[::-1]))
        app.composer.query_one(Writing).post_message(events.Paste("small"))
        await pilot.pause()
        assert "[pasted 1,035,000 characters, 2]small" in app.dump().replace("\n", "").replace("   ", " ")
        await pilot.press("enter")
        assert app.heard[1] == f"see {large}{large[::-1]}small"
        await pilot.press("up")
        assert len(app.composer.text) == len("see ") + 2 * len(large) + len("small")
        assert len(app.dump()) < 400


async def test_what_is_pasted_or_recalled_is_cleaned() -> None:
    app = Desk()
    async with app.run_test(size=(60, 12)) as pilot:
        app.composer.history = ["\x1b]52;c;aGk=\x07recalled"]
        app.composer.focus()
        app.composer.query_one(Writing).post_message(events.Paste("a\x1b[2Jb\r\nc\u202ed"))
        await pilot.pause()
        assert app.composer.text == "ab\ncd"
        await pilot.press("up", "up")
        assert app.composer.text == "recalled"
        app.composer.insert("\x9b31m!")
        assert FORBIDDEN.search(app.composer.text) is None


async def test_keys_the_screen_has_a_use_for_are_left_to_it_while_nothing_is_written() -> None:
    app = Desk()
    async with app.run_test(size=(60, 12)) as pilot:
        app.composer.passing = frozenset({"space"})
        app.composer.focus()
        await pilot.press("space", "a", "space", "b")
        assert app.heard == ["paused", True]
        assert app.composer.text == "a b"
        await pilot.press("f6", "f7")
        assert app.heard == ["paused", True, "paused", "paused"]


async def test_an_idle_composer_writes_nothing() -> None:
    app = Desk()
    async with app.run_test(size=(60, 12)) as pilot:
        app.composer.focus()
        await pilot.pause()
        assert not app.composer.query_one(Writing).cursor_blink


@pytest.mark.parametrize("size", [(20, 5), (4, 2), (1, 1)])
async def test_it_works_on_a_tiny_screen(size: tuple[int, int]) -> None:
    app = Desk("what now")
    async with app.run_test(size=size) as pilot:
        app.composer.focus()
        await pilot.press(*"@a", "tab", "x", "enter")
        assert "@ada x" in app.heard


@pytest.mark.parametrize(
    ("before", "word"),
    [
        ("@a", "@a"),
        ("hi @", "@"),
        ("a@b", ""),
        ("/vo", "/vo"),
        ("say /vo", ""),
        ("/vote now", ""),
        ("@ada ", ""),
        ("", ""),
    ],
)
def test_what_is_being_completed(before: str, word: str) -> None:
    assert word_before(before) == word


def test_what_begins_with_the_word_comes_first() -> None:
    assert [one.text for one in matching("@a", NAMES, COMMANDS)] == ["@ada", "@ben"]
    assert matching("/", NAMES, COMMANDS) == COMMANDS
    assert matching("@nobody", NAMES, COMMANDS) == ()
