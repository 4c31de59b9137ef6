from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import JsonValue

from agentchat.errors import UsageError
from agentchat.modes import settings_of
from agentchat.modes.course import Stage, Way, filled, line, read

LOOP = 'design: poll | build: pipeline "Build it" (stages="make by ada") x3 | test: poll, failed to build, else to end'
TABLES: list[JsonValue] = [
    {"name": "design", "mode": "poll", "then": [{"when": "achieved", "to": "build"}]},
    {
        "name": "build",
        "mode": "pipeline",
        "question": "Build it",
        "settings": {"stages": ["make by ada"]},
        "most": 3,
        "then": [{"when": "achieved", "to": "test"}],
    },
    {"name": "test", "mode": "poll", "then": [{"when": "failed", "to": "build"}, {"to": "end"}]},
]

values: st.SearchStrategy[JsonValue] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 99), st.text('aé"\\|,:(){} \n1', max_size=8), st.just("true")),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)),
    max_leaves=4,
)
conditions = st.sampled_from(
    ["else", "achieved", "failed", "score >= 0.8", "winner = tea", 'winner = a, "b" | c', "a.b != x to y"]
)
names = st.lists(st.sampled_from(["design", "build it", "test-2", "ship"]), min_size=1, max_size=3, unique=True)


@st.composite
def courses(draw: st.DrawFn) -> tuple[Stage, ...]:
    called = draw(names)
    ways = st.lists(st.builds(Way, when=conditions, to=st.sampled_from([*called, "end"])), max_size=2)
    return tuple(
        Stage(
            name=name,
            mode=draw(st.sampled_from(["poll", "pipeline"])),
            question=draw(st.text('aé"\\|,:() \n', max_size=8)),
            settings=draw(st.dictionaries(st.sampled_from(["stages", "words"]), values, max_size=2)),
            then=tuple(draw(ways)),
            most=draw(st.one_of(st.none(), st.integers(1, 20))),
        )
        for name in called
    )


def test_tables_and_one_line_say_the_same() -> None:
    assert (
        settings_of("staged", {"stages": TABLES})["stages"] == settings_of("staged", {"stages": LOOP})["stages"] == LOOP
    )


def test_a_bare_chain_names_each_stage_after_its_mode_and_goes_on_where_it_achieved_something() -> None:
    found = read("poll | discussion | poll")
    assert [one.name for one in found] == ["poll", "discussion", "poll 2"]
    assert found[0].then == (Way(when="achieved", to="discussion"),)
    assert found[2].then == ()


@settings(max_examples=60, deadline=None)
@given(courses())
def test_what_is_written_is_read_again_as_the_same(stages: tuple[Stage, ...]) -> None:
    assert read(line(stages)) == stages


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a:", " poll", "|", ",", '"', "(", ")", "x2", "=", " failed to a", "end", "é"]), max_size=9
    )
)
def test_any_line_is_read_or_refused_in_words(parts: list[str]) -> None:
    try:
        found = read("".join(parts))
    except ValueError as error:
        said = str(error)
    else:
        assert read(line(found)) == found
        return
    assert said


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ("a: pol", "stage “a”: there is no mode 'pol' (Did you mean poll"),
        ("a: poll (word=3)", "stage “a”: poll has no setting 'word' (Did you mean words"),
        ("a: poll (words=3)", "stage “a”: poll: words = 3"),
        ("a: poll | b: poll, failed to c", "stage “b”: failed leads to “c”, which is none; there are a, b"),
        ("a: poll, end | b: poll", "nothing leads to “b”"),
        ("a: poll | b: poll, failed to a", "“a” and “b” may go round for ever"),
        ("a: poll | b: poll, failed to b", "“b” may go round for ever"),
        ("a: poll | A: poll", "two stages are called “A”"),
        ("a: poll, soon", "'soon' is no way on: a condition and a stage, as in failed to build (at character 9: soon"),
        ("a: poll, very soon to a", "'very soon' is no condition"),
        ("a: poll twice", "after the mode come a question in quotation marks"),
        ("", "there may be 1 to 20 stages"),
        ('a: staged (stages="b: staged (stages=poll)")', "stages inside stages inside stages are too deep"),
        ([{"name": "a", "mode": "poll", "then": [{"when": "x y", "to": "a"}]}], "stage a, then.0.when: 'x y' is no"),
        ([{"name": "end", "mode": "poll"}], "stage end, name: 'end' is no name of a stage"),
        ([{"name": "a", "mode": "poll", "most": 0}], "stage a, most: "),
        ([{"name": "a", "mode": "poll", "whom": "b"}], "stage a, whom: Extra inputs"),
        ([{"name": "a", "mode": "poll", "who": "b"}], "stage “a”: poll has no setting 'who'"),
    ],
)
def test_what_no_room_can_be_held_by_is_refused_at_once_and_by_name(stages: JsonValue, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        settings_of("staged", {"stages": stages})
    assert said in str(raised.value)


def test_the_stage_whose_text_is_the_result_is_one_of_them() -> None:
    with pytest.raises(UsageError, match="there is no such stage; there are poll, discussion"):
        settings_of("staged", {"stages": "poll | discussion", "result": "build"})


def test_what_stages_came_to_stands_in_place_of_their_names_in_braces() -> None:
    value: JsonValue = {"draft": "Of {Design}: {other}", "more": ["{design}", 3]}
    assert filled(value, {"design": "a mill"}) == {"draft": "Of a mill: {other}", "more": ["a mill", 3]}
