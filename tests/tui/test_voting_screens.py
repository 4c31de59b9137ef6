"""The X-ray of a vote and the person's own ballot, without a room behind them."""

from __future__ import annotations

import pytest
from pydantic import JsonValue
from support.screens import Stage

from agentchat.events import Recorded
from agentchat.folding import begin, grown
from agentchat.testing import opened, people
from agentchat.tui.ballot import BallotScreen
from agentchat.tui.xray import XRayScreen
from agentchat.views.ballots import XRay, xray

OPTIONS = {"Postgres": "Postgres, managed", "SQLite": "SQLite in one file", "Dynamo": "Dynamo"}


def vote(stage: str, winner: str) -> XRay:
    order = [winner, *(one for one in OPTIONS if one != winner)]
    ballots: list[JsonValue] = [
        {"voter": "ada", "status": "valid", "ranking": [[one] for one in order]},
        {"voter": "ben", "status": "valid", "ranking": [[one] for one in order]},
        {"voter": "cleo", "status": "valid", "ranking": [[one] for one in reversed(order)]},
        {"voter": "dev", "status": "invalid", "reason": "it names two options"},
    ]
    result: dict[str, JsonValue] = {
        "winners": [winner],
        "elected": [winner],
        "ordering": [[one] for one in order],
        "scores": {one: 4 - 2 * at for at, one in enumerate(order)},
        "unit": "points",
        "confidence": 2 / 3,
        "valid": 3,
        "margin": 2,
        "pivotal": ["cleo"],
        "condorcet": {"winner": winner, "loser": order[-1], "cycle": []},
        "trace": [f"{winner} has 4 points."],
    }
    data: dict[str, JsonValue] = {
        "stage": stage,
        "question": "Which database?",
        "rule": "borda",
        "ballots": ballots,
        "result": result,
        "others": [{"rule": "plurality", "winners": [winner]}, {"rule": "irv", "winners": ["SQLite"], "margin": 1}],
    }
    transcript = begin(opened("discussion", people("Ada", "Ben", "Cleo", "Dev")))
    record = Recorded(seq=5, kind="votes_counted", data=data)
    found = xray(grown(transcript, record), record)
    assert found is not None
    return found


async def test_the_x_ray_begins_with_the_winner_also_where_it_is_longer_than_the_screen() -> None:
    app = Stage()
    async with app.run_test(size=(70, 16)) as pilot:
        await app.push_screen(XRayScreen([vote("before", "SQLite"), vote("final", "Postgres")]))
        await pilot.pause()
        assert "by Borda" in app.dump()
        await pilot.press("left")
        await pilot.pause()
        assert "Before the talk: SQLite" in app.dump()


@pytest.mark.parametrize("size", [(120, 40), (70, 44)])
async def test_the_x_ray_shows_ballots_other_rules_and_how_it_was_counted(size: tuple[int, int]) -> None:
    app = Stage()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(XRayScreen([vote("before", "SQLite"), vote("final", "Postgres")]))
        await pilot.pause()
        shown = app.dump()
        for words in (
            "Which database?",
            "vote 2 of 2",
            "Postgres",
            "no ballot could be read",
            "≠",
            "Cleo",
            "4 points.",
        ):
            assert words in shown
        await pilot.press("left")
        await pilot.pause()
        assert "Before the talk: SQLite" in app.dump()
        await pilot.press("escape")
        assert not isinstance(app.screen, XRayScreen)


async def test_the_x_ray_is_laid_out_anew_when_the_screen_is_another_size() -> None:
    app = Stage()
    async with app.run_test(size=(120, 44)) as pilot:
        await app.push_screen(XRayScreen([vote("final", "Postgres")]))
        await pilot.pause()
        assert "Under other rules" in app.dump()
        await pilot.resize_terminal(70, 44)
        await pilot.pause(0.1)
        assert "Under other rules" in app.dump()


async def cast(kind: str, *keys: str) -> dict[str, JsonValue] | None:
    """The data of a ballot filled in with these keys."""
    app = Stage()
    found: list[dict[str, JsonValue] | None] = []
    async with app.run_test(size=(100, 30)) as pilot:
        await app.push_screen(BallotScreen(kind, "Which database?", OPTIONS), found.append)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
    return found[0]


async def test_a_pick_is_one_key_on_the_option() -> None:
    assert await cast("pick", "down", "enter") == {"vote": "SQLite"}


async def test_an_approval_takes_all_that_are_marked() -> None:
    assert await cast("approval", "space", "down", "down", "space", "enter") == {"approve": ["Postgres", "Dynamo"]}


async def test_a_ranking_is_the_order_in_which_they_were_marked() -> None:
    assert await cast("ranking", "down", "space", "up", "space", "enter") == {"ranking": [["SQLite"], ["Postgres"]]}


async def test_a_score_stays_between_nought_and_five() -> None:
    keys = ["right"] * 7 + ["down", "left", "right", "enter"]
    assert await cast("scores", *keys) == {"scores": {"Postgres": 5, "SQLite": 1, "Dynamo": 0}}


@pytest.mark.parametrize(("kind", "data"), [("pick", {"vote": "abstain"}), ("ranking", {"abstain": True})])
async def test_one_can_abstain_and_say_why(kind: str, data: dict[str, JsonValue]) -> None:
    assert await cast(kind, "w", *"tired", "enter", "a") == data | {"why": "tired"}


async def test_an_empty_ranking_is_not_cast_and_escape_puts_the_ballot_off() -> None:
    assert await cast("ranking", "enter", "escape") is None
