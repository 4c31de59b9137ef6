from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, strategies as st
from pydantic import JsonValue

from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.front_matter import MAX_BYTES, FrontMatter, read

HERE = Path("ada.md")


def front(yaml_text: str, body: str = "You are Ada.") -> FrontMatter:
    return read(f"---\n{yaml_text}\n---\n{body}\n", HERE)


def refused(text: str) -> Flaw:
    with pytest.raises(FlawError) as caught:
        read(text, HERE)
    assert caught.value.flaw.fatal
    return caught.value.flaw


def test_keys_lines_and_body_are_told_apart() -> None:
    read_ = read("---\nname: Ada\n\ntags:\n  - prices\n  - jobs\n---\n\nYou are Ada.\n\n---\n\nStill you.\n", HERE)
    assert read_.values == {"name": "Ada", "tags": ["prices", "jobs"]}
    assert read_.lines == {"name": 2, "tags": 4}
    assert (read_.body, read_.body_line) == ("You are Ada.\n\n---\n\nStill you.", 9)


def test_every_scalar_stays_the_text_it_is() -> None:
    assert front("a: no\nb: 0123\nc: ~\nd: 1e3\ne: 2024-13-45\nf: .inf\ng:\nh: {i: [yes, null]}").values == {
        "a": "no", "b": "0123", "c": "~", "d": "1e3", "e": "2024-13-45", "f": ".inf", "g": "",
        "h": {"i": ["yes", "null"]},
    }  # fmt: skip


def test_a_number_of_five_thousand_digits_is_text() -> None:
    assert front(f"n: {'9' * 5000}").values == {"n": "9" * 5000}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: &x 1", 2, "anchors"),
        ("b: 1\na: *x", 3, "aliases"),
        ("a: &x {b: *x}", 2, "anchors"),
        ("a:\n  <<: {b: c}", 3, "merges"),
        ("<<: {b: c}", 2, "merges"),
        ("a: !!python/object/apply:os.system [true]", 2, "tags"),
        ("a: ! b", 2, "tags"),
        ("a: 1\nb: 2\na: 3", 4, "twice"),
        ("a: {b: 1, b: 2}", 2, "twice"),
        ("? [a, b]\n: c", 2, "a key is a word"),
        ("- a\n- b", 2, "no list of keys"),
        ("just text", 2, "no list of keys"),
        ("%YAML 1.1", 3, "not valid YAML"),
        ("a: b\n--- c", 3, "one document"),
        ("--- {a: b}", 2, "one document"),
        ("a: 1\nb: [1, 2", 3, "not valid YAML"),
        ('a: "unended', 2, "not valid YAML"),
        ("a: 1\n\tb: 2", 3, "not valid YAML"),
        ("a: 1\n b: 2", 3, "not valid YAML"),
        ('a: "\\q"', 2, "not valid YAML"),
        ('b: c\na: "\\x1b]52;c;AAAA\\x07"', 3, "control character U+001B"),
        ('a: "\\0"', 2, "control character U+0000"),
        ("b: c\na: x\x1b[31m", 3, "control character U+001B"),
        ("a: x\u2028b: y", 2, "control character U+2028"),
        ("a: x\x85b: y", 2, "control character U+0085"),
        ("a: " + "[" * 9 + "]" * 9, 2, "nests deeper"),
        ("a: " + "[" * 5000 + "]" * 5000, 2, "nests deeper"),
        ("a: " + "{b: " * 3000 + "}" * 3000, 2, "nests deeper"),
        ("a: " + "x" * MAX_BYTES, 1, "more than 16 KB"),
    ],
)  # fmt: skip
def test_what_is_refused_is_named_with_its_line(text: str, line: int, message: str) -> None:
    flaw = refused(f"---\n{text}\n---\nbody")
    assert message in flaw.message
    assert flaw.line == line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no front matter"),
        ("You are Ada.", "no front matter"),
        ("---", "never ends"),
        ("---\nname: Ada\n", "never ends"),
        (" ---\nname: Ada\n---\n", "no front matter"),
    ],
)
def test_front_matter_stands_between_two_fences(text: str, message: str) -> None:
    assert message in refused(text).message


def test_eight_levels_are_deep_enough() -> None:
    assert front("a: " + "[" * 7 + "]" * 7).values != {}


def test_prose_with_a_colon_is_read_as_text_and_said_so() -> None:
    prose = 'Use this agent when asked: <example>user: "Review\\n it"</example>'
    read_ = front(f"name: reviewer\ndescription: {prose}\nmodel: opus")
    assert read_.values == {"name": "reviewer", "description": prose, "model": "opus"}
    assert [(flaw.line, flaw.fatal) for flaw in read_.flaws] == [(3, False)]


def test_a_colon_deeper_down_is_still_refused() -> None:
    flaw = refused("---\nname: a: b\nhooks:\n  when: then: never\n---\nx")
    assert (flaw.line, flaw.hint) == (2, 'put quotes round a value that holds ": "')


KEY = st.from_regex(r"[a-z][a-z_-]{0,12}", fullmatch=True)
PRINTED = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"),
    max_size=40,
)
VALUE: st.SearchStrategy[JsonValue] = st.recursive(
    PRINTED, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4), max_leaves=8
)


@given(st.dictionaries(KEY, VALUE, min_size=1, max_size=6), st.booleans())
def test_a_map_that_a_yaml_writer_wrote_is_read_back_the_same(values: dict[str, JsonValue], flow: bool) -> None:
    written = yaml.safe_dump(values, allow_unicode=True, default_flow_style=flow, width=1000)
    assert front(written).values == values


@given(st.text(st.sampled_from("---\n: &*!<>|[]{}#,\"'\\x0aé\t\r%?-~\x1b") | st.characters(), max_size=200))
@example("---\n\ufeff: x\n---\nb")
@example("---\na: \ud800\n---\nb")
@example('---\na: "\\U99999999"\n---\nb')
@example('---\na: "\\ud800"\n---\nb')
@example("---\n? ? ? ?\n---\nb")
def test_reading_ends_well_or_in_a_flaw_whatever_it_reads(text: str) -> None:
    for tried in (text, f"---\n{text}\n---\nbody"):
        with suppress(FlawError):
            assert read(tried, HERE).body_line <= tried.count("\n") + 2
