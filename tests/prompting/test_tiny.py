"""What a tiny model is shown is made by code: short, never a whole sentence of another, and begun for it."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from agentchat.events import HumanSpoke, ParticipantChanged, SessionOpened, TurnEnded, TurnStarted
from agentchat.log import Log
from agentchat.persona import Persona
from agentchat.prompting import TINY, Prompt, compose, too_similar, whole, worth
from agentchat.prompting.openings import ANSWER, FIRST, LAST, LATER, RISK, idea, last_sentence, split
from agentchat.prompting.tiny import part_of
from agentchat.prompting.topical import said_to
from agentchat.testing import append, begin, people

TOPIC = "How could a small town win back young families?"
WHO = ("ada", "ben", "cleo", "dev")


def room(seed: int = 0, rounds: int = 3) -> Log:
    personas = people("Ada", "Ben", "Cleo", "Dev")
    return begin(
        SessionOpened(
            session="s", topic=TOPIC, mode="discussion", settings={"rounds": rounds}, personas=personas, seed=seed
        )
    )


def start(log: Log, who: str, round_: int = 1, kind: str = "say") -> TurnStarted:
    return TurnStarted(turn=log.next_seq, speaker=who, kind=kind, round=round_, reads_to=log.head)


def say(log: Log, who: str, text: str, round_: int = 1) -> None:
    begun = append(log, [TurnStarted(speaker=who, round=round_, reads_to=log.head)])[0]
    append(log, [TurnEnded(turn=begun.seq, speaker=who, outcome="said", text=text)])


def opening(prompt: Prompt) -> str:
    assert prompt.messages[-1].role == "assistant"
    return prompt.messages[-1].content


def user(prompt: Prompt) -> str:
    return prompt.messages[1].content


LET = "As an economist, I would let the empty houses for nothing, for a year. More."
OPEN = "Building on what Ben said, we could instead open the school in the evening."
SAY = "To make Dr Dent's idea work, we should say that money comes first."
LONG = "As a baker, I would refine the plan to make it more specific and actionable for the small town's residents."
SCALE = "For example, we could build a unified, scalable bus network that lasts."


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (LET, "wants to let the empty houses for nothing"),
        (OPEN, "wants to open the school in the evening"),
        ("One thing we could try is to make buses free on Sundays.", "wants to make buses free on Sundays"),
        (SAY, "says money comes first"),
        (SCALE, "wants to build a unified, scalable bus network"),
        ("The risk with Ada's idea is that nobody pays for it.", "worries that nobody pays for it"),
        ("What matters most to me is that children play outside.", "says children play outside"),
        ("The rents are **too high**, and they rise.", "says the rents are too high"),
        ("I think that rents fell by a third.", "says rents fell by a third"),
        ("For example, we could build a tower based on the", "wants to build a tower"),
        ("@ben what happens now?\nMore follows here.", "says what happens now"),
        ("Unlike Ada, I would love a library with a garden.", "wants a library with a garden"),
        ("As a baker, I would need to rethink the market hall.", "wants to rethink the market hall"),
        ("Unlike Ada, I would not close the old school.", "does not want to close the old school"),
        ("Unlike Ada, I would rather not advise closing the school.", "does not suggest closing the school"),
        ("Unlike Ada, I would not want a second bus line.", "does not want a second bus line"),
        ("As a baker, I would suggest building a market hall.", "suggests building a market hall"),
        ("As a baker, I would recommend that rents fall by half.", "says rents fall by half"),
        ("One thing we could try is adding a fresh voice.", "suggests adding a fresh voice"),
        ("One thing we could try is that we all move.", "says we all move"),
        ("The main problem is that housing is too dear.", "worries that housing is too dear"),
        (LONG, "wants to refine the plan to make it more specific and actionable"),
        ("The main problem is that its identity can be lost when it has no", "worries that its identity can be lost"),
        ("# Plan\n- Sell the hall", ""),
        ("Yes.", ""),
        ("", ""),
        ("*** …", ""),
    ],
)
def test_a_turn_comes_to_a_few_words(text: str, short: str) -> None:
    assert idea(text) == short


@given(st.text(), st.sampled_from([*FIRST, *LATER, "", "I think"]))
def test_what_a_turn_comes_to_is_one_short_line(text: str, begun: str) -> None:
    short = idea(f"{begun} {text}")
    assert len(short) <= 105
    assert len(short.split()) <= 17
    assert not set(short) & set('\n[]<>|*#"')


@pytest.mark.parametrize("begun", [*FIRST, *LATER, *LAST, *ANSWER])
def test_every_opening_is_known_again(begun: str) -> None:
    filled = begun.replace("{t}", "a school teacher").replace("{x}", "Dr Dent")
    assert split(f"{filled} try it now.") == (begun, "try it now.")


def test_the_persons_last_sentence_is_taken_as_it_is_without_its_address() -> None:
    assert last_sentence("Well. @ben what about *noise*?", 25) == "What about noise?"
    assert last_sentence("go on", 25) == "Go on."
    assert len(last_sentence("word " * 90, 25).split()) == 25


RENTS = "You are an economist. You only talk about rents and who pays."


@pytest.mark.parametrize(
    ("focus", "title", "part"),
    [
        (RENTS, "banker", ("an economist", "rents and who pays")),
        ("Buses and their riders.", "planner", ("a planner", "buses and their riders")),
        ("Children, and care.", "editor", ("an editor", "children, and care")),
        ("You plan. You build. You only talk about streets.", "chair", ("a chair", "")),
        ("", "", ("a participant", "")),
    ],
)
def test_a_persona_is_one_line(focus: str, title: str, part: tuple[str, str]) -> None:
    assert part_of(Persona(id="p", name="P", prompt="p", focus=focus, title=title)) == part


def test_who_cares_for_nothing_known_is_a_job_alone() -> None:
    assert str(part_of(Persona(id="p", name="P", prompt="p", focus=RENTS))) == (
        "an economist who cares about rents and who pays"
    )
    assert str(part_of(Persona(id="p", name="P", prompt="p"))) == "a participant"


def test_no_two_turns_of_a_round_open_alike_nor_two_in_a_row() -> None:
    for seed in range(20):
        log, used = room(seed), [""]
        for round_ in (1, 2, 3):
            in_round = set()
            for who in WHO:
                begun = opening(compose(log.transcript, start(log, who, round_), TINY))
                template = split(begun)[0]
                assert template not in in_round
                assert template != used[-1]
                in_round.add(template)
                used.append(template)
                say(log, who, f"{begun} let the houses of {who} for {round_}. They stand empty.", round_)


def test_openings_follow_the_stage_of_the_discussion() -> None:
    log = room()
    assert split(opening(compose(log.transcript, start(log, "ada"), TINY)))[0] in FIRST
    say(log, "ben", "For example, we could open the school in the evening. It is empty.")
    second = compose(log.transcript, start(log, "ada"), TINY)
    assert split(opening(second))[0] in LATER
    assert user(second).split("\n")[:2] == [f"Question: {TOPIC}", "Ben wants to open the school in the evening."]
    assert "It is empty" not in user(second)
    assert split(opening(compose(log.transcript, start(log, "ada", 3), TINY)))[0] in (*LAST, *LATER)


def test_each_attempt_opens_otherwise_and_warmer() -> None:
    log = room()
    say(log, "ben", "For example, we could open the school in the evening.")
    prompts = [compose(log.transcript, start(log, "ada"), TINY, attempt=attempt) for attempt in range(3)]
    assert len({opening(prompt) for prompt in prompts}) == 3
    assert [prompt.temperature for prompt in prompts] == [0.4, 0.5, 0.6]


def test_the_person_is_taken_up_by_the_next_two_or_by_whoever_is_addressed() -> None:
    log = room()
    say(log, "ben", "For example, we could open the school in the evening.")
    append(log, [HumanSpoke(text="Good. What about old people?")])
    for who in ("ada", "cleo"):
        prompt = compose(log.transcript, start(log, who), TINY)
        assert "\nA visitor says: What about old people?\nAnswer the visitor as" in user(prompt)
        assert split(opening(prompt))[0] in ANSWER
        say(log, who, "For that, we could build homes for them.")
    assert "old people" not in user(compose(log.transcript, start(log, "dev"), TINY))
    append(log, [HumanSpoke(text="@dev and cars?", mentions=("dev",))])
    assert "And cars?" in user(compose(log.transcript, start(log, "dev"), TINY))
    assert "And cars?" not in user(compose(log.transcript, start(log, "ben"), TINY))


def test_what_the_room_did_between_two_speakers_takes_nothing_up() -> None:
    log = room()
    running = append(log, [TurnStarted(speaker="ben", round=1, reads_to=log.head)])[0]
    append(log, [HumanSpoke(text="What about old people?")])
    append(log, [TurnEnded(turn=running.seq, speaker="ben", outcome="said", text="For example, we could wait.")])
    task = append(log, [TurnStarted(speaker="ada", kind="proposal", reads_to=log.head)])[0]
    append(log, [TurnEnded(turn=task.seq, speaker="ada", kind="proposal", outcome="said", text="We should wait.")])
    for who in ("ada", "ben"):
        assert said_to(log.transcript, start(log, who)) == "What about old people?"
        say(log, who, "For that, we could build homes for them.", 2)
    assert not said_to(log.transcript, start(log, "cleo"))


def test_of_those_who_speak_at_once_two_take_up_the_person() -> None:
    log = room()
    append(log, [HumanSpoke(text="What about old people?")])
    starts = [start(log, who, kind="thought").model_copy(update={"sealed": True}) for who in WHO]
    assert [bool(said_to(log.transcript, one)) for one in starts] == [True, True, False, False]


def test_words_to_another_leave_the_words_to_all_standing() -> None:
    log = room()
    append(log, [HumanSpoke(text="What about old people?")])
    append(log, [HumanSpoke(text="@dev and cars?", mentions=("dev",))])
    assert said_to(log.transcript, start(log, "ada")) == "What about old people?"
    assert said_to(log.transcript, start(log, "dev")) == "And cars?"


@pytest.mark.parametrize("after", ["", "For example, we could open the school in the evening."])
def test_those_who_speak_at_once_open_each_otherwise_however_often_they_are_asked(after: str) -> None:
    for seed in range(10):
        log = room(seed)
        if after:
            say(log, "ben", after)
        head, begun = log.head, []
        for who in WHO:
            one = append(log, [TurnStarted(speaker=who, kind="thought", sealed=True, round=1, reads_to=head)])[0]
            assert isinstance(one, TurnStarted)
            prompts = [compose(log.transcript, one, TINY, attempt=attempt) for attempt in range(3)]
            assert len({opening(prompt) for prompt in prompts}) == 1
            begun.append(split(opening(prompts[0]))[0])
        assert len(set(begun)) == len(WHO)
        assert RISK not in begun


def test_the_risk_is_asked_for_once_a_round_however_many_speak() -> None:
    log, begun = room(), []
    say(log, "ben", "For example, we could open the school in the evening.", 0)
    for at in range(12):
        begun.append(opening(compose(log.transcript, start(log, WHO[at % 4]), TINY)))
        say(log, WHO[at % 4], f"{begun[-1]} build homes for {at} of them.")
    assert sum(split(text)[0] == RISK for text in begun) == 1


def bias(prompt: Prompt) -> dict[str, float]:
    listed = prompt.sampling["logit_bias"]
    assert isinstance(listed, list)
    return {str(pair[0]): float(str(pair[1])) for pair in listed if isinstance(pair, list)}


def test_a_reply_leans_towards_the_question_the_focus_and_most_to_the_persons_words() -> None:
    log = room()
    first = bias(compose(log.transcript, start(log, "ada"), TINY))
    assert {word for word, weight in first.items() if weight == 1.0} == {
        *(" small", " town", " back", " young", " families")
    }
    assert {word for word, weight in first.items() if weight == 0.7} == {" cares", " adas"}
    assert {word: weight for word, weight in first.items() if weight < 0} == {" say": -4.0, " argue": -2.0}
    append(log, [HumanSpoke(text="Would young people say so?")])
    then = bias(compose(log.transcript, start(log, "ada"), TINY))
    assert (then[" young"], then[" people"], then[" town"], then[" say"]) == (1.5, 1.5, 1.0, -4.0)


def test_a_task_is_drawn_by_the_question_alone_and_told_no_number_of_sentences() -> None:
    for kind in ("proposal", "cluster", "synthesis"):
        log = room()
        say(log, "ada", "For example, we could let the empty houses for nothing. Families would come.")
        prompt = compose(log.transcript, start(log, "ben", kind=kind), TINY)
        assert "sentence" not in user(prompt)
        assert user(prompt).endswith("\nWhat should be done?")
        assert " families" in bias(prompt)
        assert " cares" not in bias(prompt)
        assert bias(prompt)[" consider"] < 0


def test_a_synthesis_begins_with_what_each_one_wants() -> None:
    log = room()
    say(log, "ada", "For example, we could let the empty houses for nothing. Families would come.")
    say(log, "ben", "Unlike Ada, I would open the school in the evening. Families need it.")
    prompt = compose(log.transcript, start(log, "cleo", kind="synthesis"), TINY)
    assert opening(prompt) == (
        "Ada wants to let the empty houses for nothing. Ben wants to open the school in the evening."
        " Together, we should"
    )
    assert opening(compose(room().transcript, start(room(), "cleo", kind="synthesis"), TINY)) == "We should"


def test_a_synthesis_prefers_what_can_be_read_alone() -> None:
    log = room()
    say(log, "ada", "For example, we could let the houses for nothing. Families would come to the town.")
    say(log, "ada", "The risk with Ben's idea is that it might not be what young families in the town are looking for.")
    prompt = compose(log.transcript, start(log, "cleo", kind="synthesis"), TINY)
    assert opening(prompt) == "Ada wants to let the houses for nothing. Together, we should"


def test_an_idea_is_never_begun_as_criticism() -> None:
    log = room()
    say(log, "ben", "For example, we could open the school in the evening.", 0)
    asked = start(log, "ada", kind="idea")
    assert RISK not in {split(opening(compose(log.transcript, asked, TINY, attempt)))[0] for attempt in range(8)}


GOOD = "For example, we could offer families in a small town an empty house for a year, as a start."


@pytest.mark.parametrize(
    ("text", "further"),
    [
        (GOOD, None),
        ("For example, we could let every family live in the empty houses for nothing at all, for years.", "Ben"),
        ("For example, we could ask how a small town could win back young families, and wait for it.", "question"),
        ("For example, we could paint all the boats blue and sail them to the islands in the summer.", "question"),
        ("For example, we could answer this question about families in two sentences that somebody likes.", "itself"),
        ("For example, we could follow Ada to a town of families and be as happy there as one can be.", "itself"),
        ("For example, we could help families.", "itself"),
    ],
)
def test_a_reply_that_repeats_strays_or_is_about_itself_is_asked_for_again(text: str, further: str | None) -> None:
    log = room()
    say(log, "ben", "Unlike Ada, I would let every family live in the empty houses for nothing.")
    wish = too_similar(log.transcript, start(log, "ada"), text)
    assert wish is None if further is None else further in (wish or "")
    if further:
        assert worth(log.transcript, start(log, "ada"), text) < worth(log.transcript, start(log, "ada"), GOOD)


def test_a_reply_to_the_person_is_about_what_was_said_not_the_question() -> None:
    log = room()
    append(log, [HumanSpoke(text="What would a bakery cost?")])
    asked = start(log, "ada")
    answer = "For that, we could give the old bakery a new oven, and let whoever runs it live upstairs for a while."
    assert too_similar(log.transcript, asked, answer) is None
    assert too_similar(log.transcript, asked, GOOD) == "it is not about what was said to it"
    assert worth(log.transcript, asked, answer) > worth(log.transcript, asked, GOOD)


def test_words_of_the_person_that_name_nothing_leave_the_question_to_be_judged_by() -> None:
    log = room()
    append(log, [HumanSpoke(text="So what?")])
    assert too_similar(log.transcript, start(log, "ada"), GOOD) is None


@pytest.mark.parametrize("kind", ["proposal", "cluster", "synthesis"])
def test_a_task_is_asked_for_again_only_where_it_speaks_of_itself(kind: str) -> None:
    log = room()
    asked = start(log, "ada", kind=kind)
    said = "Ben wants to answer every question. Together, we should"
    assert too_similar(log.transcript, asked, f"{said} open it.") is None
    assert too_similar(log.transcript, asked, f"{said} answer in two short sentences.")
    assert too_similar(log.transcript, asked, f"{said} say what's your plan in this paragraph.")
    assert worth(log.transcript, asked, f"{said} open it.") > worth(log.transcript, asked, f"{said} write a paragraph.")


def test_no_structured_answer_is_asked_for_again() -> None:
    assert too_similar(room().transcript, start(room(), "ada", kind="position"), "no") is None


def test_a_reply_cut_off_ends_with_its_last_whole_sentence() -> None:
    assert whole("One. Two! Thr") == "One. Two!"
    assert whole("One") == "One"


def test_a_model_behind_another_server_is_told_how_to_begin() -> None:
    log = room()
    append(log, [ParticipantChanged(participant="ada", model="ollama/qwen2.5:0.5b")])
    prompt = compose(log.transcript, start(log, "ada"), TINY)
    assert [message.role for message in prompt.messages] == ["system", "user"]
    assert user(prompt).partition("\nBegin with: ")[2].removeprefix("As a participant, ") in {*FIRST, "I would"}
    assert not prompt.grammar
    assert not prompt.sampling


def test_who_puts_a_whole_together_begins_with_what_was_done_of_each_task() -> None:
    log = room()
    for who, text in (
        ("ada", "I would count the houses on Mill Street. It is late."),
        ("ben", "I would ask the schools."),
    ):
        begun = append(log, [TurnStarted(speaker=who, kind="task", stage="task 1: x", reads_to=log.head)])[0]
        append(log, [TurnEnded(turn=begun.seq, speaker=who, kind="task", outcome="said", text=text)])
    prompt = compose(log.transcript, start(log, "cleo", 0, "assembly"), TINY)
    assert opening(prompt).startswith("Ada would count the houses on Mill Street. Ben would ask the schools. ")


def test_who_works_in_a_stage_reads_what_the_one_before_made_and_which_words_it_must_hold() -> None:
    log = room()
    say(log, "ben", "We lease the mill to families for a year. It stands empty.")
    (made,) = (event.turn for event in log.events if isinstance(event, TurnStarted))
    wanted = "Stage 2 of 3: plan. Work from #2. It must have at most 40 words; it must have “evening”."
    asked = TurnStarted(
        turn=log.next_seq,
        speaker="ada",
        kind="work",
        stage="plan, try 2",
        brief=wanted,
        reply_to=made,
        reads_to=log.head,
    )
    prompt = user(compose(log.transcript, asked, TINY))
    assert "Ben wrote: We lease the mill to families for a year." in prompt
    assert "Give the plan. Mention evening." in prompt
    assert "#2" not in prompt
    judging = user(compose(log.transcript, asked.model_copy(update={"kind": "verdict"}), TINY))
    assert "Ben wrote: We lease the mill" in judging
    assert "Is that good enough?" in judging
