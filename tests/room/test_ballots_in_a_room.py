"""A ballot taken in a room: read from JSON, from words, or not at all, and the raw reply kept."""

from __future__ import annotations

import pytest
from support.rooms import asking, improvised
from support.voters import VOTERS, Voter, voting

from agentchat.events import TurnEnded, TurnStarted
from agentchat.room.turn import Hearing, perform
from agentchat.testing import begin, opened, people

CHOICES = ("tea", "coffee", "milk")


async def taken(voter: Voter, kind: str) -> TurnEnded:
    """The end of a voter's turn."""
    first = opened("discussion", people(voter.name, "Ada")).model_copy(update={"models": {voter.id: "openai/one"}})
    log = begin(first)
    start = TurnStarted(turn=2, speaker=voter.id, kind=kind, choices=CHOICES, reads_to=1, sealed=True)
    hearing = Hearing(text=lambda *_: None, waiting=lambda _: None, again=lambda *_: None)
    return await perform(asking(improvised(voting())), log.transcript, start, hearing)


@pytest.mark.parametrize("voter", VOTERS, ids=lambda voter: voter.name)
async def test_ten_voters_of_ten_kinds_are_read_for_what_they_said(voter: Voter) -> None:
    end = await taken(voter, "pick")
    match voter.reads:
        case "valid":
            assert end.outcome == "structured"
            assert end.data is not None
            assert end.data["vote"] in CHOICES
        case "invalid":
            assert (end.outcome, end.error_kind, end.data) == ("failed", "invalid_answer", None)
            assert end.error
            assert end.text, "the raw reply is kept"
        case "missing":
            assert (end.outcome, end.error_kind) in (("empty", ""), ("failed", "timeout_total"))
            assert end.data is None


@pytest.mark.parametrize("kind", ["approval", "ranking", "scores"])
@pytest.mark.parametrize("voter", VOTERS, ids=lambda voter: voter.name)
async def test_no_ballot_of_theirs_is_invented(voter: Voter, kind: str) -> None:
    end = await taken(voter, kind)
    assert voter.reads == "valid" or end.data is None
