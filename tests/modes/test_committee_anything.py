"""Any charter, any ballots, any verbs at any moment: it ends as if nobody had killed it, and nothing stays sealed."""

from __future__ import annotations

import random
import zlib

import pytest
from pydantic import JsonValue
from support.committees import Settings, voting

from agentchat.conduct import gist
from agentchat.errors import UsageError
from agentchat.events import (
    Directed,
    EscalationAnswered,
    EscalationRaised,
    Event,
    HumanSpoke,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    SessionReopened,
    SettingsChanged,
    TurnEnded,
    TurnStarted,
)
from agentchat.kinds.ballot import BALLOTS
from agentchat.log import Log
from agentchat.modes import settings_of
from agentchat.testing import Person, Voice, append, begin, end, opened, people, play
from agentchat.transcript import Turn
from agentchat.voting import RULES

NAMES = ("Ada", "Ben", "Cleo", "Dev")
MUTE = ("failed", "empty", "passed", "refused", "invalid", "abstain")


def voice(seed: int) -> Voice:
    """Anything, the same to the same ask."""

    def answer(start: TurnStarted) -> TurnEnded:
        asked = f"{seed} {start.speaker} {start.stage} {start.round} {sorted(start.choices)}"
        chance = random.Random(zlib.crc32(asked.encode()))
        if chance.random() < 0.25:
            return (
                voting({start.speaker: chance.choice(MUTE)})(start) if start.kind in BALLOTS else end(start, "failed")
            )
        if start.kind in BALLOTS:
            return voting({start.speaker: " > ".join(chance.sample(start.choices, len(start.choices)))})(start)
        return end(start, "said", chance.choice(["Tea.", "**tea**", "Coffee", f"What {start.speaker} wants"]))

    return answer


def person(seed: int) -> Person:
    def answer(raised: EscalationRaised) -> EscalationAnswered:
        chance = random.Random(f"{seed} {raised.key}")
        said, by = chance.choice([*raised.options, "whatever"]), chance.choice(["you", "deadline"])
        return EscalationAnswered(escalation=raised.seq, key=raised.key, answer=said, by=by)

    return answer


def charter(chance: random.Random) -> Settings:
    while True:
        settings: Settings = {
            "options": chance.choice(["", "a | b", "a | b | c | d", " | ".join("abcdefghi")]),
            "rule": chance.choice(["auto", *RULES]),
            "family": chance.choice(["auto", "auto", "pick", "approval", "ranking", "scores"]),
            "threshold": chance.choice([0.5, 0.5, 1]),
            "seats": chance.choice([1, 1, 1, 2]),
            "rounds": chance.randint(0, 2),
            "quorum": chance.choice([0, 0.5, 1]),
            "ties": chance.choice(["", "lot", "casting", "pairwise, last-places, casting, lot"]),
            "you": chance.choice(["watch", "vote", "tie-break", "veto"]),
            "recuse_own": chance.random() < 0.7,
            "probe": chance.random() < 0.3,
        }
        try:
            return settings_of("committee", settings)
        except UsageError:
            continue


def verbs(chance: random.Random) -> list[Event]:
    who = chance.choice(NAMES).lower()
    poll: dict[str, JsonValue] = {"question": "Tired?", "options": ["yes", "no"]}
    any_verb: list[Event] = [
        ParticipantLeft(participant=who),
        ParticipantChanged(participant=who, muted=True),
        ParticipantJoined(persona=people("Zoe")[0]),
        HumanSpoke(text=f"@{who} why?", mentions=(who,)),
        SettingsChanged(changes={"rule": chance.choice(RULES), "seats": 1, "family": "auto", "rounds": 1}),
        SettingsChanged(changes={"options": ["x", "y"], "you": chance.choice(["vote", "veto", "tie-break"])}),
        Directed(verb="enter", target=chance.choice(["poll", "committee"]), data=poll),
        Directed(verb="end", reason="enough"),
    ]
    return chance.sample(any_verb, 2)


@pytest.mark.parametrize("seed", range(24))
def test_whatever_is_declared_voted_and_done_it_ends_and_says_how(seed: int) -> None:
    chance = random.Random(seed)
    log = begin(opened("committee", people(*NAMES[: chance.randint(1, 4)]), charter(chance), seed))
    whole = play(log, voice(seed), person(seed)).transcript
    assert whole.closed
    assert not [entry for entry in whole.entries if isinstance(entry, Turn) and whole.sealed(entry)]
    for until in chance.sample(range(1, len(log.events)), 4):
        assert gist(play(Log(log.events[:until]), voice(seed), person(seed)).transcript) == gist(whole)
    for until in chance.sample(range(1, len(log.events)), 3):
        other = Log(log.events[:until])
        append(other, verbs(chance))
        for question in ("", "And then?"):
            after = play(other, voice(seed), person(seed)).transcript
            assert after.closed or not after.active, f"it waits after {other.events[until:]}"
            append(other, [SessionReopened(rounds=2, question=question)] if after.closed else [])
