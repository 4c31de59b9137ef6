from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from agentchat.branches import Forks
from agentchat.errors import UsageError
from agentchat.events import HumanSpoke, TurnEnded
from agentchat.importing import read
from agentchat.importing.talk import moment
from agentchat.log import Log
from agentchat.transcript import Turn

SAMPLES = Path(__file__).parent / "samples"


def said(path: Path) -> list[tuple[str, str]]:
    """Who said what on the path, the question first."""
    transcript = Log(event for event, _ in read(path).lines).transcript
    talk = [("topic", transcript.topic)]
    for entry in transcript.entries:
        if isinstance(entry, HumanSpoke):
            talk.append(("you", entry.text))
        elif isinstance(entry, Turn):
            talk.append((transcript.name(entry.speaker), entry.text))
    return talk


def test_a_group_chat_of_sillytavern_is_a_talk_of_its_characters() -> None:
    taken = read(SAMPLES / "group-chat.jsonl")
    assert taken.form == "a chat of SillyTavern"
    assert said(SAMPLES / "group-chat.jsonl") == [
        ("topic", "A talk with Mara Quill and Tobias"),
        (
            "Mara Quill",
            '*Mara looks up from a coil of rope.*\n\n"If it\'s the river you want, the **Heron** leaves at dusk."',
        ),
        ("you", "Can you get us to Harrow Bend before the lock closes?"),
        ("Tobias", "We could. The lock keeper owes me a favour, and the fog will owe us none."),
        ("Mara Quill", "Then it is settled. — Übrigens: 三時に出発。"),
    ]
    assert taken.notes == ("1 hidden or system message left out",)
    ends = [event for event, _ in taken.lines if isinstance(event, TurnEnded)]
    assert [end.model for end in ends[-2:]] == ["mistral-small", "mistral-small"]
    times = [event.at for event, _ in taken.lines]
    assert times == sorted(times)
    assert times[0].year == 2026


def test_a_swipe_is_an_alternative_to_what_counts() -> None:
    log = Log(event for event, _ in read(SAMPLES / "group-chat.jsonl").lines)
    turn = next(one for one in log.transcript.entries if isinstance(one, Turn) and one.speaker == "tobias")
    texts = [end.text for end in log.events if isinstance(end, TurnEnded) and end.speaker == "tobias"]
    assert texts == ['"Not a chance," Tobias says. "The fog is coming in."', turn.text]
    assert len(Forks(log).alternatives(turn.id)) == 2


def test_messages_with_roles_are_a_talk_and_its_material() -> None:
    taken = read(SAMPLES / "messages.json")
    assert taken.form == "messages with roles"
    assert said(SAMPLES / "messages.json") == [
        ("topic", "Should the beta have an annual plan only?"),
        ("pricing", "Annual only keeps churn low, but it hides what people think after a month."),
        ("support", "Refund requests will eat the difference.\n\nOffer both, and make the monthly one dearer."),
        ("you", "And for students?"),
        ("The assistant", "Half price, with proof."),
    ]
    assert [(one.name, one.text) for one in taken.opened.material] == [
        ("system message", "You are a panel of reviewers. Be brief.")
    ]
    assert set(taken.notes) == {"1 × message of tool left out", "1 × image_url left out"}


def test_every_turn_has_a_pace_that_ends_with_its_text() -> None:
    for sample in SAMPLES.iterdir():
        ends = [event for event, _ in read(sample).lines if isinstance(event, TurnEnded)]
        assert all(end.pace[-1][1] == len(end.text) for end in ends)
        assert all(list(end.pace) == sorted(end.pace) for end in ends)


def test_the_same_file_is_the_same_session() -> None:
    for sample in SAMPLES.iterdir():
        assert read(sample) == read(sample)


def test_nobody_takes_the_persons_name_or_anothers_by_looking_like_it(tmp_path: Path) -> None:
    names = ["You", "system", "Ada", "Аda", "すみれ", "\x1b[2J", "You\u200b"]  # the second Ada is half Cyrillic
    path = tmp_path / "chat.json"
    path.write_text(json.dumps([{"role": "assistant", "name": name, "content": "hm"} for name in names]), "utf-8")
    people = read(path).opened.personas
    assert [one.name for one in people] == [
        "You (imported)", "system (imported)", "Ada", "Аda 2", "すみれ", "Somebody", "You (imported) 2",
    ]  # fmt: skip
    assert len({one.id for one in people}) == len(names)
    assert not {one.id for one in people} & {"you", "system"}


def test_several_who_speak_as_users_are_somebody_each(tmp_path: Path) -> None:
    path = tmp_path / "chat.json"
    talk = [("user", "planner", "We begin."), ("user", "critic", "Why?"), ("assistant", "coder", "Done.")]
    path.write_text(json.dumps([{"role": role, "name": who, "content": text} for role, who, text in talk]))
    assert [who for who, _ in said(path)] == ["topic", "planner", "critic", "coder"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"messages": []}', "no list of messages"),
        ('{"messages": [{"role": "system", "content": "x"}]}', "nothing is said"),
        ('[{"text": "hi"}]', "no list of messages"),
        ('{"messages": [{"role": "user", "content": "a"}]}\n{"messages": []}', "more than one conversation"),
        ('{"messages": [', "is no JSON"),
        ('{"mes": "x", "is_user": false, "is_system": true}', "nothing is said"),
        ("Ada: hello", "no session begins so"),
        ('{"chat_metadata": {}}\n{"name": "Ada"}', "nothing is said"),
        ("[" * 5000, "is no|nested"),
    ],
)
def test_what_holds_no_talk_is_refused_in_words(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(UsageError, match=why):
        read(path)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-01-02T03:04:05.678Z", datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)),
        ("2026-01-02T05:04:05+02:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-1-2 @03h 04m 05s 678ms", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-1-2@03h04m05s", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("June 19, 2023 4:13pm", datetime(2023, 6, 19, 16, 13, tzinfo=UTC)),
        (1767323045, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (1767323045000, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("x", None),
        ("", None),
        (float("nan"), None),
        (True, None),
        (10**400, None),
        (["2026"], None),
    ],
)
def test_times_are_read_as_programs_write_them(written: object, at: datetime | None) -> None:
    assert moment(written) == at


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["mes", "name", "is_user", "is_system", "send_date", "swipes", "extra", "role", "content", "messages"]
)


@given(
    st.lists(st.dictionaries(keys, json_values | st.just("text") | st.just("user"), max_size=6), max_size=4),
    st.booleans(),
)
def test_no_shape_of_a_file_does_more_than_be_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[object], one: bool
) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_text(json.dumps(rows) if one else "\n".join(map(json.dumps, rows)))
    try:
        taken = read(path)
    except UsageError:
        return
    assert Log(event for event, _ in taken.lines).transcript.opened == taken.opened
