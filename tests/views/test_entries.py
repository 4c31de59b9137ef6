"""What stands over a turn and in its head, from events in a row."""

from __future__ import annotations

from datetime import UTC

from agentchat.conduct import conduct
from agentchat.events import ParticipantChanged, TurnStarted
from agentchat.log import Log
from agentchat.steps import Ask
from agentchat.testing import append, begin, end, opened, people
from agentchat.views.fold import Fold
from agentchat.views.room import Line, RoomView, Said
from agentchat.views.stretch import stretch


class Standing:
    state, reason, hint, watched = "running", "", "", ""


def room(mode: str) -> Log:
    return begin(opened(mode, people("Ada", "Ben")))


def speak(log: Log, stage: str, round: int = 0) -> None:  # noqa: A002
    for event in append(log, conduct(log.transcript, Ask("ada", "say", stage=stage, round=round))):
        if isinstance(event, TurnStarted):
            append(log, [end(event, "said", "Yes.")])


def view(log: Log) -> RoomView:
    return Fold(UTC).view(log.transcript, Standing(), {}, {})


def headings(shown: RoomView) -> list[str]:
    return [entry.text for entry in shown.entries if isinstance(entry, Line) and entry.tone == "round"]


def test_a_stage_that_is_only_called_a_round_has_no_heading() -> None:
    log = room("poll")
    speak(log, "round")
    assert (headings(view(log)), view(log).subtitle) == ([], "")


def test_what_was_said_keeps_the_name_and_title_it_was_said_under() -> None:
    log = room("discussion")
    was = log.transcript.members[0].persona
    speak(log, "talk", 1)
    for title in ("mayor", "baker"):
        new = was.model_copy(update={"name": "Al", "title": title})
        append(log, [ParticipantChanged(participant="ada", persona=new)])
        speak(log, "talk", 1)
    for entries in (view(log).entries, stretch(log.transcript, 0, log.transcript.head)):
        shown = [(one.name, one.title) for one in entries if isinstance(one, Said) and not one.human]
        assert shown == [("Ada", was.title), ("Al", "mayor"), ("Al", "baker")]
