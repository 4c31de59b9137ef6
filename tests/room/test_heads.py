from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import JsonValue
from support.rooms import PATIENCE, ends, hears, improvised, new_room, opened_store, same_room, slow, stands, starts

from agentchat.branches import Forks, branches
from agentchat.errors import UsageError
from agentchat.events import Event, HeadMoved, HumanSpoke, TurnEnded, TurnStarted
from agentchat.log import Log
from agentchat.models.base import Request
from agentchat.room import Partial, Room
from agentchat.store import Store
from agentchat.testing import people
from agentchat.transcript import Turn

QUIET: dict[str, JsonValue] = {"first_thoughts": False, "agreement": False, "synthesis": False, "rounds": 1}
THOUGHTS: dict[str, JsonValue] = {**QUIET, "first_thoughts": True}


async def numbered(request: Request, n: int) -> AsyncGenerator[str]:
    """A speech nobody gives twice."""
    yield f"Point {n}, by {request.model}."


async def talked(store: Store, settings: dict[str, JsonValue] = QUIET) -> Room:
    """A room that talked to its end."""
    room = await new_room(store, "m", settings, models=improvised(numbered))
    room.start()
    await closes(room)
    return room


def said(room: Room) -> list[str]:
    return [entry.text for entry in room.transcript.entries if isinstance(entry, Turn | HumanSpoke) and entry.text]


def turns(room: Room) -> list[Turn]:
    return [entry for entry in room.transcript.entries if isinstance(entry, Turn)]


def one_commit(events: list[Event]) -> bool:
    return len({event.at for event in events}) == 1


async def closes(room: Room) -> None:
    async with asyncio.timeout(PATIENCE):
        assert (await room.settled()).state == "closed", room.standing


async def settled(room: Room) -> None:
    await room.settled()
    assert Log(await room.writer.store.load("test")).transcript == room.transcript
    assert not [turn for turn in room.transcript.open if turn.speaker != "you"]


async def test_undo_takes_back_one_turn_after_another_and_redo_brings_each_back(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await talked(store)
        whole = said(room)
        for count in (2, 1, 0):
            await room.undo()
            await settled(room)
            assert said(room) == whole[:count]
            assert room.standing.state == "paused"
        with pytest.raises(UsageError, match="nothing to undo"):
            await room.undo()
        for count in (1, 2, 3):
            await room.redo()
            await settled(room)
            assert said(room) == whole[:count]
        assert room.standing.state == "closed"
        with pytest.raises(UsageError, match="nothing to redo"):
            await room.redo()
        await room.aclose()


async def test_after_an_undo_it_goes_on_another_way_and_what_was_is_no_redo_but_an_alternative(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await talked(store)
        old = turns(room)[-1]
        await room.undo()
        await room.go_on()
        await closes(room)
        new = turns(room)[-1]
        assert new.text != old.text
        with pytest.raises(UsageError, match="nothing to redo"):
            await room.redo()
        assert room.alternatives(new.id) == (old.id, new.id) == room.alternatives(old.id)
        await room.choose(old.id)
        await settled(room)
        assert turns(room)[-1] == old
        assert room.standing.state == "closed"
        await room.aclose()


async def test_the_persons_words_are_undone_and_edited_like_a_turn(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(numbered))
        await room.pause()
        room.start()
        await room.speak("one")
        await room.speak("two")
        await room.undo()
        assert said(room) == ["one"]
        await room.redo()
        assert said(room) == ["one", "two"]
        first = next(entry.seq for entry in room.transcript.entries if isinstance(entry, HumanSpoke))
        await room.edit(first, "@ben three?")
        assert said(room) == ["@ben three?"]
        assert [due.who for due in room.transcript.due] == ["ben"]
        words = [entry for entry in room.transcript.entries if isinstance(entry, HumanSpoke)]
        assert room.alternatives(words[0].seq) == (first, words[0].seq)
        assert room.transcript.paused
        await room.aclose()


async def test_a_turn_is_had_anew_with_a_hint_that_its_speaker_alone_reads_and_another_model_once(
    tmp_path: Path,
) -> None:
    seen: list[Request] = []

    async def heard(request: Request, n: int) -> AsyncGenerator[str]:
        seen.append(request)
        yield f"Point {n}, by {request.model}."

    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(heard))
        room.start()
        await closes(room)
        old = turns(room)[1]
        before = len(room.log.events)
        await room.regenerate(old.id, "Think of the snow.", "strong")
        await closes(room)
        new = turns(room)[1]
        assert (new.speaker, new.start.model, new.text) == (old.speaker, "strong", "Point 4, by strong.")
        assert new.end
        assert new.end.model == "strong"
        assert turns(room)[0].id < old.id
        hints = [request for request in seen if any("snow" in message.content for message in request.messages)]
        assert {request.speaker for request in hints} == {old.speaker}
        assert seen[-1].model == "m"
        assert room.alternatives(new.id) == (old.id, new.id)
        started = next(n for n, event in enumerate(room.log.events) if n >= before and isinstance(event, TurnStarted))
        assert one_commit(room.log.events[before : started + 1])
        await room.regenerate(new.id, "Think of the rain.")
        await closes(room)
        assert [text for text in said(room) if text.startswith("Think")] == ["Think of the rain."]
        assert len(room.alternatives(turns(room)[1].id)) == 3
        assert room.transcript.spent.calls == len(seen)
        await room.aclose()


async def test_one_of_a_batch_is_had_anew_and_the_others_are_copied_and_cost_nothing(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await talked(store, THOUGHTS)
        thoughts = [turn for turn in turns(room) if turn.start.sealed]
        spent = room.transcript.spent.calls
        await room.pause()
        await room.regenerate(thoughts[1].id)
        assert (await room.settled()).state == "paused"
        await room.go_on()
        await closes(room)
        again = [turn for turn in turns(room) if turn.start.sealed]
        assert [turn.speaker for turn in again] == [turn.speaker for turn in thoughts]
        assert [turn.end and turn.end.copied_from for turn in again] == [thoughts[0].id, None, thoughts[2].id]
        assert [turn.text == old.text for turn, old in zip(again, thoughts, strict=True)] == [True, False, True]
        assert {turn.start.reads_to for turn in again} == {thoughts[0].start.reads_to}
        assert room.transcript.spent.calls == spent + 1 + 3
        assert room.alternatives(again[1].id) == (thoughts[1].id, again[1].id)
        assert room.alternatives(again[0].id) == (again[0].id,)
        await room.aclose()


async def test_the_head_moves_while_a_turn_streams_and_what_comes_late_is_dropped(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(slow))
        room.start()
        await hears(room, Partial)
        before = len(room.log.events)
        await room.undo()
        ended, moved = room.log.events[before : before + 2]
        assert isinstance(ended, TurnEnded)
        assert (ended.outcome, ended.by) == ("interrupted", "you")
        assert "word" in ended.text
        assert isinstance(moved, HeadMoved)
        assert one_commit(room.log.events[before:])
        await stands(room, "paused")
        assert not said(room)
        await room.redo()
        await settled(room)
        assert said(room) == [ended.text]
        await room.regenerate()
        await hears(room, Partial)
        await room.aclose()
        assert not room.transcript.open
        assert len({end.turn for end in ends(room.log.events)}) == len(starts(room.log.events))


async def test_words_typed_while_a_turn_streamed_go_and_the_turn_stays(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(slow))
        room.start()
        await hears(room, Partial)
        await room.pause()
        await room.speak("first")
        await room.speak("second")
        await room.cut_off()
        await stands(room, "paused")
        cut = turns(room)[0]
        await room.undo()
        assert said(room) == [cut.text, "first"]
        again = turns(room)[0]
        assert again.end
        assert again.end.copied_from == cut.id
        await room.edit(next(e.seq for e in room.transcript.entries if isinstance(e, HumanSpoke)), "third")
        assert said(room) == [cut.text, "third"]
        await room.undo()
        await room.undo()
        assert not said(room)
        await settled(room)
        await room.aclose()


async def test_an_edited_turn_is_a_sibling_that_says_so_and_the_room_goes_on_from_it(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await talked(store)
        old = turns(room)[0]
        await room.edit(old.id, "I changed my mind.")
        await closes(room)
        new = turns(room)[0]
        assert new.end
        assert (new.text, new.end.outcome, new.end.edited_from) == ("I changed my mind.", "said", old.id)
        assert (new.speaker, new.end.tokens_in) == (old.speaker, 0)
        assert len(turns(room)) == 3
        assert room.alternatives(new.id) == (old.id, new.id)
        for seq, words, why in ((new.id, " ", "needs words"), (999, "x", "is no turn"), (old.id, "x", "is no turn")):
            with pytest.raises(UsageError, match=why):
                await room.edit(seq, words)
        await room.aclose()


async def test_who_is_here_settings_and_pins_stay_as_they_were_a_moment_ago(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await talked(store)
        await room.reopen(1)
        await room.pause()
        first, second = turns(room)[:2]
        await room.remove(first.speaker)
        await room.invite(people("Zoe")[0], "other")
        await room.mute("zoe")
        await room.change({"words": "60"})
        await room.pin(first.id)
        await room.pin(second.id)
        await room.note("value", "deadline", "May")
        now = room.transcript
        await room.regenerate(second.id, model="x")
        then = room.transcript
        assert {member.id: member for member in then.members} == {member.id: member for member in now.members}
        assert then.frame.settings == now.frame.settings
        assert [(note.kind, note.target) for note in then.notes] == [("pinned", first.id)]
        assert then.spent.calls >= now.spent.calls
        await room.aclose()


@pytest.mark.parametrize("verb", ["undo", "regenerate", "edit"])
async def test_killed_inside_a_move_it_is_moved_wholly_or_not_at_all(tmp_path: Path, verb: str) -> None:
    async with opened_store(tmp_path) as store:
        room = await talked(store, THOUGHTS)
        before = len(room.log.events)
        thought = next(turn for turn in turns(room) if turn.start.sealed)
        moves: dict[str, Callable[[], Awaitable[None]]] = {
            "undo": room.undo,
            "regenerate": lambda: room.regenerate(thought.id, "Once more."),
            "edit": lambda: room.edit(thought.id, "Better."),
        }
        await moves[verb]()
        await room.settled()
        await room.aclose()
        events = room.log.events
    for until in range(before + 1, len(events) + 1):
        if until < len(events) and events[until].at == events[until - 1].at:
            continue  # one transaction
        async with opened_store(tmp_path / str(until)) as store:
            lease = await store.take_lease("test")
            await store.append("test", events[:until], lease=lease)
            await store.release(lease)
            again = await same_room(store, models=improvised(numbered))
            again.start()
            if again.transcript.paused:
                await again.go_on()
            await closes(again)
            assert len([turn for turn in turns(again) if turn.start.sealed]) == 3
            await again.aclose()


async def test_the_tree_of_all_that_was_said_knows_where_the_head_is(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await talked(store)
        straight = branches(room.log)
        assert not straight.branches
        assert straight.here == len(straight.steps) == 5
        second = turns(room)[1]
        await room.regenerate(second.id)
        await closes(room)
        tree = branches(room.log)
        old, new = tree.branches
        assert len(tree.steps) == tree.here == 1
        assert (old.here, old.tip) == (0, straight.tip)
        assert new.here == len(new.steps)
        assert new.tip == room.log.head == Forks(room.log).tip(turns(room)[1].id)
        await room.undo()
        assert branches(room.log).branches[1].here == 1
        await room.choose(second.id)
        assert [branch.here for branch in branches(room.log).branches] == [4, 0]
        await room.aclose()


async def noting(request: Request, n: int) -> AsyncGenerator[str]:
    """A speech that puts something on the board."""
    yield f"Point {n}.\nBOARD budget: {n}0"


async def test_an_edited_turn_notes_what_it_now_says(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(noting))
        room.start()
        await closes(room)
        last = turns(room)[-1]
        await room.edit(last.id, f"{last.text} or so | at most")
        assert [(note.value, note.description) for note in room.transcript.notes][-1] == ("30 or so", "at most")
        assert room.transcript.notes[-1].target == turns(room)[-1].id
        assert len(room.transcript.notes) == 3
        await room.aclose()


async def voting(request: Request, n: int) -> AsyncGenerator[str]:
    """A speech that votes."""
    yield "FINAL VOTE: A"


async def test_words_taken_back_while_the_person_is_to_vote_cost_nobody_their_ballot(tmp_path: Path) -> None:
    charter: dict[str, JsonValue] = {"you": "vote", "options": ["tea", "coffee"], "rounds": 0}
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", charter, mode="committee", models=improvised(voting))
        room.start()
        await stands(room, "waiting")
        await room.speak("One moment.")
        await room.undo()
        await settled(room)
        assert said(room) == ["FINAL VOTE: A"] * 3
        assert [turn.speaker for turn in room.transcript.open] == ["you"]
        assert [one.seq for one in await store.inbox()] == [turn.id for turn in room.transcript.open]
        await room.aclose()


async def test_guidance_belongs_to_the_mode_its_turn_is_in(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(numbered))
        await room.enter("poll", {}, "And you?")
        room.start()
        await closes(room)
        inner = next(turn for turn in turns(room) if turn.start.frame)
        await room.regenerate(inner.id, "shorter")
        await closes(room)
        assert next(event.frame for event in room.log.events if isinstance(event, HumanSpoke)) == inner.start.frame
        await room.aclose()
