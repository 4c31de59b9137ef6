"""Where a room is and what it is called, in its header and in its own lines."""

from __future__ import annotations

from datetime import UTC

import pytest
from pydantic import JsonValue

from agentchat.events import EscalationRaised, SessionReopened
from agentchat.export import printout
from agentchat.kinds import title_of
from agentchat.log import Log
from agentchat.room import Standing
from agentchat.testing import append, begin, opened, people, play
from agentchat.tui.verbs.now import invitation
from agentchat.tui.verbs.verb import Moment
from agentchat.views.fold import Fold
from agentchat.views.room import Card, Line, RoomView


def held(mode: str, **settings: JsonValue) -> Log:
    return play(begin(opened(mode, people("Ada", "Ben", "Cleo"), settings)))


def view(log: Log) -> RoomView:
    return Fold(UTC).view(log.transcript, Standing("running"), {}, {})


def headers(log: Log) -> list[str]:
    """What the header said, one after the other."""
    return [*dict.fromkeys(view(Log(log.events[:until])).subtitle for until in range(1, len(log.events) + 1))]


LOOK = 'look: poll "What is there?" | build: pipeline (stages="make | check: verdict")'


@pytest.mark.parametrize(
    ("mode", "settings", "said"),
    [
        ("pipeline", {"stages": "note by ada | check by ben: verdict"}, ["", "note", "check", "done"]),
        ("perspectives", {}, ["", "perspectives", "combination", "combined"]),
        ("open-floor", {"rounds": 2, "silence": 2}, ["", "round 1 of 2", "round 2 of 2", "discussed"]),
        (
            "staged",
            {"stages": LOOK},
            ["", "look · poll", "build · pipeline", *(f"build · pipeline, {one}" for one in ("make", "check")), "done"],
        ),
    ],
)
def test_the_header_says_the_round_or_stage_that_is_under_way(
    mode: str, settings: dict[str, JsonValue], said: list[str]
) -> None:
    assert headers(held(mode, **settings)) == said


def test_a_stage_about_the_rooms_own_question_does_not_say_it_again() -> None:
    shown = view(held("staged", stages=LOOK))
    assert [one.title for one in shown.entries if isinstance(one, Card)][:2] == ["Stage look", "What is there?"]
    heads = [one.text for one in shown.entries if isinstance(one, Line) and one.tone == "round"]
    assert (heads[0], heads[2:4]) == ("Poll: What is there?", ["Pipeline", "Make"])


def test_a_mode_is_called_by_its_title_wherever_people_read_of_it() -> None:
    log = held("open-floor", rounds=1)
    for form in ("text", "md", "html", "adr"):
        paper = "".join(printout(form).take(log, rest=True))
        assert "Open floor" in paper
        assert "pen-floor" not in paper
    asking = begin(opened("open-floor", people("Ada", "Ben")))
    append(asking, [EscalationRaised(by="open-floor", question="Who goes first?")])
    (card,) = (one for one in view(asking).entries if isinstance(one, Card))
    assert card.title == "Open floor asks you"
    assert title_of("three-hats") == "Three hats"


@pytest.mark.parametrize(
    ("mode", "told", "line"),
    [
        ("pipeline", "it goes through every stage", "It begins anew"),
        ("open-floor", "the floor for a round", "1 more round"),
    ],
)
def test_after_the_end_it_is_said_what_a_question_more_begins(mode: str, told: str, line: str) -> None:
    log = held(mode)
    assert told in invitation(log.transcript, Moment("closed"))
    append(log, [SessionReopened(rounds=1)])
    assert line in [one.text for one in view(log).entries if isinstance(one, Line)]
