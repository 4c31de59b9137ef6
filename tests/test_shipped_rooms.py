"""The rooms that ship, each held to its end with a scripted model: the mode that suits, and the work it is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from agentchat.events import Event, Recorded, SessionClosed, TurnStarted
from agentchat.home import Home, Wish

ALONE = {"OLLAMA_HOST": "127.0.0.1:1"}
CRITIQUE = """'{"issues": [%s], "scores": {"clarity": %d, "correctness": 4, "tone": 4, "completeness": 4}}'"""
UNCLEAR = '{"criterion": "clarity", "severity": "major", "problem": "Nobody knows what it sells."}'
SCRIPT = f"""
[ada]
proposal = ["Ship on Monday."]
pick = ['{{"vote": "Ship on Monday.", "why": "the weekend is expensive"}}']
[edith]
draft = ["A mug, for mornings.", "A mug that keeps your coffee warm until you are awake."]
reply = ['{{"replies": [{{"issue": 1, "did": "fixed", "why": "it says so now"}}]}}']
["*"]
"*" = ["Begin small, and measure it for a week."]
proposal = ["Ship on Friday."]
idea = ["A mug that says when it is too hot.", "And one that a child can hold."]
position = ['{{"stance": "agree", "why": "it can be undone"}}']
pick = ['{{"vote": "Ship on Friday.", "why": "it is sooner"}}']
synthesis = ["In the end: begin small."]
critique = [{CRITIQUE % (UNCLEAR, 2)}, {CRITIQUE % ("", 5)}]
"""


async def held(folder: Path, room: str, topic: str) -> tuple[Sequence[Event], SessionClosed]:
    """The room of that name, with all that its file brings, to its end: what happened, and how it closed."""
    script = folder / "script.toml"
    script.write_text(SCRIPT, "utf-8")
    async with Home(folder / "home", ALONE) as home:
        held = await home.create(Wish(topic, personas=(room,), model=f"scripted/{script}"))
        held.start()
        rest = await held.settled()
        assert rest.state == "closed", rest
        events = tuple(held.log.events)
    closed = events[-1]
    assert isinstance(closed, SessionClosed)
    return events, closed


def asked(events: Sequence[Event], kind: str) -> list[str]:
    """Who was asked for turns of a kind, in order."""
    return [one.speaker for one in events if isinstance(one, TurnStarted) and one.kind == kind]


async def test_an_architecture_is_looked_at_from_every_side_in_turn_and_its_planner_sums_up(tmp_path: Path) -> None:
    events, closed = await held(tmp_path, "architecture-review", "Which database for the orders?")
    sides = {"dev", "ines", "jonas", "cleo", "kenji"}
    assert set(asked(events, "thought")) == sides
    rounds = [one for one in events if isinstance(one, TurnStarted) and one.stage == "talk"]
    first, second = ([one.speaker for one in rounds if one.round == number] for number in (1, 2))
    assert set(first) == sides
    assert first == second
    assert asked(events, "synthesis") == ["dev"]
    assert (closed.outcome, closed.summary) == ("agreed", "In the end: begin small.")


async def test_a_board_votes_before_the_talk_and_after_it_and_its_chair_writes_the_decision_up(tmp_path: Path) -> None:
    events, closed = await held(tmp_path, "decision-board", "When do we ship?")
    voters = {"grace", "ada", "cleo", "leila", "kenji"}
    votes = [one for one in events if isinstance(one, TurnStarted) and one.kind == "pick"]
    for stage in ("before", "final"):
        assert {one.speaker for one in votes if one.stage == stage} == voters
    assert set(asked(events, "argument")) == voters
    decided = next(one for one in events if isinstance(one, Recorded) and one.kind == "decision_reached")
    assert decided.data["winner"] == "Ship on Friday."  # which four of them proposed
    assert asked(events, "minority") == ["ada"]
    assert asked(events, "synthesis") == ["grace"]
    assert (closed.outcome, closed.summary) == ("decided", "In the end: begin small.")


async def test_a_product_is_thought_up_apart_built_on_twice_and_sorted_by_its_designer(tmp_path: Path) -> None:
    events, closed = await held(tmp_path, "product-brainstorm", "A mug for mornings")
    ideas = [one for one in events if isinstance(one, TurnStarted) and one.kind == "idea"]
    apart = [one for one in ideas if one.sealed]
    assert {one.speaker for one in apart} == {"hana", "ben", "femi", "ada", "ines"}
    assert Counter(one.round for one in ideas if not one.sealed) == {1: 5, 2: 5}
    assert asked(events, "cluster") == asked(events, "synthesis") == ["hana"]
    assert (closed.outcome, closed.summary) == ("brainstormed", "In the end: begin small.")


async def test_a_text_is_written_by_its_editor_judged_by_the_rest_and_comes_back_better(tmp_path: Path) -> None:
    events, closed = await held(tmp_path, "writing-room", "One sentence that sells a mug")
    assert asked(events, "draft") == ["edith", "edith"]
    assert set(asked(events, "critique")) == {"femi", "ben", "cleo", "kenji"}
    assert asked(events, "reply") == ["edith"]
    assert (closed.outcome, closed.summary) == ("accepted", "A mug that keeps your coffee warm until you are awake.")
