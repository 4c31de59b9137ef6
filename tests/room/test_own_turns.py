from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue
from support import asking_mode
from support.rooms import PATIENCE, ends, hears, improvised, new_room, opened_store, same_room, slow, stands, starts

from agentchat.errors import UsageError
from agentchat.events import (
    Directed,
    EscalationAnswered,
    EscalationRaised,
    HumanSpoke,
    ModeEntered,
    ModeLeft,
    TurnEnded,
    TurnStarted,
)
from agentchat.models.base import Request
from agentchat.room import Partial, Room, Standing, driving
from agentchat.room.deadlines import Policy, overdue
from agentchat.store import Store
from agentchat.transcript import Turn

POSITION = '{"stance": "agree", "why": "it is cheap"}'
QUIET: dict[str, JsonValue] = {"first_thoughts": False, "agreement": False, "synthesis": False, "rounds": 1}


@pytest.fixture(autouse=True)
def _asking(monkeypatch: pytest.MonkeyPatch) -> None:
    asking_mode.known(monkeypatch)


class Ear:
    """Models that answer everything, and what they were asked."""

    def __init__(self) -> None:
        self.heard: list[Request] = []

    async def speech(self, request: Request, n: int) -> AsyncGenerator[str]:
        self.heard.append(request)
        yield POSITION if request.kind == "position" else f"Point {n}."

    def read(self, word: str) -> list[str]:
        """Who read a word."""
        return [one.speaker for one in self.heard if any(word in message.content for message in one.messages)]


async def asked(store: Store, ear: Ear | None = None, **settings: JsonValue) -> Room:
    """A room that waits for the person's own turn."""
    room = await new_room(store, "m", settings, "Ada Ben", mode="asking", models=improvised((ear or Ear()).speech))
    room.start()
    return room


async def rests(room: Room, state: str) -> None:
    async with asyncio.timeout(PATIENCE):
        assert (await room.settled()).state == state, room.standing


def own(room: Room) -> Turn:
    turn = room.transcript.asked
    assert turn
    return turn


def answers(room: Room) -> list[tuple[str, str]]:
    return [(event.answer, event.by) for event in room.log.events if isinstance(event, EscalationAnswered)]


async def test_the_room_waits_with_the_persons_turn_open_while_the_others_answer(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await asked(store)
        await rests(room, "waiting")
        assert room.standing.reason == "it is your turn: Where do you stand?"
        assert sorted(end.speaker for end in ends(room.log.events)) == ["ada", "ben"]
        assert not room.partials
        await room.speak("let me think")
        await room.cut_off()
        await rests(room, "waiting")
        await room.take_turn(own(room).id, data={"stance": "disagree"})
        await rests(room, "waiting")
        assert room.standing.reason == "What now?"
        mine = ends(room.log.events)[-1]
        assert (mine.speaker, mine.outcome, mine.data and mine.data["stance"]) == ("you", "structured", "disagree")
        question = room.transcript.escalations[0]
        await room.answer(question.seq, "2")
        await rests(room, "closed")
        assert room.transcript.closed
        assert room.transcript.closed.outcome == "go_on"
        await room.aclose()


async def test_what_does_not_fit_is_refused_in_words_and_the_turn_stays_open(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await asked(store)
        await rests(room, "waiting")
        with pytest.raises(UsageError, match="stance: Input should be 'agree'"):
            await room.take_turn(own(room).id, data={"stance": "maybe"})
        others = next(start for start in starts(room.log.events) if start.speaker == "ada")
        with pytest.raises(UsageError, match="not yours"):
            await room.take_turn(others.turn, "hello")
        await room.pass_turn(own(room).id)
        assert ends(room.log.events)[-1].outcome == "passed"
        await rests(room, "waiting")
        question = room.transcript.escalations[0]
        for wrong in ("", "st", "4", "perhaps"):
            with pytest.raises(UsageError, match="none of the answers") as caught:
                await room.answer(question.seq, wrong)
            assert "1 stop · 2 go on" in caught.value.hint
        await room.answer(question.seq, "STOP", by="Maria")
        with pytest.raises(UsageError, match="not open any more"):
            await room.answer(question.seq, "stop")
        await rests(room, "closed")
        assert answers(room) == [("stop", "Maria")]
        await room.aclose()


async def test_what_the_person_said_sealed_is_read_by_nobody_before_it_is_revealed(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        ear = Ear()
        room = await asked(store, ear, kind="thought")
        await rests(room, "waiting")
        with pytest.raises(UsageError, match="needs words"):
            await room.take_turn(own(room).id, "  ")
        await room.take_turn(own(room).id, "Zanzibar, @ada!")
        await rests(room, "waiting")
        await room.force("ben")
        assert ear.read("Zanzibar") == []
        await room.answer(room.transcript.escalations[0].seq, "stop")
        await rests(room, "closed")
        assert ear.read("Zanzibar") == ["ben"]
        assert next(end for end in ends(room.log.events) if end.speaker == "you").mentions == ("ada",)
        await room.aclose()


async def test_quitting_does_not_end_the_persons_turn_and_the_one_beside_it_is_asked_again(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", {"kind": "thought"}, "Ada", mode="asking", models=improvised(slow))
        room.start()
        await hears(room, TurnStarted)
        mine = own(room).id
        await room.aclose()
        assert [turn.id for turn in room.transcript.open] == [mine]
        again = await same_room(store, models=improvised(Ear().speech))
        again.start()
        await rests(again, "waiting")
        await again.take_turn(mine, "Me too.")
        await rests(again, "waiting")
        assert again.standing.reason == "What now?"
        assert [start.speaker for start in starts(again.log.events)] == ["ada", "you", "ada"]
        assert len({start.reads_to for start in starts(again.log.events)}) == 1
        await again.aclose()


async def test_a_turn_not_taken_in_time_is_passed_and_a_question_gets_its_default(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await asked(store, deadline=0.15)
        await stands(room, "closed")
        mine = next(end for end in ends(room.log.events) if end.speaker == "you")
        assert (mine.outcome, mine.by) == ("passed", "deadline")
        assert answers(room) == [("stop", "deadline")]
        await room.aclose()


async def test_the_time_for_the_person_runs_out_also_while_others_still_speak(tmp_path: Path) -> None:
    settings: dict[str, JsonValue] = {"kind": "thought", "deadline": 0.1}
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", settings, "Ada", mode="asking", models=improvised(slow))
        room.start()
        end = await hears(room, TurnEnded)
        assert (end.speaker, end.outcome) == ("you", "passed")
        assert room.standing.state == "running"
        await room.aclose()


async def test_what_became_overdue_while_nobody_was_there_is_settled_at_the_next_opening(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await asked(store, deadline=0.2)
        await rests(room, "waiting")
        started = own(room).start
        await room.aclose()
        due, left = overdue(room.transcript, Policy(), started.at + timedelta(seconds=0.1))
        assert not due
        assert left == pytest.approx(0.1)
        await asyncio.sleep(0.2)
        again = await same_room(store, models=improvised(Ear().speech))
        again.start(held=True)
        assert isinstance(end := await hears(again, TurnEnded), TurnEnded)
        assert (end.speaker, end.outcome) == ("you", "passed")
        await rests(again, "paused")
        await again.aclose()


@pytest.mark.parametrize(
    ("policy", "default", "ends_as"),
    [
        (Policy("default"), "stop", ("stop", "policy")),
        (Policy("wait", 0.1), "stop", ("stop", "policy")),
        (Policy("default"), "", None),
        (Policy("fail"), "stop", None),
    ],
)
async def test_a_policy_answers_where_there_is_a_default_and_else_the_room_waits(
    tmp_path: Path, policy: Policy, default: str, ends_as: tuple[str, str] | None
) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(
            store, "m", {"default": default}, "Ada Ben", mode="asking", models=improvised(Ear().speech)
        )
        room.policy = policy
        room.start()
        if policy.on == "fail":
            await rests(room, "waiting")
            await room.pass_turn(own(room).id)
        await stands(room, "closed" if ends_as else "waiting")
        if policy == Policy("default"):
            assert room.standing.reason != "it is your turn: Where do you stand?"
        assert answers(room) == ([ends_as] if ends_as else [])
        await room.aclose()


async def test_an_end_ends_the_persons_turn_and_an_undone_one_is_asked_again(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await asked(store)
        await rests(room, "waiting")
        mine = own(room).id
        await room.undo()
        await rests(room, "paused")
        assert not room.transcript.open
        with pytest.raises(UsageError, match="not yours"):
            await room.take_turn(mine, data={"stance": "agree"})
        await room.redo()
        await room.go_on()
        await rests(room, "waiting")
        assert own(room).id != mine
        await room.end("enough")
        assert room.standing.state == "closed"
        last = ends(room.log.events)[-1]
        assert (last.speaker, last.outcome, last.by) == ("you", "interrupted", "you")
        await room.aclose()


async def test_a_skipped_turn_is_passed_over_and_the_next_one_comes(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, "Ada Ben", models=improvised(slow))
        with pytest.raises(UsageError, match="nobody is speaking"):
            await room.skip()
        room.start()
        first = await hears(room, Partial)
        await room.skip()
        skipped = ends(room.log.events)[-1]
        assert (skipped.turn, skipped.outcome, skipped.text) == (first.turn, "passed", "")
        assert skipped.tokens_out
        async with asyncio.timeout(PATIENCE):
            while (await hears(room, Partial)).turn == first.turn:
                pass
        await room.aclose()


async def test_a_mode_is_entered_in_the_middle_and_its_outcome_comes_back(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", {**QUIET, "rounds": 2}, models=improvised(Ear().speech))
        await room.enter("brainstorm", {"rounds": "1"}, "Which names?")
        for wrong in ("brain", "nothing"):
            with pytest.raises(UsageError, match="there is no mode"):
                await room.enter(wrong)
        with pytest.raises(UsageError, match="has no setting"):
            await room.enter("brainstorm", {"colour": "red"})
        room.start()
        await stands(room, "closed")
        entered = next(event for event in room.log.events if isinstance(event, ModeEntered))
        assert (entered.question, entered.settings["rounds"]) == ("Which names?", 1)
        assert [event.outcome for event in room.log.events if isinstance(event, ModeLeft)] == ["brainstormed"]
        await room.aclose()


async def test_a_matter_is_taken_to_a_lead_a_stronger_model_or_another_person(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        ear = Ear()
        room = await new_room(store, "m", QUIET, models=improvised(ear.speech))
        await room.pause()
        room.start()
        await room.escalate("lead", "Ben", "Bus or train?")
        await room.escalate("model", "strong", "Which is cheaper?")
        await room.escalate("person", "Maria", "May we?")
        asked = [event for event in room.log.events if isinstance(event, EscalationRaised)]
        assert [(event.by, event.to, event.level) for event in asked] == [("you", "Maria", "notify")]
        await room.answer(asked[0].seq, "yes, do", by="Maria")
        await room.go_on()
        await rests(room, "closed")
        assert ear.read("Bus or train?")[0] == "ben"
        assert [request.model for request in ear.heard[:3]].count("strong") == 1
        said = [event for event in room.log.events if isinstance(event, Directed) and event.verb == "escalate"]
        assert [event.data["to"] for event in said] == ["lead", "model", "person"]
        assert ear.read("yes, do")
        with pytest.raises(UsageError, match="has ended"):
            await room.escalate("nowhere")
        await room.aclose()


async def test_each_turn_waits_for_approval_and_going_on_approves(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(Ear().speech))
        await room.approving(True)
        room.start()
        await rests(room, "waiting")
        assert "waits for you" in room.standing.reason
        assert len(starts(room.log.events)) == 1
        await room.approve()
        await rests(room, "waiting")
        assert len(starts(room.log.events)) == 2
        await room.regenerate(guidance="Shorter.")
        await rests(room, "waiting")
        await room.edit(room.transcript.unapproved or 0, "My words.")
        await rests(room, "waiting")
        assert len({start.speaker for start in starts(room.log.path())}) == 3
        await room.go_on()
        await rests(room, "closed")
        assert [event.text for event in ends(room.log.path())][1] == "My words."
        await room.aclose()


async def test_the_next_step_waits_while_the_person_types_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driving, "TYPING", 0.1)
    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, models=improvised(Ear().speech))
        room.typing(True)
        async with room.watch() as news:
            room.start()
            async for item in news:
                if isinstance(item, Standing) and "your words" in item.reason:
                    break
        assert not starts(room.log.events)
        await stands(room, "closed")
        await room.reopen(1)
        room.typing(True)
        room.typing(False)
        await stands(room, "closed")
        assert not [event for event in room.log.events if isinstance(event, HumanSpoke)]
        await room.aclose()


async def test_a_model_that_cannot_be_is_refused_and_another_one_ends_the_hold(tmp_path: Path) -> None:
    from agentchat.errors import ModelError

    def check(model: str) -> None:
        if model == "nosuch":
            raise UsageError("there is no such model")

    async def picky(request: Request, n: int) -> AsyncGenerator[str]:
        if request.model != "good":
            raise ModelError("auth", "the key was refused")
        yield "Fine."

    async with opened_store(tmp_path) as store:
        room = await new_room(store, "m", QUIET, "Ada", models=improvised(picky))
        room.check_model = check
        room.start()
        await rests(room, "held")
        for refused in (
            room.swap_model("ada", "nosuch"),
            room.regenerate(model="nosuch"),
            room.escalate("model", "nosuch"),
        ):
            with pytest.raises(UsageError, match="no such model"):
                await refused
        await room.swap_model("ada", "good")
        await rests(room, "closed")
        await room.aclose()
