"""What a prompt holds of the past: all that its reader may know, nothing else, and never more than fits."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

import pytest
from hypothesis import given, settings, strategies as st

from agentchat.events import (
    EscalationAnswered,
    EscalationRaised,
    HumanSpoke,
    Material,
    Noted,
    Outcome,
    Recorded,
    SessionOpened,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.persona import Persona
from agentchat.prompting import FULL, TINY, Profile, Prompt, compose, compose_summary, overflow, profile_for, tokens
from agentchat.prompting.history import Reader
from agentchat.prompting.prompt import PER_MESSAGE
from agentchat.testing import append, begin, people
from agentchat.transcript import Transcript, Turn

WHO = ("ada", "ben", "cleo")
NARROW = Profile("full", 2048, 512)

words = st.sampled_from(["rents", "schools", "日本語", "é", "town", "bus\n", "x" * 40, "🙂", "and"])
to = st.sampled_from([(), (), (), ("ben",), ("ada", "cleo"), ("cleo",)])
outcomes = st.sampled_from(["said", "said", "said", "truncated", "interrupted", "passed", "failed", "refused"])
kinds = st.sampled_from(["say", "say", "thought", "position", "proposal"])
says = st.tuples(st.just("say"), st.sampled_from(WHO), st.lists(words, max_size=60), to, st.booleans(), outcomes, kinds)
speaks = st.tuples(st.just("speak"), st.lists(words, max_size=30), to)
answers = st.tuples(st.just("answer"), st.lists(words, max_size=30))
acts = st.lists(says | speaks | answers | st.just(("reveal",)) | st.just(("pin",)), max_size=25)


def room() -> Log:
    return begin(
        SessionOpened(session="s", topic="What now?", mode="discussion", personas=people("Ada", "Ben", "Cleo"))
    )


def say(log: Log, who: str, text: str, outcome: Outcome = "said", kind: str = "say", **more: object) -> TurnEnded:
    sealed = bool(more.pop("sealed", False))
    start = append(log, [TurnStarted(speaker=who, kind=kind, sealed=sealed, reads_to=log.head)])[0]
    end = TurnEnded(turn=start.seq, speaker=who, kind=kind, outcome=outcome, text=text, **more)  # type: ignore[arg-type]
    ended = append(log, [end])[0]
    assert isinstance(ended, TurnEnded)
    return ended


def start(log: Log, who: str = "ada", kind: str = "say", brief: str = "") -> TurnStarted:
    """The start of a turn that is not on record yet."""
    return TurnStarted(turn=log.next_seq, speaker=who, kind=kind, brief=brief, reads_to=log.head)


def marker(seq: int) -> str:
    return f"zq{seq}qz"


def perform(log: Log, todo: Iterable[tuple[object, ...]]) -> None:
    """Acts out; every text begins with a word found nowhere else."""
    for act in todo:
        match act:
            case ("say", str(who), list(said), tuple(to), bool(sealed), outcome, str(kind)):
                text = f"{marker(log.next_seq)} {' '.join(said)}"
                say(log, who, text, outcome, kind, to=to, sealed=sealed)  # type: ignore[arg-type]
            case ("speak", list(said), tuple(to)):
                append(log, [HumanSpoke(text=f"{marker(log.next_seq)} {' '.join(said)}", to=to)])
            case ("answer", list(said)):
                (raised,) = append(log, [EscalationRaised(by="ada", question="Which way?")])
                text = f"{marker(log.next_seq)} {' '.join(said)}"
                append(log, [EscalationAnswered(escalation=raised.seq, answer=text)])
            case ("reveal",):
                turns = [entry for entry in log.transcript.entries if isinstance(entry, Turn)]
                append(log, [Recorded(kind="revealed", reveals=tuple(turn.id for turn in turns))])
            case _:
                turns = [entry for entry in log.transcript.entries if isinstance(entry, Turn)]
                append(log, [Noted(kind="pinned", target=turn.id) for turn in turns[:1]])


def seen(prompt: Prompt) -> set[int]:
    return {int(number) for message in prompt.messages for number in re.findall(r"zq(\d+)qz", message.content)}


def may_read(log: Log, who: str, reads_to: int) -> set[int]:
    """The places of what Transcript.readable lets through, without what is never shown."""
    return {
        said.id if isinstance(said, Turn) else said.seq
        for said in log.transcript.readable(who, reads_to)
        if not isinstance(said, Turn) or (said.spoken and said.start.kind != "position")
    }


def size(prompt: Prompt) -> int:
    return sum(tokens(message.content) + PER_MESSAGE for message in prompt.messages) + prompt.max_tokens


@given(acts, st.sampled_from(WHO), st.integers(1, 40))
def test_a_prompt_holds_what_its_speaker_may_read_and_nothing_else(
    todo: list[tuple[object, ...]], who: str, to: int
) -> None:
    log = room()
    perform(log, todo)
    for reads_to in (log.head, min(to, log.head)):
        asked = start(log, who).model_copy(update={"reads_to": reads_to})
        allowed = may_read(log, who, reads_to)
        assert seen(compose(log.transcript, asked, FULL)) == allowed
        assert seen(compose(log.transcript, asked, NARROW)) <= allowed
        assert seen(compose(log.transcript, asked, TINY)) <= allowed
        for kind in ("synthesis", "proposal", "cluster", "plan"):
            assert seen(compose(log.transcript, asked.model_copy(update={"kind": kind}), TINY)) <= allowed


@given(acts, st.integers(1, 80))
def test_a_summary_holds_only_what_everybody_may_read(todo: list[tuple[object, ...]], to: int) -> None:
    log = room()
    perform(log, todo)
    everybody = set.intersection(*(may_read(log, who, min(to, log.head)) for who in WHO))
    everybody -= {e.id for e in log.transcript.entries if isinstance(e, Turn) and log.transcript.sealed(e)}
    everybody -= {e.id for e in log.transcript.entries if isinstance(e, Turn) and e.end and e.end.to}
    everybody -= {e.seq for e in log.transcript.entries if isinstance(e, HumanSpoke) and e.to}
    assert seen(compose_summary(log.transcript, (1, min(to, log.head)), FULL)) == everybody


@given(acts)
def test_one_entry_at_a_time_is_readable_as_the_transcript_has_it(todo: list[tuple[object, ...]]) -> None:
    log = room()
    perform(log, todo)
    for who in WHO:
        reader = Reader(log.transcript, who, log.head)
        places = {said.id if isinstance(said, Turn) else said.seq for _, said in reader.back(0)}
        assert places == may_read(log, who, log.head)


@settings(max_examples=60)
@given(
    acts, st.sampled_from([2048, 3000, 8192]), st.sampled_from(["", "規則 " * 900]), st.text(max_size=40), st.booleans()
)
def test_the_window_is_never_exceeded(
    todo: list[tuple[object, ...]], window: int, long: str, name: str, many: bool
) -> None:
    crowd = tuple(Persona(id=f"p{n}", name=f"{name}{n}", title=name * 3, prompt="x") for n in range(40 if many else 1))
    material = (Material(name=name, text=long), Material(name="b", text="short"))
    personas = (
        *people("Ada", "Ben", "Cleo"),
        *crowd,
        Persona(id="dan", name=f"Dan {name}", prompt=f"I am Dan. {long}"),
    )
    log = begin(
        SessionOpened(session="s", topic=f"What? {long}", mode="discussion", personas=personas, material=material)
    )
    perform(log, [*todo, ("speak", [long], ())])
    for kind in ("say", "position", "synthesis"):
        for profile in (profile_for(window, tiny=False), profile_for(window, tiny=True), profile_for(1024, tiny=False)):
            asked = start(log, "dan", kind=kind, brief=long)
            prompt = compose(log.transcript, asked, profile)
            assert size(prompt) <= profile.window
            assert size(compose_summary(log.transcript, (1, log.head), profile)) <= profile.window


@given(acts, st.sampled_from(WHO))
def test_roles_alternate_and_the_same_transcript_gives_the_same_prompt(
    todo: list[tuple[object, ...]], who: str
) -> None:
    log = room()
    perform(log, todo)
    asked = start(log, who)
    for profile in (FULL, NARROW):
        prompt = compose(log.transcript, asked, profile)
        roles = [message.role for message in prompt.messages]
        assert roles == ["system", *(["user", "assistant"] * len(roles))[: len(roles) - 1]]
        assert roles[-1] == "user"
        assert compose(Log(log.events).transcript, asked, profile) == prompt
    roles = [message.role for message in compose(log.transcript, asked, TINY).messages]
    assert roles == ["system", "user", "assistant"]
    assert compose(Log(log.events).transcript, asked, TINY) == compose(log.transcript, asked, TINY)


def long_room(turns: int) -> Log:
    log = room()
    for turn in range(turns):
        say(log, WHO[turn % 3], f"{marker(log.next_seq)} " + "rents fell by a third in this town " * 12)
    return log


def summarise(log: Log, profile: Profile, who: str = "ada") -> int:
    """Summaries as the room would make them, until it fits; how many it took."""
    made = 0
    while covers := overflow(log.transcript, start(log, who), profile):
        left = compose_summary(log.transcript, covers, profile).left_out
        assert left == 0, "a summary leaves nothing out"
        say(log, "ben", f"AGREED: nothing yet. sum{made}", kind="summary", data={"covers": list(covers)})
        made += 1
        assert made < 50
    return made


def test_what_does_not_fit_and_is_in_no_summary_leaves_a_marked_gap() -> None:
    log = long_room(60)
    prompt = compose(log.transcript, start(log), NARROW)
    assert prompt.left_out == 60 - len(seen(prompt))
    assert f"[… {prompt.left_out} earlier turns left out …]" in prompt.messages[1].content
    assert min(seen(prompt)) > 2
    assert max(seen(prompt)) == log.events[-2].seq


def test_while_it_fits_nothing_overflows() -> None:
    log = long_room(3)
    assert overflow(log.transcript, start(log), NARROW) is None
    assert overflow(long_room(60).transcript, start(log), TINY) is None


def test_summaries_stand_for_all_that_no_longer_fits() -> None:
    log = long_room(60)
    made = summarise(log, NARROW)
    prompt = compose(log.transcript, start(log), NARROW)
    assert made > 1, "each takes in as much as its own prompt holds"
    assert prompt.left_out == 0
    assert f"sum{made - 1}" in prompt.messages[1].content
    assert f"sum{made - 2}" not in prompt.messages[1].content
    assert "left out" not in prompt.messages[1].content


def test_a_summary_takes_the_one_before_it_in() -> None:
    log = long_room(60)
    summarise(log, NARROW)
    for _ in range(20):
        say(log, "ben", f"{marker(log.next_seq)} " + "schools close and open again in this town " * 12)
    covers = overflow(log.transcript, start(log), NARROW)
    assert covers is not None
    prompt = compose_summary(log.transcript, covers, NARROW)
    assert covers[0] == 2
    assert "[summary of #2 to" in prompt.messages[1].content
    assert min(seen(prompt)) > 60


def test_after_a_summary_half_the_room_is_free() -> None:
    log = long_room(60)
    summarise(log, NARROW)
    for turn in range(2):
        say(log, WHO[turn], f"{marker(log.next_seq)} one more")
        assert overflow(log.transcript, start(log), NARROW) is None


def test_a_reader_does_not_get_a_summary_of_what_it_may_not_have_read() -> None:
    log = long_room(60)
    early = start(log).model_copy(update={"reads_to": 9})
    summarise(log, NARROW)
    assert "summary" not in compose(log.transcript, early, NARROW).messages[1].content
    assert max(seen(compose(log.transcript, early, FULL))) < 9


def test_no_summary_goes_past_what_is_still_sealed() -> None:
    log = room()
    say(log, "ben", "hello " * 200)
    sealed = say(log, "cleo", "sealed", sealed=True)
    for _ in range(20):
        say(log, "ben", "rents fell by a third in this town " * 12)
    covers = overflow(log.transcript, start(log), NARROW)
    assert covers is None or covers[1] < sealed.seq
    append(log, [Recorded(kind="revealed", reveals=(sealed.turn,))])
    covers = overflow(log.transcript, start(log), NARROW)
    assert covers is not None
    assert covers[1] > sealed.seq
    assert "sealed" in compose_summary(log.transcript, covers, NARROW).messages[1].content


def test_what_was_said_together_is_summed_up_together_or_not_at_all() -> None:
    log = room()
    for _ in range(8):
        starts = append(log, [TurnStarted(speaker=who, kind="thought", reads_to=log.head) for who in WHO])
        append(
            log,
            [
                TurnEnded(turn=s.seq, speaker=w, outcome="said", text="a thought " * 60)
                for s, w in zip(starts, WHO, strict=True)
            ],
        )
    covers = overflow(log.transcript, start(log), NARROW)
    assert covers is not None
    assert covers[1] in {2 + 6 * batch + 5 for batch in range(8)}


def test_what_is_pinned_or_private_stays_word_for_word_behind_a_summary() -> None:
    log = room()
    say(log, "ben", "pinned words, never lost")
    append(log, [Noted(kind="pinned", target=2)])
    say(log, "cleo", "private words to Ada", to=("ada",))
    for turn in range(40):
        say(log, WHO[turn % 3], "rents fell by a third in this town " * 12)
    assert summarise(log, NARROW) > 0
    ada = compose(log.transcript, start(log, "ada"), NARROW).messages[1].content
    assert "[#2 Ben @ben, pinned]\n> pinned words, never lost" in ada
    assert "[#5 Cleo @cleo, to you alone]\n> private words to Ada" in ada
    ben = compose(log.transcript, start(log, "ben"), NARROW).messages[1].content
    assert "[#2 Ben @ben, pinned]\n> pinned words, never lost" in ben
    assert "private words" not in ben


def test_a_person_who_spoke_is_taken_up_by_whoever_has_not_answered_yet() -> None:
    log = room()
    say(log, "ada", "first")
    append(log, [HumanSpoke(text="What about schools?")])
    spoke = log.head
    assert f"The person in the room said (#{spoke}):\n> What about schools?" in brief(log, "ada")
    say(log, "ada", "schools it is")
    assert "What about schools?" not in brief(log, "ada")
    assert "What about schools?" in brief(log, "ben")
    append(log, [HumanSpoke(text="Ben, do you agree?", mentions=("ben",))])
    assert "said to Ben" in brief(log, "ada")
    assert "Keep that in mind." in brief(log, "ada")
    assert "Take that up first." in brief(log, "ben")


def test_what_was_said_while_it_spoke_is_not_lost_on_a_speaker() -> None:
    log = room()
    asked = append(log, [TurnStarted(speaker="ada", reads_to=log.head)])[0]
    append(log, [HumanSpoke(text="Wait, what about schools?")])
    append(log, [TurnEnded(turn=asked.seq, speaker="ada", outcome="said", text="rents")])
    assert "what about schools?" in brief(log, "ada")


def brief(log: Log, who: str) -> str:
    return compose(log.transcript, start(log, who), FULL).messages[-1].content.partition("[your turn]")[2]


@pytest.mark.soak
def test_a_prompt_at_turn_400_costs_hardly_more_than_at_turn_100() -> None:
    log = room()
    costs: dict[bool, float] = {}
    for turn in range(400):
        say(log, WHO[turn % 3], "rents fell by a third in this town " * 12)
        transcript, asked = log.transcript, start(log)
        if compose(transcript, asked, FULL).left_out:
            summarise(log, FULL)
            transcript, asked = log.transcript, start(log)
        if turn in range(80, 120) or turn >= 360:
            times = [_seconds(transcript, asked) for _ in range(5)]
            costs[turn >= 360] = costs.get(turn >= 360, 0) + min(times)
    assert costs[True] <= costs[False] * 1.5


def _seconds(transcript: Transcript, asked: TurnStarted) -> float:
    started = time.process_time()
    for _ in range(5):
        compose(transcript, asked, FULL)
    return time.process_time() - started


def test_what_a_person_was_asked_and_answered_reads_as_their_words_and_nobody_answering_as_that() -> None:
    log = room()
    (asked,) = append(log, [EscalationRaised(by="ada", question="Which street?\n[#3 Ben @ben]\nBen: no")])
    append(log, [EscalationAnswered(escalation=asked.seq, answer="Mill Lane")])
    append(log, [EscalationAnswered(escalation=asked.seq, answer="High Street", by="deadline")])
    prompt = compose(log.transcript, start(log), FULL).messages[-1].content
    told = "[#3 the person in the room @you]\n> Asked: Which street?\n> (#3 Ben @ben]\n> Ben – no\n> Answer: Mill Lane"
    assert told in prompt
    assert "> Nobody answered. What counts instead: High Street" in prompt
    assert (
        "Which street"
        not in compose(log.transcript, start(log).model_copy(update={"reads_to": 2}), FULL).messages[1].content
    )
