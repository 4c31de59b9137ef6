"""The development team that ships, followed through one case: what the tester fails goes back, with the reason."""

from __future__ import annotations

from pathlib import Path

from support.rooms import opened_store, same_room

from agentchat.conduct import gist
from agentchat.events import Event, ModeEntered, Recorded, TurnStarted
from agentchat.export import printout
from agentchat.home import Home, Wish
from agentchat.log import Log
from agentchat.room import Room
from agentchat.room.player import Player

ALONE = {"OLLAMA_HOST": "127.0.0.1:1"}
SCRIPT = """
[mateo]
work = ['''
    POST /exports starts one and answers 202 with an id, or 409 while one runs for the same account.
    GET /exports/ID says how far it is, and where the file lies.''']
[nils]
work = ["The route writes a row, and a job reads it.", "The row has a unique key for each account now."]
[oona]
work = ["A button, a line that says it runs, a link at the end.", "The button says when one runs already."]
[priya]
work = ["Both ends together, first try.", "Both ends together, second try."]
[quentin]
verdict = [
    '{"verdict": "fail", "reason": "Pressed twice it makes two exports."}',
    '{"verdict": "pass", "reason": "Pressed twice it makes one."}',
]
"""


def chosen(events: list[Event]) -> list[str]:
    return [str(one.data["stage"]) for one in events if isinstance(one, Recorded) and one.kind == "stage_chosen"]


def makers(events: list[Event]) -> list[str]:
    return [one.speaker for one in events if isinstance(one, TurnStarted)]


async def ended(room: Room) -> None:
    room.start()
    rest = await room.settled()
    assert rest.state == "closed", rest


async def test_a_change_is_designed_built_at_both_ends_fails_once_goes_back_and_passes(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text(SCRIPT, "utf-8")
    wish = Wish("Export an account as a file", personas=("development",), model=f"scripted/{script}")
    async with Home(tmp_path / "home", ALONE) as home:
        room = await home.create(wish)
        await ended(room)
        events = list(room.log.events)
    assert chosen(events) == ["design", "build", "integrate", "test", "build", "integrate", "test"]
    first, second = ["mateo", "nils", "oona", "priya", "quentin"], ["nils", "oona", "priya", "quentin"]
    assert makers(events) == [*first, *second]
    built = [one for one in events if isinstance(one, TurnStarted) and one.speaker in ("nils", "oona")]
    assert [built[0].reads_to, built[2].reads_to] == [
        built[1].reads_to,
        built[3].reads_to,
    ]  # at once, none reading another
    again = [one for one in events if isinstance(one, ModeEntered)][4]
    assert "Pressed twice it makes two exports." in again.question
    closed = Log(events).transcript.closed
    assert closed
    assert (closed.outcome, closed.summary) == ("done", "Both ends together, second try.")

    # A kill in the middle of the second build: what was under way is lost, and it goes on as if it had not been.
    middle = next(at for at in range(len(events)) if makers(events[: at + 1])[5:] == ["nils", "oona"])
    async with opened_store(tmp_path / "other") as store:
        session = Log(events).transcript.opened.session
        lease = await store.take_lease(session)
        await store.append(session, events[: middle + 1], lease=lease)
        await store.release(lease)
        resumed = await same_room(store, session)
        await ended(resumed)
        assert gist(resumed.transcript) == gist(Log(events).transcript)
        player = Player(resumed.log)
        player.advance(player.schedule.length)
        assert player.over
        assert gist(player.transcript) == gist(resumed.transcript)
        await resumed.aclose()

    printed = "".join(printout("text").take(Log(events), rest=True))
    assert "Stage build, time 2 of 3" in printed
    assert "(test came to failed: back to build)" in printed
