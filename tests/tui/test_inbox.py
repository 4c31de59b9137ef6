"""What waits for the person, on the home screen, and answered from there."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apps import BRIEF, SLOW, page, running, until
from support.rooms import script
from textual.widgets import Input

from agentchat.events import EscalationAnswered, EscalationRaised
from agentchat.home import Home, Wish
from agentchat.tui.answer import AnswerScreen
from agentchat.tui.app import Agentchat
from agentchat.tui.home import HomeScreen
from agentchat.tui.room import RoomScreen


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AGENTCHAT_MODEL", name := script(tmp_path, SLOW))
    return name


async def asked(folder: Path, model: str, options: tuple[str, ...] = ("annual", "monthly")) -> str:
    """A session in which Ada asks the person something; its id."""
    async with Home(folder) as home:
        room = await home.create(Wish("Pricing the beta", personas=("ada", "ben"), settings=BRIEF, model=model))
        await room.writer.commit([EscalationRaised(by="ada", question="Annual only, or both?", options=options)])
        return room.session


async def answers(folder: Path, session: str) -> list[str]:
    async with Home(folder) as home:
        log = await home.archive.log(session)
    return [event.answer for event in log.events if isinstance(event, EscalationAnswered)]


async def test_a_question_waits_above_the_sessions_and_is_answered_with_two_keys(tmp_path: Path, model: str) -> None:
    folder = tmp_path / "home"
    session = await asked(folder, model)
    app = Agentchat(folder)
    async with running(app) as pilot:
        await until(pilot, lambda: "Waiting for you" in page(app) and "Annual only, or both?" in page(app))
        await pilot.press("down")
        await until(pilot, lambda: "enter answer" in page(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AnswerScreen) and "Pricing the beta" in page(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and "Waiting for you" not in page(app))
    assert await answers(folder, session) == ["monthly"]


async def test_an_open_question_is_answered_in_words(tmp_path: Path, model: str) -> None:
    folder = tmp_path / "home"
    session = await asked(folder, model, ())
    app = Agentchat(folder)
    async with running(app) as pilot:
        await until(pilot, lambda: "Annual only, or both?" in page(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, AnswerScreen) and app.screen.query_one(Input).has_focus)
        await pilot.press(*"both", "enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and "Waiting for you" not in page(app))
    assert await answers(folder, session) == ["both"]


async def test_the_room_that_asks_opens_with_its_question_and_takes_the_answer(tmp_path: Path, model: str) -> None:
    folder = tmp_path / "home"
    session = await asked(folder, model)
    app = Agentchat(folder)
    async with running(app) as pilot:
        await until(pilot, lambda: "Annual only, or both?" in page(app))
        await pilot.press("down", "o")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "1-2 answer" in page(app))
        await pilot.press("1")
        await until(pilot, lambda: "Answered by you: annual" in page(app))
    assert await answers(folder, session) == ["annual"]


async def test_a_question_put_off_stays(tmp_path: Path, model: str) -> None:
    folder = tmp_path / "home"
    session = await asked(folder, model)
    app = Agentchat(folder)
    async with running(app) as pilot:
        await until(pilot, lambda: "Annual only, or both?" in page(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, AnswerScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and "Annual only, or both?" in page(app))
    assert await answers(folder, session) == []
