from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from support.rooms import ends, new_room, opened_store, same_room, script, starts

from agentchat.conduct import gist
from agentchat.errors import UsageError
from agentchat.events import Directed, HumanSpoke, SessionClosed, TurnEnded, TurnStarted
from agentchat.log import Log
from agentchat.room import Partial, Standing

QUIET = {"first_thoughts": False, "agreement": False, "rounds": 1}
SLOW = 'pace = 40\n["*"]\n"*" = ["' + "word " * 200 + '"]\n'


async def test_a_room_runs_to_its_end_and_all_of_it_is_on_disk(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path))
        room.start()
        assert (await room.settled()).state == "closed"
        assert await store.load("test") == room.log.events
        assert room.transcript.closed
        assert room.transcript.closed.outcome == "agreed"
        assert not room.transcript.open
        await room.aclose()


async def test_a_watcher_hears_every_event_in_order_after_it_is_on_disk(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), QUIET)
        heard = []
        async with room.watch() as news:
            room.start()
            async for item in news:
                if isinstance(item, Partial | Standing):
                    if isinstance(item, Standing) and item.state == "closed":
                        break
                    continue
                assert item in await store.load("test")
                heard.append(item)
        assert heard == room.log.events[1:]
        await room.aclose()


async def test_a_turn_under_way_is_told_with_its_whole_text_so_far(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path, SLOW), QUIET)
        texts: list[str] = []
        async with room.watch() as news:
            room.start()
            async for item in news:
                if isinstance(item, Partial):
                    texts.append(item.text)
                    if len(texts) == 5:
                        break
        assert texts[0] == ""
        assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
        await room.aclose()


async def test_words_of_the_person_stand_after_the_turn_under_way_and_the_addressed_answers_next(
    tmp_path: Path,
) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), QUIET)
        await room.speak("@cleo what breaks first?")
        room.start()
        await room.settled()
        first = starts(room.log.events)[0]
        assert (first.speaker, first.aside) == ("cleo", True)
        await room.aclose()


async def test_a_cut_off_keeps_the_fragment_and_the_room_goes_on(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path, SLOW), {**QUIET, "synthesis": False}, "Ada Ben")
        async with room.watch() as news:
            room.start()
            async for item in news:
                if isinstance(item, Partial) and len(item.text) > 20:
                    await room.cut_off()
                if isinstance(item, Standing) and item.state == "closed":
                    break
        cut = [end for end in ends(room.log.events) if end.outcome == "interrupted"]
        assert len(cut) == 2
        assert all(end.by == "you" and "word" in end.text for end in cut)
        assert [event.verb for event in room.log.events if isinstance(event, Directed)] == ["cut_off", "cut_off"]
        await room.aclose()


async def test_a_pause_waits_after_the_turn_a_step_takes_one_and_go_on_goes_on(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), QUIET)
        await room.pause()
        room.start()
        assert (await room.settled()).state == "paused"
        assert not starts(room.log.events)
        async with room.watch() as news:
            await room.step()
            async for item in news:
                if isinstance(item, Standing) and item.state == "paused":
                    break
        assert len(starts(room.log.events)) == 1
        await room.go_on()
        async with room.watch() as news:
            async for item in news:
                if isinstance(item, Standing) and item.state == "closed":
                    break
        assert room.transcript.closed
        await room.aclose()


async def test_quitting_in_mid_turn_and_coming_back_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    paced = 'pace = 300\n["*"]\n"*" = ["I think we should begin with the schools."]\n'
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path, paced), QUIET)
        async with room.watch() as news:
            room.start()
            async for item in news:
                if isinstance(item, TurnStarted):
                    break
        await room.aclose()
        assert ends(room.log.events)[-1].by == "quit"
        again = await same_room(store)
        again.start()
        assert (await again.settled()).state == "closed"
        await again.aclose()
        resumed = gist(again.transcript)
    async with opened_store(tmp_path / "other") as store:
        whole = await new_room(store, script(tmp_path, paced), QUIET)
        whole.start()
        await whole.settled()
        await whole.aclose()
        assert gist(whole.transcript) == resumed


async def test_a_turn_left_open_by_a_crash_is_ended_with_what_its_checkpoint_kept(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), QUIET)
        start = (await room.writer.commit([TurnStarted(speaker="ada", stage="talk", round=1, reads_to=1)]))[0]
        await store.checkpoint("test", start.seq, "half a sen")
        lease = room.writer.lease
        assert lease
        await store.release(lease)
        again = await same_room(store)
        again.start()
        await again.settled()
        ended = ends(again.log.events)[0]
        assert (ended.outcome, ended.by, ended.text) == ("interrupted", "crash", "half a sen")
        assert starts(again.log.events)[1].reads_to == 1
        await again.aclose()


async def test_an_outage_holds_the_room_with_words_and_costs_no_turn(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path, '["*"]\n"*" = ["!fail auth"]\n'), QUIET)
        room.start()
        standing = await room.settled()
        assert (standing.state, standing.error_kind) == ("held", "auth")
        assert [end.by for end in ends(room.log.events)] == ["outage"]
        assert room.transcript.frame.taken == 0
        script(tmp_path)
        room.asking.models._providers["scripted"]._scripts.clear()  # type: ignore[attr-defined]
        await room.go_on()
        await wait_for(room, "closed")
        await room.aclose()


async def test_a_failing_persona_costs_its_turn_only(tmp_path: Path) -> None:
    text = '[ada]\n"*" = ["!fail filter", "!fail context"]\n["*"]\n"*" = ["fine"]\n'
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path, text), QUIET)
        room.start()
        await room.settled()
        outcomes = {end.speaker: end.outcome for end in ends(room.log.events) if end.kind == "say"}
        assert outcomes["ben"] == outcomes["cleo"] == "said"
        assert outcomes["ada"] in ("failed", "refused")
        assert room.transcript.closed
        await room.aclose()


async def test_ending_it_ends_the_turn_under_way_and_a_person_can_go_on_after(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path, SLOW), {**QUIET, "synthesis": False})
        async with room.watch() as news:
            room.start()
            async for item in news:
                if isinstance(item, TurnStarted):
                    await room.end("enough")
                if isinstance(item, SessionClosed):
                    break
        assert room.transcript.closed
        assert not room.transcript.open
        assert room.transcript.closed.reason == "enough"
        with pytest.raises(UsageError, match="has ended"):
            await room.speak("hello?")
        await room.reopen(1, "And the bus?")
        assert room.transcript.topic == "And the bus?"
        await room.aclose()


async def test_who_is_spoken_to_after_the_end_answers_and_the_question_stays_the_rooms(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), QUIET)
        room.start()
        assert (await room.settled()).state == "closed"
        before = len(room.log.events)
        await room.reopen(1, "@ben why the schools?")
        assert (await room.settled()).state == "closed"
        assert room.transcript.topic == "What should we do?"
        assert starts(room.log.events[before:])[0].speaker == "ben"
        await room.aclose()


async def test_an_answer_after_the_end_of_a_mode_without_rounds_is_no_whole_sitting_more(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), {"stages": "a | b | c"}, mode="pipeline")
        room.start()
        await room.settled()
        ended, before = room.transcript.closed, len(room.log.events)
        await room.reopen(1, "@ben why the schools?")
        assert (await room.settled()).state == "closed"
        assert [start.speaker for start in starts(room.log.events[before:])] == ["ben"]
        assert ended
        assert room.transcript.closed
        assert (room.transcript.closed.outcome, room.transcript.closed.summary) == (ended.outcome, ended.summary)
        await room.reopen(1, "And for the bus?")
        assert (await room.settled()).state == "closed"
        assert [start.stage for start in starts(room.log.events[before:])][1:] == ["a", "b", "c"]
        await room.aclose()


async def test_a_setting_that_names_somebody_who_is_not_here_is_refused(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), {"listens": "ada: rents; ben: prices"}, mode="reactive")
        with pytest.raises(UsageError, match="zoe is to listen, and is not in the room"):
            await room.change({"listens": "zoe: rents"})
        await room.remove("ada")
        await room.change({"words": "60"})  # of what was so before, nothing is made
        assert room.transcript.frame.settings["words"] == 60
        await room.aclose()


async def test_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), QUIET)
        with pytest.raises(UsageError, match="nobody here is called 'Clea'") as caught:
            await room.force("Clea")
        assert "cleo" in caught.value.hint
        await room.aclose()


async def test_a_muted_persona_takes_no_turn(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), {**QUIET, "synthesis": False})
        await room.mute("Ben")
        room.start()
        await room.settled()
        assert {start.speaker for start in starts(room.log.events)} == {"ada", "cleo"}
        await room.aclose()


async def test_a_cancelled_caller_neither_loses_nor_doubles_what_it_said(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), QUIET)
        tasks = [asyncio.create_task(room.speak(f"words {n}")) for n in range(40)]
        await asyncio.sleep(0)
        for task in tasks[::3]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await room.aclose()
        stored = await store.load("test")
        said = [event.text for event in stored if isinstance(event, HumanSpoke)]
        assert len(said) == len(set(said))
        assert {f"words {n}" for n in range(40) if n % 3} <= set(said)
        assert Log(stored).transcript == room.transcript


async def test_a_turn_is_ended_once(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path), QUIET)
        start = (await room.writer.commit([TurnStarted(speaker="ada")]))[0]
        for text in ("first", "late"):
            await room.writer.commit([TurnEnded(turn=start.seq, speaker="ada", outcome="said", text=text)])
        assert [end.text for end in ends(await store.load("test"))] == ["first"]
        await room.aclose()


async def wait_for(room: object, state: str) -> None:
    """Wait until the room stands so."""
    from agentchat.room import Room

    assert isinstance(room, Room)
    async with room.watch() as news:
        if room.standing.state == state:
            return
        async for item in news:
            if isinstance(item, Standing) and item.state == state:
                return
