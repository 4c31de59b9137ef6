from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings, strategies as st
from support.committees import Settings, ended, records

from agentchat.errors import UsageError
from agentchat.events import (
    Directed,
    HumanSpoke,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    SessionReopened,
    SettingsChanged,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.modes import settings_of
from agentchat.modes.listening import Happening, heard, own, read
from agentchat.persona import Persona
from agentchat.testing import Voice, agreeable, append, begin, conformance, end, opened, people, play

WHO = ("Ada", "Ben", "Cleo", "Dev", "Edith")
CHAIN = "ada: person; ben: prices; cleo: rents"


def saying(**texts: str) -> Voice:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "said", texts[start.speaker]) if start.speaker in texts else agreeable(start)

    return voice


def room(listens: str = "", size: int = 3, **more: object) -> Log:
    return begin(opened("reactive", people(*WHO[:size]), {"listens": listens, **more}))  # type: ignore[dict-item]


def woken(log: Log) -> list[tuple[str, str]]:
    return [(event.speaker, event.reason) for event in log.events if isinstance(event, TurnStarted)]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"listens": "ada: person, from:ben; ben: from:ada, silence", "depth": 3},
        {"listens": "ben: talk, kind:reaction"},
    ],
)
@pytest.mark.parametrize("size", [2, 3, 5])
def test_a_reactive_room_keeps_the_law_every_mode_keeps(settings: Settings, size: int) -> None:
    conformance("reactive", settings, people(*WHO[:size]))


def test_who_listens_for_it_speaks_and_that_is_heard_in_its_turn() -> None:
    log = play(room(CHAIN), saying(ada="It is the prices.", ben="And so the rents.", cleo="Then build."))
    assert woken(log) == [("ada", "listens for what you say"), ("ben", "listens for prices, said by Ada")]
    (cut,) = records(log, "cascade_ended")
    assert cut.reason == "Cleo would go on: 2 waves of reactions are the most"
    assert (ended(log).outcome, ended(log).reason) == ("quiet", "2 reactions, and nobody hears more")


def test_what_happens_wakes_all_who_listen_at_once_each_of_them_once() -> None:
    log = play(room("ada: person; ben: person; cleo: from:ada, from:ben"), saying(ada="One.", ben="Two."))
    starts = [event for event in log.events if isinstance(event, TurnStarted)]
    assert [one.speaker for one in starts] in (["ada", "ben", "cleo"], ["ben", "ada", "cleo"])
    assert starts[0].reads_to == starts[1].reads_to


def test_nobody_hears_their_own() -> None:
    log = play(room("ada: person, prices, from:ada", 2), saying(ada="Prices, prices."))
    assert [who for who, _ in woken(log)] == ["ada"]


def test_what_nobody_listens_for_goes_to_who_is_nearest_to_it() -> None:
    log = play(room("ada: fish; ben: ships; cleo: sails"))
    assert len(woken(log)) == 1
    assert woken(log)[0][1] == "nobody listens for that; nearest to it"


def test_words_to_one_of_them_are_nothing_to_the_others() -> None:
    log = room("ada: person; ben: person; cleo: person", stay=True)
    play(log)
    before = len(woken(log))
    append(log, [HumanSpoke(text="@ben why?", mentions=("ben",))])
    play(log)
    assert [who for who, _ in woken(log)[before:]] == ["ben"]


def test_who_joins_is_heard_from_then_on_and_who_leaves_no_longer() -> None:
    log = play(room("ada: joined; ben: left; cleo: person", stay=True))
    append(log, [ParticipantJoined(persona=Persona(id="dev", name="Dev", prompt="x", tags=("boats",)))])
    play(log)
    assert woken(log)[-1] == ("ada", "listens for who comes")
    assert records(log, "listeners_set")[-1].data["listens"]["dev"] == ["boats"]  # type: ignore[index,call-overload]
    append(log, [ParticipantLeft(participant="cleo")])
    play(log)
    assert woken(log)[-1] == ("ben", "listens for who goes")
    append(log, [HumanSpoke(text="A word about boats.")])
    play(log)
    assert woken(log)[-1] == ("dev", "listens for boats")


def test_who_comes_or_goes_has_said_nothing_and_you_may_be_listened_for() -> None:
    log = play(room("ada: person; ben: from:dev; cleo: from:you", stay=True))
    assert woken(log)[-1] == ("cleo", "listens for what you say")
    before = len(woken(log))
    append(log, [ParticipantJoined(persona=people("Dev")[0])])
    play(log)
    append(log, [ParticipantLeft(participant="dev")])
    play(log)
    assert len(woken(log)) == before


def test_the_outcome_of_one_mode_can_be_listened_for_and_not_that_of_another() -> None:
    log = play(room("ada: kind:poll; ben: kind:discussion; cleo: person", stay=True))
    before = len(woken(log))
    append(log, [Directed(verb="enter", target="poll", data={"question": "Tired?"})])
    play(log)
    assert [one for one in woken(log)[before:] if "poll" in one[1]] == [("ada", "listens for the outcome of the poll")]
    assert not [one for one in woken(log)[before:] if "discussion" in one[1]]


def test_nobody_hears_who_speaks_in_their_place() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        ended = agreeable(start)
        return ended.model_copy(update={"speaker": "zoe", "text": "Prices."}) if start.speaker == "ada" else ended

    log = play(room("ada: person, prices; ben: prices", 2), voice)
    assert [who for who, _ in woken(log)] == ["ada", "ben"]


def test_what_they_listen_for_may_change_while_it_runs() -> None:
    log = play(room("ada: person; ben: ships; cleo: sails", stay=True))
    append(log, [SettingsChanged(changes={"listens": "ada: ships; ben: person; cleo: sails"})])
    append(log, [HumanSpoke(text="Hello all.")])
    play(log)
    assert woken(log)[-1][0] == "ben"


def test_a_muted_one_hears_nothing_and_silence_can_be_listened_for() -> None:
    log = room("ada: person; ben: person, silence; cleo: silence")
    append(log, [ParticipantChanged(participant="ada", muted=True)])
    play(log)
    assert [who for who, _ in woken(log)][:1] == ["ben"]
    assert woken(log)[-1] in (("cleo", "listens for silence"), ("ben", "listens for silence"))
    assert len(records(log, "silence_fell")) == 1


def test_a_new_question_after_the_end_is_heard_anew() -> None:
    log = play(room(CHAIN))
    append(log, [SessionReopened(question="And the prices?")])
    before = len(woken(log))
    play(log)
    assert {who for who, _ in woken(log)[before:]} == {"ada", "ben"}


def test_what_a_file_listens_for_is_taken_else_its_tags_else_what_it_is_about() -> None:
    about = {"id": "ada", "name": "Ada", "prompt": "x", "title": "economist", "focus": "prices and rents"}
    assert own(Persona.model_validate(about)) == ("economist", "prices", "rents")
    assert own(Persona.model_validate({**about, "tags": ["jobs"]})) == ("jobs",)
    assert own(Persona.model_validate({**about, "extra": {"listens": "taxes, from:ben"}})) == ("taxes", "from:ben")


@pytest.mark.parametrize(
    ("text", "says"),
    [("prices", "write it as  ada: prices"), ("ada:", "write it as"), ("ada: of:ben", "is nothing to listen for")],
)
def test_what_cannot_be_read_is_said_in_words(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        settings_of("reactive", {"listens": text})


TOPICS = st.sampled_from(
    ["person", "silence", "joined", "left", "outcome", "prices", "from:ada", "from:ben", "kind:reaction"]
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(TOPICS, min_size=1, max_size=4), min_size=3, max_size=3),
    st.integers(1, 4),
    st.lists(st.sampled_from(["said", "failed", "passed", "prices"]), min_size=1, max_size=7),
)
def test_whoever_listens_for_what_nobody_hears_their_own_and_it_ends_within_its_bound(
    wanted: list[list[str]], depth: int, outcomes: list[str]
) -> None:
    listens = "; ".join(
        f"{who}: {', '.join(topics)}" for who, topics in zip(("ada", "ben", "cleo"), wanted, strict=True)
    )

    def voice(start: TurnStarted) -> TurnEnded:
        match outcomes[start.seq % len(outcomes)]:
            case "failed" | "passed" as outcome:
                return end(start, outcome)
            case text:
                return end(start, "said", f"{start.speaker} on {text}")

    log = play(room(listens, depth=depth), voice)
    assert ended(log).outcome in ("quiet", "failed")
    speakers = {event.turn: event.speaker for event in log.events if isinstance(event, TurnStarted)}
    for start in (event for event in log.events if isinstance(event, TurnStarted)):
        assert speakers.get(start.reply_to or 0) != start.speaker


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with suppress(ValueError):
        assert all(read(text).values())


def test_a_topic_of_two_words_wants_both() -> None:
    said = Happening(3, "ada", "The town plans a new square.")
    assert heard(said, "ben", ("town planning", "plan", "squares"), {}) == ("plan", "squares")
    assert heard(said, "ben", ("new town",), {}) == ("new town",)
