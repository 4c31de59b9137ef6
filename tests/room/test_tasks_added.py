from __future__ import annotations

from pathlib import Path

import pytest
from support.rooms import new_room, opened_store, same_room, script, stands
from support.tasks import doers, rows, states, working

from agentchat.errors import UsageError
from agentchat.events import Recorded
from agentchat.testing import begin, opened, people, play

SCRIPT = """
["*"]
plan = ['{"tasks": [{"title": "count"}, {"title": "draft", "needs": ["1"]}]}']
task = ["Done."]
assembly = ["All of it."]
"""


async def test_a_task_the_person_adds_is_done_after_what_it_waits_for_also_by_a_room_that_is_resumed(
    tmp_path: Path,
) -> None:
    whole = play(begin(opened("hierarchy", people("Ada", "Ben"), {})), working((("count", ""), ("draft", "1"))))
    events = whole.events
    planned = next(at for at, one in enumerate(events) if isinstance(one, Recorded))
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path, SCRIPT), names="Ada Ben", mode="hierarchy")
        with pytest.raises(UsageError, match="there is no task '2'"):
            await room.task("Print it after 2")
        assert room.writer.lease
        await store.append(room.session, events[1 : planned + 1], lease=room.writer.lease)
        await room.aclose()
        room = await same_room(store)
        for words, wrong in (("Print it after 7", "there is no task '7'"), (" ", "what is to be done")):
            with pytest.raises(UsageError, match=wrong):
                await room.task(words)
        await room.task("Print it, on blue paper after 2")
        await room.aclose()
        room = await same_room(store)
        room.start()
        await stands(room, "closed")
        assert states(room.log) == {"count": "done", "draft": "done", "Print it, on blue paper": "done"}
        assert [one for one, _ in doers(room.log)] == ["1", "2", "3"]
        board = next(one for one in reversed(room.transcript.entries) if isinstance(one, Recorded))
        assert rows(board.data)[2]["by"] == "you"
        with pytest.raises(UsageError, match="ended"):
            await room.task("One more")
        await room.aclose()


async def test_what_is_no_hierarchy_takes_no_tasks(
    tmp_path: Path,
) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, script(tmp_path))
        with pytest.raises(UsageError, match="tasks are for a hierarchy, and this is a discussion"):
            await room.task("Print it")
