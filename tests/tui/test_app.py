"""The app as a process: what it loads before its first frame, how it ends, and what it says when it fails."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.apps import SLOW, in_a_room, kept, page, running, until
from support.rooms import script
from support.terminals import Terminal, restored
from textual import work
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.screen import Screen
from textual.widgets import Static

from agentchat.errors import StoreError
from agentchat.tui import crash
from agentchat.tui.app import Agentchat
from agentchat.tui.leaving import INTERRUPTED
from agentchat.tui.room import RoomScreen


def test_nothing_heavy_is_loaded_before_the_first_frame() -> None:
    code = "import sys, agentchat.tui.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = ("pydantic", "litellm", "aiosqlite", "markdown_it", "agentchat.home", "agentchat.events", "agentchat.room")
    assert not [name for name in heavy if name in loaded]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_a_whole_terminal_and_a_whole_session_within_two_seconds(
    tmp_path: Path, number: signal.Signals
) -> None:
    terminal = Terminal(tmp_path, script(tmp_path, SLOW))
    terminal.until("What shall we talk about?")
    terminal.type("boats\r")
    terminal.until("from $AGENTCHAT_MODEL")
    terminal.until("economist")
    terminal.type("\r")
    terminal.until("thinking")
    begin = time.monotonic()
    os.kill(terminal.pid, number)
    assert terminal.end() == INTERRUPTED
    assert time.monotonic() - begin < 2.5
    assert restored(terminal)
    assert "agentchat resume" in terminal.text


def test_a_terminal_that_hangs_up_does_not_keep_it(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, script(tmp_path, SLOW))
    terminal.until("What shall we talk about?")
    os.close(terminal.file)
    end = time.monotonic() + 5
    while os.waitpid(terminal.pid, os.WNOHANG) == (0, 0):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_quitting_restores_the_terminal_and_ends_with_0(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, script(tmp_path))
    terminal.until("Nothing yet")
    terminal.type("\x11")
    assert terminal.end() == 0
    assert restored(terminal)


def test_a_crash_says_what_happened_without_a_variable_or_a_key_and_ends_with_1(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from agentchat.tui import app\n"
        "def fail(self, *_):\n"
        "    local = 'a secret said in a room'\n"
        "    raise KeyError('sk-canary-3141592653')\n"
        "app.HomeScreen.fill = fail\n"
        "sys.exit(app.run_app())"
    )
    terminal = Terminal(tmp_path, script(tmp_path), code)
    assert terminal.end(30) == 1
    assert "agentchat failed: KeyError" in terminal.text
    log = (tmp_path / "agentchat.log").read_text("utf-8")
    assert "in fail" in log or " fail" in log
    for text in (terminal.text, log):
        assert "canary" not in text
        assert "a secret" not in text
    assert restored(terminal)


def test_a_report_names_places_and_causes_but_no_values() -> None:
    key = "sk-canary-3141592653"

    def deep(secret: str) -> None:
        raise ValueError(f"bad key {secret} \x1b[2J")

    def outer() -> None:
        try:
            deep(key)
        except ValueError as error:
            raise RuntimeError("outer") from error

    with pytest.raises(RuntimeError) as caught:
        outer()
    report = crash.report(caught.value, {"OPENAI_API_KEY": key})
    assert caught.value.__cause__ is not None
    message, _ = crash.words(caught.value.__cause__, {"OPENAI_API_KEY": key})
    assert "test_app.py" in report
    assert "ValueError" in report
    assert key not in report + message
    assert "\x1b" not in report + message


def test_an_error_a_person_can_meet_is_told_in_its_own_words() -> None:
    assert crash.words(StoreError("the disk is full", hint="make room")) == ("the disk is full", "make room")


def test_the_log_of_crashes_is_its_owners_alone(tmp_path: Path) -> None:
    log = crash.write("x\n", tmp_path / "new" / "agentchat.log")
    assert log is not None
    assert log.stat().st_mode & 0o777 == 0o600
    assert crash.write("x", tmp_path / "new" / "agentchat.log" / "no") is None


@pytest.mark.parametrize(
    ("theme", "shown"), [("light", "agentchat-light"), ("nord", "nord"), ("mauve", "agentchat-dark")]
)
async def test_the_theme_is_the_one_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theme: str, shown: str
) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    (tmp_path / "config.toml").write_text(f'theme = "{theme}"\n', "utf-8")
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        await in_a_room(app, pilot)
        assert app.theme == shown


async def test_a_session_that_is_not_there_is_told_and_home_stands(tmp_path: Path) -> None:
    await kept(tmp_path, "Which boat?", script(tmp_path))
    app = Agentchat(tmp_path, resume="zzzz")
    async with running(app) as pilot:
        await until(pilot, lambda: "zzzz" in page(app))
        assert "What shall we talk about?" in page(app)


async def test_what_was_being_written_is_told_when_one_quits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        assert isinstance(app.screen, RoomScreen)
        app.screen.write()
        await pilot.press(*"half a thought", "ctrl+q")
        await until(pilot, lambda: app.drafts.get(room.session) == "half a thought")


async def test_what_was_being_written_outlives_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, SLOW))
    app = Agentchat(tmp_path)
    async with running(app) as pilot:
        room = await in_a_room(app, pilot)
        assert isinstance(app.screen, RoomScreen)
        await room.pause()
        app.screen.write()
        await pilot.press(*"half a thought")
        store = await (await app.home()).store()
        while await store.unsent(room.session) != "half a thought":
            await pilot.pause(0.02)
    app = Agentchat(tmp_path, resume=room.session)  # nobody asked the first one what it still knew
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert isinstance(app.screen, RoomScreen)
        screen = app.screen
        await until(pilot, lambda: screen.composer.text == "half a thought")
        screen.write()
        await pilot.press("enter")
        store = await (await app.home()).store()
        while await store.unsent(room.session):
            await pilot.pause(0.02)


class Busy(Screen[None]):
    """At work on one of many widgets, for as long as it lives."""

    def compose(self) -> ComposeResult:
        for number in range(30):
            yield Static(id=f"row{number}")

    @work
    async def on_mount(self) -> None:
        while True:
            self.query_one("#row29", Static).update("again")
            await asyncio.sleep(0)


@pytest.mark.parametrize("leave", [Agentchat.pop_screen, lambda app: app.switch_screen(Screen())])
async def test_a_screen_that_is_left_while_it_is_at_work_takes_nothing_down(
    tmp_path: Path, leave: Callable[[Agentchat], AwaitComplete]
) -> None:
    app = Agentchat(tmp_path / "home")
    async with running(app) as pilot:
        await app.push_screen(Busy())
        await leave(app)
        await pilot.pause()
        assert not isinstance(app.screen, Busy)
