"""Every mode there is, ours and whatever comes: held to its end in a room and on the screen, resumed, replayed."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from support.apps import page, running, until
from support.rooms import improvised
from support.starter import starter

from agentchat.events import TurnStarted, decode, encode
from agentchat.export import printout
from agentchat.home import Home, Wish
from agentchat.log import Log
from agentchat.models.base import Request
from agentchat.modes import names
from agentchat.room import Room
from agentchat.testing import sample
from agentchat.tui.app import Agentchat, Replay
from agentchat.tui.replay import ReplayScreen
from agentchat.tui.room import RoomScreen
from agentchat.views.fold import Fold

each = pytest.mark.parametrize("mode", names())
ALONE = {"OLLAMA_HOST": "127.0.0.1:1"}
WHO = ("ada", "ben", "cleo")
SEEN = ("perspectives", "pipeline", "hierarchy", "hub", "open-floor", "reactive", "staged")
"""Modes that no other test of screens holds to their end."""


async def able(request: Request, n: int) -> AsyncGenerator[str]:
    """Says something to everything, and fills in whatever is to be filled in."""
    if request.schema is not None:
        yield json.dumps(sample(request.schema))
        return
    for word in f"As I see it, {n}, the schools come first, and the rents after them.".split():
        yield word + " "


def wish(mode: str) -> Wish:
    return Wish("How could a town win back young families?", mode, WHO, model="openai/any", seed=3)


async def ended(room: Room) -> None:
    """To its end, as a person would see it there who answers with the first of what there is."""
    room.start()
    while (rest := await room.settled()).state == "waiting":
        (question, *_) = room.transcript.escalations
        await room.answer(question.seq, question.default or next(iter(question.options), "yes"))
    assert rest.state == "closed", rest


def shown(log: Log, form: str) -> str:
    return "".join(printout(form).take(log, rest=True))


@each
async def test_it_ends_is_resumed_from_the_middle_and_printed(mode: str, tmp_path: Path) -> None:
    async with Home(tmp_path, ALONE) as home:
        home.models = improvised(able)
        room = await home.create(wish(mode))
        await ended(room)
        events = room.log.events
        assert any(isinstance(event, TurnStarted) for event in events)
        assert all(shown(room.log, form).strip() for form in ("text", "md", "html", "adr"))
        middle = events[len(events) // 2].seq
        assert Fold().view(Log(events[: len(events) // 2]).transcript, room.standing, {}, {}).title
        again = await home.fork(room.log, middle)
        await ended(again)
        assert again.transcript.closed
        assert room.transcript.closed
        assert again.transcript.closed.outcome == room.transcript.closed.outcome


@pytest.mark.parametrize("mode", [pytest.param(one, marks=() if one in SEEN else pytest.mark.soak) for one in names()])
async def test_on_the_screen_it_comes_to_its_end_and_is_watched_again(mode: str, tmp_path: Path) -> None:
    app = Agentchat(tmp_path / "home")
    async with running(app, (80, 24)) as pilot:
        home = await app.home()
        home.models = improvised(able)
        app.begin_room(wish(mode))
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        (room,) = app.rooms.values()
        await ended(room)
        await until(pilot, lambda: "Ended" in page(app))
        await app._replay(Replay(room.session, speed=16))
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        assert isinstance(app.screen, ReplayScreen)
        screen = app.screen
        await pilot.press("end")
        await until(pilot, lambda: screen.player.over)


@pytest.fixture
def fetched() -> Path:
    """The starter's file, fetched before there is a loop: fetching has one of its own."""
    return starter()


@each
@pytest.mark.starter
@pytest.mark.soak
async def test_the_starter_holds_it_to_an_end_and_what_it_said_is_replayed(
    mode: str, tmp_path: Path, fetched: Path
) -> None:
    async with Home(tmp_path, ALONE) as home:
        room = await home.create(replace(wish(mode), model="local/starter"))
        await ended(room)
        log = Log([decode(encode(event)) for event in room.log.events])
        assert shown(log, "text") == shown(room.log, "text")
