"""A home whose personas remember: one session decides, the person notes what came of it, the next one is offered it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from support.remembering import add, begun, vote
from support.rooms import script

from agentchat.events import Directed, TurnStarted, encode
from agentchat.export import printout
from agentchat.home import Home, Wish
from agentchat.log import Log
from agentchat.memory import held, is_on
from agentchat.prompting import FULL, compose
from agentchat.room import Room
from agentchat.room.recalling import forget, switch, turned_out

SCRIPT = """
[ada]
pick = ['{"why": "one file", "vote": "SQLite"}']
[ben]
pick = ['{"why": "known", "vote": "Postgres"}']
[cleo]
pick = ['{"why": "cheap", "vote": "SQLite"}']
["*"]
"*" = ["I think we should begin with the schools."]
position = ['{"stance": "agree", "why": "it is cheap"}']
"""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with Home(tmp_path / "home", {"OLLAMA_HOST": "127.0.0.1:1", "AGENTCHAT_DATA": str(tmp_path)}) as one:
        yield one


async def decided(home: Home, tmp_path: Path, topic: str = "Which database for billing?") -> Room:
    """A committee, held to its end."""
    settings = {"options": "SQLite | Postgres", "rule": "plurality"}
    people = ("ada", "ben", "cleo")
    room = await home.create(Wish(topic, "committee", people, settings, script(tmp_path, SCRIPT)))
    room.start()
    await room.settled()
    assert room.transcript.closed
    return room


async def offered(home: Home, tmp_path: Path, topic: str = "A database for the shop?", *, memory: bool = True) -> Room:
    """A discussion, held to its end."""
    wish = Wish(topic, "discussion", ("ada", "dev"), {"rounds": "1"}, script(tmp_path, SCRIPT), memory=memory)
    room = await home.create(wish)
    room.start()
    await room.settled()
    return room


def sent(log: Log) -> dict[tuple[str, str], str]:
    """What each was sent, put together again from the log alone."""
    starts = [event for event in log.events if isinstance(event, TurnStarted)]
    found = {}
    for start in starts:
        until = Log(log.path(start.seq)).transcript
        prompt = compose(until, start, FULL)
        found[start.speaker, start.kind] = "\n".join(message.content for message in prompt.messages)
    return found


async def test_what_was_held_decided_and_came_of_it_is_offered_to_its_own_persona_alone(
    home: Home, tmp_path: Path
) -> None:
    first = await decided(home, tmp_path)
    await turned_out(first, "it saved 3 days")
    await home.leave(first)
    room = await offered(home, tmp_path)
    line = "you voted for SQLite: one file; the room decided: SQLite; it turned out: it saved 3 days"
    assert [" ".join(one.line.split("\n")[1:]) for one in held(room.transcript, "ada")] == [line]
    assert held(room.transcript, "dev") == ()
    prompts = sent(room.log)
    assert line in prompts["ada", "thought"]
    assert all("it saved 3 days" not in text for (who, _), text in prompts.items() if who == "dev")
    shown = "".join(printout("text").take(room.log, rest=True))
    assert "Ada remembers 1 thing" in shown
    assert "it saved 3 days" not in shown


async def test_it_is_off_by_default_and_then_nothing_of_it_is_on_record(home: Home, tmp_path: Path) -> None:
    await home.leave(await decided(home, tmp_path))
    room = await offered(home, tmp_path, memory=False)
    assert not any(isinstance(event, Directed) for event in room.log.events)
    assert all("what you held before" not in text for text in sent(room.log).values())


async def test_a_topic_that_is_far_is_offered_nothing(home: Home, tmp_path: Path) -> None:
    await home.leave(await decided(home, tmp_path))
    room = await offered(home, tmp_path, "What shall the children sing?")
    assert is_on(room.transcript)
    assert held(room.transcript, "ada") == ()
    assert "remembers" not in "".join(printout("text").take(room.log, rest=True))


async def test_who_joins_and_a_new_question_are_offered_theirs_before_anybody_is_asked(
    home: Home, tmp_path: Path
) -> None:
    await home.leave(await decided(home, tmp_path))
    room = await offered(home, tmp_path, "What shall the children sing?")
    await room.reopen(1, "Which database shall the choir have?")
    await room.settled()
    assert held(room.transcript, "ada")
    await room.invite(home.shelf.get("ben").persona, room.transcript.members[0].model)
    await room.reopen(1)
    await room.settled()
    (line,) = held(room.transcript, "ben")
    assert "voted for Postgres" in line.line
    recalls = [event.seq for event in room.log.events if isinstance(event, Directed) and event.verb == "recall"]
    assert len(recalls) == 3
    told = [start for start in room.log.events if isinstance(start, TurnStarted) and start.speaker == "ben"]
    assert told[0].seq > recalls[-1]


async def test_a_room_killed_after_any_event_and_continued_gives_each_its_own_once(home: Home, tmp_path: Path) -> None:
    await home.leave(await decided(home, tmp_path))
    room = await offered(home, tmp_path)
    store = await home.store()
    for until in (2, 3, 6):
        session = f"cut{until}"
        first = room.log.events[0].model_copy(update={"session": session})
        await store.append(session, [first, *room.log.events[1:until]], lease=None)
        again = await home.open(session)
        again.start()
        await again.settled()
        recalls = [event for event in again.log.events if isinstance(event, Directed) and event.verb == "recall"]
        assert len(recalls) == 1
        assert any("SQLite" in one.line for one in held(again.transcript, "ada"))


async def test_undo_leaves_it_as_the_person_switched_it(home: Home, tmp_path: Path) -> None:
    await home.leave(await decided(home, tmp_path))
    room = await offered(home, tmp_path, memory=False)
    await switch(room, on=True)
    await room.undo()
    assert is_on(room.transcript)
    await room.go_on()
    await room.settled()
    assert held(room.transcript, "ada")


async def test_what_is_erased_is_taken_away_in_open_rooms_and_never_offered_again(home: Home, tmp_path: Path) -> None:
    await home.leave(await decided(home, tmp_path))
    room = await offered(home, tmp_path)
    await home.memory.erase([one for one in (await home.memory.of("ada"))["ada"] if "billing" in one.held.line])
    assert held(room.transcript, "ada") == ()
    assert "ben" in await home.memory.of()
    again = await offered(home, tmp_path, "A database for the billing of the school?")
    assert not any("SQLite" in one.line for one in held(again.transcript, "ada"))


async def test_a_session_that_is_deleted_takes_it_away_where_it_was_given(home: Home, tmp_path: Path) -> None:
    first = await decided(home, tmp_path)
    await home.leave(first)
    room = await offered(home, tmp_path)
    session = room.session
    await home.leave(room)
    await home.delete(first.session, now=True)
    again = await home.open(session)
    assert held(again.transcript, "ada") == ()


async def test_what_one_forgets_in_a_room_is_sent_no_more(home: Home, tmp_path: Path) -> None:
    await home.leave(await decided(home, tmp_path))
    room = await offered(home, tmp_path)
    await forget(room, [one.id for one in held(room.transcript, "ada")])
    assert held(room.transcript, "ada") == ()


async def test_a_fork_is_not_told_how_its_source_ended(home: Home, tmp_path: Path) -> None:
    first = await decided(home, tmp_path)
    fork = await home.fork(first.log, 5)
    await switch(fork, on=True)
    fork.start()
    await fork.settled()
    assert held(fork.transcript, "ada") == ()
    kept = (await home.memory.of("ada"))["ada"]
    sessions = [one.first.session for one in kept]
    assert len(sessions) == len(set(sessions))


async def test_a_session_from_elsewhere_counts_once_somebody_speaks_in_it(home: Home) -> None:
    log = begun()
    vote(log, "ada", "SQLite", "one file")
    store = await home.store()
    await store.take_in("3f9a77aa", [(event, encode(event)) for event in log.events])
    assert await home.memory.of() == {}
    first = log.next_seq
    vote(log, "ada", "Postgres", "after all")
    assert first == add(log) - 2
    await store.append("3f9a77aa", log.events[first - 1 :], lease=None)
    assert [one.held.line.split("\n")[-1] for one in (await home.memory.of())["ada"]] == [
        "you voted for Postgres: after all"
    ]
