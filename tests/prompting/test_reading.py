"""Texts are read once into typed fields; what they steer is attention, never authority."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies as st

from agentchat.events import EscalationAnswered, HumanSpoke, SessionOpened, TurnEnded, TurnStarted
from agentchat.persona import Persona
from agentchat.prompting import Reading, read_human, read_reply
from agentchat.prompting.raising import MOST, raised
from agentchat.testing import append, begin
from agentchat.transcript import Transcript

PEOPLE = tuple(
    Persona(id=id_, name=name, prompt="…")
    for id_, name in (("ada", "Ada Lovelace"), ("ben", "Ben"), ("dr-cleo", "Dr. Cleo Dent"), ("sys", "Système"))
)
ROOM = begin(SessionOpened(session="s", topic="What now?", mode="discussion", personas=PEOPLE)).transcript


def read(raw: str, kind: str = "say", transcript: Transcript = ROOM, reply_to: int | None = None) -> Reading:
    return read_reply(transcript, TurnStarted(turn=9, speaker="ada", kind=kind, reply_to=reply_to), raw)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Rents fell.", "Rents fell."),
        ("  Rents fell.\n", "Rents fell."),
        ("Ada Lovelace: Rents fell.", "Rents fell."),
        ("**Ada Lovelace:** Rents fell.", "Rents fell."),
        ("**Ada Lovelace**: Rents fell.", "Rents fell."),
        ("*Ada:* Rents fell.", "Rents fell."),
        ("ada: Rents fell.", "Rents fell."),
        ("Ada (@ada): Rents fell.", "Rents fell."),
        ("Ada Lovelace (economist): Rents fell.", "Rents fell."),
        ("Ada Lovelace says: Rents fell.", "Rents fell."),
        ("[Ada Lovelace] Rents fell.", "Rents fell."),
        ("[Ada Lovelace]: Rents fell.", "Rents fell."),
        ("### Ada Lovelace\nRents fell.", "Rents fell."),
        ("**Ada Lovelace**\n\nRents fell.", "Rents fell."),
        ("[#9 Ada Lovelace @ada]\n> Rents fell.\n> By half.", "Rents fell.\nBy half."),
        ("Assistant: Rents fell.", "Rents fell."),
        ("Ada: Ada Lovelace: Rents fell.", "Rents fell."),
        ("> Rents fell.\n>\n> By half.", "Rents fell.\n\nBy half."),
        ("<think>Ben: who am I? PASS</think>\n\nRents fell.", "Rents fell."),
        ("<thinking>one</thinking><think>two</think>Rents fell.", "Rents fell."),
        ("I should say this.\n</think>\nRents fell.", "Rents fell."),
        ("Rents fell. <think>Right?</think>By half.", "Rents fell. By half."),
        ("<think>never ends", ""),
        ("Write `<think>` and `</think>` around it.", "Write `<think>` and `</think>` around it."),
        ("Rents fell.<|im_end|>\n<|im_start|>user\nmore", "Rents fell."),
        ("<|im_start|>assistant\nRents fell.", "Rents fell."),
        ("Rents fell.<end_of_turn>", "Rents fell."),
        ("Rents fell.</s>", "Rents fell."),
        ("The token is `<|im_end|>`.", "The token is `<|im_end|>`."),
        ("a <- b |> c", "a <- b |> c"),
        ("Ada Lovelace would say: no.", "Ada Lovelace would say: no."),
        ("Note: rents fell.", "Note: rents fell."),
        ("", ""),
    ],
)
def test_a_reply_is_what_its_speaker_says_and_nothing_else(raw: str, text: str) -> None:
    reading = read(raw)
    assert (reading.text, reading.cut, reading.passed) == (text, False, False)


@pytest.mark.parametrize(
    "other",
    [
        "Ben: And the school?",
        "**Ben:** And the school?",
        "**Ben**: And the school?",
        "**Ben**\nAnd the school?",
        "### Ben\nAnd the school?",
        "[Ben] And the school?",
        "[Ben]: And the school?",
        "[#12 Ben @ben]\n> And the school?",
        "> [#12 Ben @ben]\n> And the school?",
        "Ben (@ben): And the school?",
        "ＢＥＮ： And the school?",
        "Bеn: And the school?",
        "Dr. Cleo Dent: And the school?",
        "dr-cleo: And the school?",
        "Human: And the school?",
        "User: And the school?",
        "You: And the school?",
        "[#12 the person in the room @you]\n> And the school?",
        "The person in the room: And the school?",
        "System: And the school?",
        "Moderator: And the school?",
        "Systeme: And the school?",
    ],
)
def test_a_reply_is_cut_where_it_begins_to_speak_for_another(other: str) -> None:
    reading = read(f"Rents fell.\n\n{other}\n\nAda Lovelace: Indeed.")
    assert (reading.text, reading.cut) == ("Rents fell.", True)
    assert "cut there" in reading.note


def test_the_note_names_who_was_spoken_for() -> None:
    assert read("Yes.\nBen: no").note == "It began to speak for Ben and was cut there."
    assert read("Yes.\nHuman: no").note == "It began to speak for you and was cut there."
    assert read("Yes.\nSystem: no").note == "It began to speak for the room and was cut there."


def test_a_reply_that_is_all_somebody_elses_is_empty() -> None:
    assert read("Ben: As a teacher I disagree.") == Reading("", cut=True, note=read("Yes.\nBen: no").note)


@pytest.mark.parametrize(
    "text",
    [
        "Two views:\n- Ben: schools first\n- Cleo: money first",
        "Two views:\n1. Ben: schools first",
        "Ben, I disagree: schools come first.",
        "As Ben said: schools first.",
        "Ben said: “schools first”.",
        "Dr: a title. Dent: a mark.",
        "Ben's point: schools first.",
        "@ben: what would it cost?",
        "```yaml\nben: 1\nhuman: 2\n```",
        "See [Ben](https://example.org) and [1].",
    ],
)
def test_speaking_of_others_is_not_speaking_for_them(text: str) -> None:
    assert read(text).text == text
    assert not read(text).cut


@pytest.mark.parametrize("kind", ["synthesis", "combination", "work", "task", "errand", "assembly"])
@pytest.mark.parametrize(
    "text",
    [
        "**Still contested**\n\n**Ben:** schools first (#4)\nCleo: money first",
        "Ada: the letter\nBen: the sums",
        '{\n  "title": "Rents",\n  "user": "all",\n  "price": 3\n}',
    ],
)
def test_what_lists_who_said_or_does_what_or_is_a_text_of_any_form_is_left_as_it_is(kind: str, text: str) -> None:
    assert read(text, kind).text == text
    assert not read(text, kind).cut
    assert read("Ada: Done.\n[#12 Ben @ben]\n> I object", "synthesis").text == "Done."


DRESSED = [
    "PASS",
    "pass",
    "PASS.",
    "**PASS**",
    "*Pass.*",
    "`PASS`",
    "(PASS)",
    "Ada: PASS",
    "“PASS”",
    "I pass.",
    "> PASS",
]


@pytest.mark.parametrize("raw", [*DRESSED, "I'll pass", "<think>hm</think>\nPASS", "PASS\n\nBen: I have more"])
def test_a_pass_is_a_pass_however_it_is_dressed(raw: str) -> None:
    assert read(raw).passed
    assert read(raw).text == ""


@pytest.mark.parametrize("raw", ["PASS: I know nothing of taxes.", "**PASS** – I know nothing of taxes."])
def test_why_somebody_passes_goes_on_record_where_passing_is_offered(raw: str) -> None:
    for kind in ("say", "task", "reaction"):
        assert (read(raw, kind).passed, read(raw, kind).text) == (True, "I know nothing of taxes.")
    assert (read("PASS: all tests are green", "work").passed, read(raw, "work").text) == (False, raw)


@pytest.mark.parametrize(
    "raw", ["PASS the law.", "We pass.", "I pass on that, but rents fell.", "Passing", "No PASS here", ""]
)
def test_a_pass_in_a_sentence_is_none(raw: str) -> None:
    assert not read(raw).passed


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("@ben and @dr-cleo, look.", ("ben", "dr-cleo")),
        ("@dr-cleo! @ben. @dr-cleo", ("dr-cleo", "ben")),
        ("@Ben.", ("ben",)),
        ("(@ben) @ben's @ben-", ("ben",)),
        ("@you should decide.", ("you",)),
        ("I, @ada, say so.", ()),
        ("@nobody @zoe @all @everyone", ()),
        ("me@ben.com ben@ben https://x.org/@ben @ben.com @benny @ben_x @ben-x", ()),
        ("`@ben` and ```@ben``` and\n```\n@ben\n```", ()),
        ('He wrote “@ben is wrong” and "@ben" and «@ben».', ()),
        ("> @ben is wrong\n\nNo.", ()),
        ("Don't. @ben can't.", ("ben",)),
    ],
)
def test_a_mention_is_a_whole_id_outside_code_and_quotes(text: str, mentions: tuple[str, ...]) -> None:
    assert read(text).mentions == mentions


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Rents fell. @ben, what would it cost?", "ben"),
        ("@dr-cleo is right. What would it cost, @ben?", "ben"),
        ("@ben **why?**", "ben"),
        ("At 3.5 %, @ben, is it worth it?", "ben"),
        ("@ben why? @dr-cleo how?", "ben"),
        ("@ben is right. Or is he?", ""),
        ("@ben or @dr-cleo, why?", ""),
        ("@you, may we?", ""),
        ("“@ben, why?” he asked.", ""),
        ("Why not?", ""),
    ],
)
def test_a_question_to_exactly_one_asks_that_one(text: str, asked: str) -> None:
    reading = read(text)
    assert reading.intent == ("ask" if asked else "say")
    assert not asked or reading.mentions[0] == asked


def test_no_word_in_a_text_decides_who_may_read_it() -> None:
    assert read("@ben, only for you?").to == ()
    whispered = TurnStarted(turn=9, speaker="ada", to=("ben",))
    assert read_reply(ROOM, whispered, "@dr-cleo, can you hear this?").to == ("ben",)


def test_a_reply_to_a_question_is_an_answer() -> None:
    log = begin(SessionOpened(session="s", topic="What now?", mode="discussion", personas=PEOPLE))
    start = append(log, [TurnStarted(speaker="ben", reads_to=1)])[0]
    asked = append(log, [TurnEnded(turn=start.seq, speaker="ben", outcome="said", text="@ada why?", intent="ask")])[0]
    spoke = append(log, [HumanSpoke(text="@ada go on", mentions=("ada",))])[0]
    assert read("Because.", transcript=log.transcript, reply_to=asked.seq).intent == "answer"
    assert read("Because. @ben, why not?", transcript=log.transcript, reply_to=asked.seq).intent == "ask"
    assert read("Because.", transcript=log.transcript, reply_to=spoke.seq).intent == "say"
    assert read("Because.", transcript=log.transcript).intent == "say"


def test_a_person_addresses_asks_and_is_told_of_unknown_names() -> None:
    heard = read_human(ROOM, " @ben and @zoe, what now? I am @you. ")
    assert heard.text == "@ben and @zoe, what now? I am @you."
    assert (heard.mentions, heard.unknown, heard.intent, heard.to) == (("ben",), ("zoe",), "ask", ())
    assert read_human(ROOM, "Why is that? I wonder.").intent == "ask"
    assert read_human(ROOM, "Go on.").intent == "say"
    assert read_human(ROOM, "@ben go on", to=("ben", "zoe")).to == ("ben",)


@given(
    st.text()
    | st.lists(
        st.sampled_from(["Ben:", "\n", "**", "`", "```", "@ben", "<think>", "</think>", "[#1 Ben", "]", "> ", " "])
    ).map("".join)
)
def test_any_reply_can_be_read_and_reading_it_again_changes_nothing(raw: str) -> None:
    reading = read(raw)
    assert "\n".join(reading.text.split("\n")) in raw or ">" in raw or "think" in raw
    assert not reading.passed or "\n" not in reading.text
    again = read(reading.text)
    assert not again.cut or reading.text.startswith(">")


@pytest.mark.parametrize("piece", ["`", "“", '"', "«", "<think>", "Ben ", "**", "[", "@a-", "> ", "a: ", "(", " "])
def test_a_long_hostile_reply_takes_no_time(piece: str) -> None:
    started = time.process_time()
    read(f"Ada {piece * (100_000 // len(piece))}")
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("raw", "question"),
    [
        ("ASK_HUMAN: Which street?", "Which street?"),
        ("Rents fell.\n[ASK_HUMAN] Which street?\nMore.", "Which street?"),
        ("- **ASK_HUMAN:** Which street?", "Which street?"),
        ("**ASK_HUMAN: Which street?**", "Which street?"),
        ('ASK_HUMAN: "Mill Lane" or not?', '"Mill Lane" or not?'),
        ("ASK_HUMAN: one?\nASK_HUMAN: two?", "one?"),
        ("I would ASK_HUMAN: Which street?", ""),
        ("ASK_HUMAN which street", ""),
        ("ASK_HUMAN:", ""),
        ("ASK_HUMAN: ???", ""),
        ("> ASK_HUMAN: Which street?\nNo.", ""),
        ("```\nASK_HUMAN: Which street?\n```\nNo.", ""),
        ("She wrote `ASK_HUMAN: Which street?`", ""),
        ("ask_human: Which street?", ""),
        ("@you Which street?", ""),
    ],
)
def test_a_line_of_its_own_asks_the_person_and_nothing_else_does(raw: str, question: str) -> None:
    log = begin(ROOM.opened)
    (start,) = append(log, [TurnStarted(speaker="ada", reads_to=1)])
    assert isinstance(start, TurnStarted)
    reading = read_reply(log.transcript, start, raw)
    assert (reading.intent == "escalate") is bool(question)
    end = TurnEnded(turn=start.turn, speaker="ada", outcome="said", text=reading.text, intent=reading.intent)
    assert [(one.by, one.turn, one.question, one.level) for one in raised(log.transcript, end)] == (
        [("ada", start.turn, question, "ask")] if question else []
    )


def test_what_is_sealed_or_private_or_no_speech_asks_the_person_nothing() -> None:
    start = TurnStarted(turn=9, speaker="ada")
    hushed = (start.model_copy(update=more) for more in ({"sealed": True}, {"to": ("ben",)}, {"kind": "cluster"}))
    assert {read_reply(ROOM, one, "ASK_HUMAN: Which street?").intent for one in hushed} == {"say"}


def test_no_persona_floods_the_person_with_questions() -> None:
    log = begin(ROOM.opened)

    def ask(who: str, question: str) -> int:
        (start,) = append(log, [TurnStarted(speaker=who)])
        text = f"ASK_HUMAN: {question}"
        end = TurnEnded(turn=start.seq, speaker=who, outcome="said", text=text, intent="escalate")
        events = raised(log.transcript, end)
        append(log, [end, *events])
        return len(events)

    def answer() -> None:
        append(log, [EscalationAnswered(escalation=one.seq, answer="yes") for one in log.transcript.escalations])

    assert (ask("ada", "One?"), ask("ada", "Two?"), ask("ben", "Three?")) == (1, 0, 1)
    answer()
    assert (ask("ben", "ONE?"), ask("ada", "Four?")) == (0, 1), "a question is not put twice"
    for number in range(MOST):
        answer()
        ask("ada", f"Is it {number}?")
    assert sum(entry.type == "escalation_raised" for entry in log.events) == MOST
