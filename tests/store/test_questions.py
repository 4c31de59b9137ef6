from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentchat.events import (
    EscalationAnswered,
    EscalationRaised,
    HeadMoved,
    ModeEntered,
    ModeLeft,
    SessionClosed,
    SessionReopened,
    TurnEnded,
    TurnStarted,
)
from agentchat.store import Posted, Store, StoreFault
from agentchat.store.schema import MIGRATIONS, version

if TYPE_CHECKING:
    from store.conftest import Sitting

ASK = EscalationRaised(by="ada", question="Which street?", options=("Mill Lane", "High Street"), default="Mill Lane")


async def asked(store: Store) -> list[tuple[str, int]]:
    return [(one.session, one.seq) for one in await store.inbox()]


async def test_what_is_asked_of_a_person_is_in_the_inbox_until_it_is_answered(store: Store, sitting: Sitting) -> None:
    await sitting.open("Bakery")
    (raised,) = await sitting.add(ASK.model_copy(update={"deadline": 60.0, "level": "block"}))
    (one,) = await store.inbox()
    assert (one.session, one.topic, one.seq, one.kind, one.by) == ("s1", "Bakery", 2, "escalation", "ada")
    assert (one.question, one.options, one.default, one.level) == (ASK.question, ASK.options, "Mill Lane", "block")
    assert one.deadline_at is not None
    assert (one.deadline_at - raised.at).total_seconds() == 60
    assert (one.overdue(raised.at), one.overdue(one.deadline_at)) == (False, True)
    await sitting.add(EscalationAnswered(escalation=2, answer="High Street"))
    assert await store.inbox() == []


async def test_a_persons_own_turn_is_in_the_inbox_until_it_ends(store: Store, sitting: Sitting) -> None:
    await sitting.open()
    await sitting.add(TurnStarted(speaker="ada"))
    await sitting.add(TurnStarted(speaker="you", kind="pick", brief="Vote.", choices=("a", "b")))
    (one,) = await store.inbox()
    assert (one.seq, one.kind, one.form, one.question, one.options) == (3, "turn", "pick", "Vote.", ("a", "b"))
    await sitting.add(TurnEnded(turn=3, speaker="you", kind="pick", outcome="passed"))
    assert await store.inbox() == []


async def test_a_notice_asks_nothing_but_one_parked_for_another_person_does(store: Store, sitting: Sitting) -> None:
    await sitting.open()
    await sitting.add(EscalationRaised(by="room", level="notify", question="Budget half spent"))
    assert await store.inbox() == []
    await sitting.add(EscalationRaised(by="you", level="notify", question="Is it legal?", to="Zoe"))
    assert [(one.by, one.to) for one in await store.inbox()] == [("you", "Zoe")]


async def test_a_question_off_the_path_asks_nobody_and_comes_back_with_its_path(store: Store, sitting: Sitting) -> None:
    await sitting.open()
    await sitting.say("Before.")
    await sitting.add(ASK)
    await sitting.add(EscalationAnswered(escalation=3, answer="Mill Lane"))
    await sitting.add(HeadMoved(to=2))
    assert await asked(store) == []
    await store.append("s1", [sitting.next(ASK, parent=2)], lease=None)
    assert await asked(store) == [("s1", 6)]
    await sitting.add(HeadMoved(to=3))
    assert await asked(store) == [("s1", 3)], "on this path it has no answer yet"
    await sitting.add(HeadMoved(to=4))
    assert await asked(store) == []


async def test_a_mode_that_is_left_and_a_session_that_ends_drop_their_questions(store: Store, sitting: Sitting) -> None:
    await sitting.open()
    (entered,) = await sitting.add(ModeEntered(mode="committee"))
    await sitting.add(ASK.model_copy(update={"frame": entered.seq}), TurnStarted(speaker="you"))
    await sitting.add(ModeLeft(outcome="tie", frame=entered.seq))
    assert await asked(store) == [("s1", 4)]
    await sitting.add(SessionClosed(outcome="ended"))
    assert await asked(store) == []
    await sitting.add(SessionReopened(), HeadMoved(to=4))
    assert await asked(store) == [("s1", 3), ("s1", 4)]
    await store.post(Posted("s1", 3, "High Street", "you"))
    await store.delete("s1")
    assert await store.inbox() == []


async def test_a_posted_answer_waits_for_the_event_that_makes_it_count(store: Store, sitting: Sitting) -> None:
    await sitting.open()
    await sitting.add(ASK, TurnStarted(speaker="you", kind="pick", choices=("a", "b")))
    await store.post(Posted("s1", 2, "High Street", "you"))
    await store.post(Posted("s1", 2, "Mill Lane", "zoe"))
    await store.post(Posted("s1", 3, "", "you", {"vote": "a"}))
    assert await store.posted("s1") == [
        Posted("s1", 2, "Mill Lane", "zoe"),
        Posted("s1", 3, "", "you", {"vote": "a"}),
    ]
    await sitting.add(EscalationAnswered(escalation=2, answer="Mill Lane", by="zoe"))
    (left,) = await store.posted("s1")
    await store.drop(left)
    assert await store.posted("s1") == []
    assert await asked(store) == [("s1", 3)], "dropped, it is still open"


async def test_nobody_can_answer_what_nobody_asks(store: Store, sitting: Sitting) -> None:
    await sitting.open()
    with pytest.raises(StoreFault, match="Nobody asks that any more") as missing:
        await store.post(Posted("s1", 2, "Mill Lane", "you"))
    assert missing.value.hint


async def test_the_inbox_is_of_all_sessions_the_oldest_question_first(store: Store, sit: type[Sitting]) -> None:
    for session in ("s2", "s1"):
        sitting = sit(store, session)
        await sitting.open()
        if session == "s1":
            await sitting.say("Later.")
        await sitting.add(ASK)
    assert await asked(store) == [("s2", 2), ("s1", 3)]


async def test_a_database_of_the_first_version_gets_an_inbox_and_keeps_every_word(tmp_path: Path) -> None:
    path = tmp_path / "agentchat.db"
    path.write_bytes(gzip.decompress((Path(__file__).parent / "version-1.gz").read_bytes()))
    async with await Store.open(path, read_only=True) as older:
        assert await older.inbox() == []
        assert await older.posted("e3905677a0e3") == []
        before = await older.load("e3905677a0e3")
        assert [(row.id, row.starred, row.tags) for row in await older.sessions()] == [("e3905677a0e3", False, ())]
        assert (await older.session("e3905677a0e3")).turns > 0
        with pytest.raises(StoreFault, match="cannot be searched"):
            await older.search("school")
    async with await Store.open(path) as store:
        assert await store.load("e3905677a0e3") == before
        assert len(before) == 12
        assert await store.damage("e3905677a0e3") == []
        assert len(await store.search("school")) > 0
        assert await store.inbox() == []
        at = before[-1].seq
        raised = ASK.model_copy(update={"seq": at + 1, "parent": at, "at": before[-1].at})
        await store.append("e3905677a0e3", [raised], lease=None)
        assert [one.question for one in await store.inbox()] == ["Which street?"]
    with closing(sqlite3.connect(path)) as aside:
        assert version(aside) == len(MIGRATIONS)
