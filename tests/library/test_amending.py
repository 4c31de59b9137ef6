"""Files that were written by hand, changed as little as can be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from pydantic import JsonValue

from agentchat.library import front_matter, shipped
from agentchat.library.amending import amended
from agentchat.library.persona_file import parse_persona

BY_HAND = """\
---
# My baker. Do not make her nice.
name: Maya         # after my aunt
title:   'baker'

# what she minds
focus: >
  bread, rents
  # not a comment: a line of the text

tags:
  - bread   # first
  # and last
  - prices
"odd key": [1, {a: b}]   # kept
color: "#a25418"
model: [openai/a,
  openai/b]  # two
---


You are Maya, a baker.

You wake early.


"""
HERE = Path("maya.md")


def changed(old: str, new: str) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    while before and after and before[0] == after[0]:
        before.pop(0)
        after.pop(0)
    while before and after and before[-1] == after[-1]:
        before.pop()
        after.pop()
    return before, after


@pytest.mark.parametrize(
    ("key", "value", "gone", "come"),
    [
        ("title", "smith", ["title:   'baker'\n"], ["title: smith\n"]),
        ("name", "Maja", ["name: Maya         # after my aunt\n"], ["name: Maja         # after my aunt\n"]),
        ("color", "#1e60f6", ['color: "#a25418"\n'], ['color: "#1e60f6"\n']),
        ("focus", "rye: and wheat", ["focus: >\n", "  bread, rents\n", "  # not a comment: a line of the text\n"],
         ['focus: "rye: and wheat"\n']),
        ("tags", ["rye"], ["tags:\n", "  - bread   # first\n", "  # and last\n", "  - prices\n"], ["tags: [rye]\n"]),
        ("model", ["openai/c"], ["model: [openai/a,\n", "  openai/b]  # two\n"], ["model: [openai/c]  # two\n"]),
        ("avatar", "◆", [], ['avatar: "◆"\n']),
        ("talkativeness", 0.25, [], ["talkativeness: 0.25\n"]),
        ("color", "", ['color: "#a25418"\n'], []),
        ("tags", [], ["tags:\n", "  - bread   # first\n", "  # and last\n", "  - prices\n"], []),
    ],
)  # fmt: skip
def test_only_the_lines_of_a_key_that_is_different_become_others(
    key: str, value: JsonValue, gone: list[str], come: list[str]
) -> None:
    new = amended(BY_HAND, {key: value})
    assert changed(BY_HAND, new) == (gone, come)
    read = front_matter.read(new, HERE).values.get(key)
    assert read == (None if value in ("", []) else f"{value:g}" if isinstance(value, float) else value)


def test_what_is_the_same_changes_nothing() -> None:
    same: dict[str, JsonValue] = {"name": "Maya", "title": "baker", "tags": ["bread", "prices"], "avatar": ""}
    assert amended(BY_HAND, same, "\nYou are Maya, a baker.\n\nYou wake early.") == BY_HAND


def test_another_prompt_leaves_the_front_matter_and_the_blank_lines_around_it() -> None:
    new = amended(BY_HAND, {}, "You are Maya.\nYou sleep.")
    assert new == BY_HAND.partition("You are")[0] + "You are Maya.\nYou sleep.\n\n\n"
    assert amended("---\nname: Maya\n---\nOld.", {}, "New.") == "---\nname: Maya\n---\nNew."
    assert amended("---\nname: Maya\n---\n", {}, "New.") == "---\nname: Maya\n---\nNew.\n"


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_lines_end_as_they_did(ending: str) -> None:
    old = BY_HAND.replace("\n", ending)
    new = amended("\ufeff" + old, {"title": "smith", "avatar": "M"}, "You are Maya.\n\nReally.")
    assert new.startswith("\ufeff---" + ending)
    assert new.replace(ending, "").count("\n") == 0
    assert f"title: smith{ending}" in new
    assert new.endswith(f"You are Maya.{ending}{ending}Really.{ending}{ending}{ending}")


def test_front_matter_in_braces_is_written_anew_with_all_it_says() -> None:
    new = amended("---\n{name: Maya, title: baker, odd: 1}\n---\nYou are Maya.\n", {"title": "smith"})
    assert new == '---\nname: Maya\ntitle: smith\nodd: "1"\n---\nYou are Maya.\n'


def test_prose_that_yaml_would_not_take_stays_as_it_is() -> None:
    old = "---\nname: Maya\ndescription: Use when: bread\n---\nYou are Maya.\n"
    new = amended(old, {"title": "smith"})
    assert changed(old, new) == ([], ["title: smith\n"])


@pytest.mark.parametrize("path", sorted(shipped().glob("*.md")), ids=lambda path: path.stem)
def test_of_those_that_ship_any_one_field_can_be_changed_alone(path: Path) -> None:
    old = path.read_text("utf-8")
    before = parse_persona(old, path).persona
    assert before
    ways: dict[str, JsonValue] = {"title": "smith", "focus": "doors: and keys", "tags": ["a", "b"]}
    for key, value in ways.items():
        new = amended(old, {key: value})
        gone, come = changed(old, new)
        assert (len(gone), len(come)) == (1, 1)
        after = parse_persona(new, path).persona
        assert after
        assert after == before.model_copy(update={key: tuple(value) if isinstance(value, list) else value})


WORDS = st.text("abc xyz:#-'\"[]{},&*!|>%@`é◆", max_size=12).map(str.strip)
VALUES = st.one_of(WORDS, st.lists(WORDS.filter(bool), max_size=3), st.floats(0, 1).map(lambda one: round(one, 2)))
SCALARS = st.sampled_from(
    ["x", "'y z'", '"q: r"', "", ">\n  a\n\n  b", "|\n  # a\n  b", "\n  - a\n  # c\n  - b", "[a, b]"]
)
COMMENTS = st.sampled_from(["", "   # why", "  #"])
BETWEEN = st.sampled_from(["", "\n", "# a comment\n", "\n# two\n\n"])
KEYS = ("name", "title", "focus", "color", "mine", "tags")


@st.composite
def files(draw: st.DrawFn) -> str:
    """Front matter as people write it."""
    lines = []
    for key in draw(st.permutations(KEYS))[: draw(st.integers(1, 6))]:
        value = draw(SCALARS)
        comment = "" if "\n" in value else draw(COMMENTS)
        lines.append(f"{draw(BETWEEN)}{key}:{'' if value[:1] == chr(10) else ' '}{value}{comment}\n")
    return f"---\n{''.join(lines)}{draw(BETWEEN)}---\n\nYou are Maya.\n"


@given(files(), st.sampled_from([*KEYS, "avatar"]), VALUES)
def test_whatever_is_changed_all_else_stays_as_it_was(old: str, key: str, value: JsonValue) -> None:
    before = front_matter.read(old, HERE)
    new = amended(old, {key: value})
    after = front_matter.read(new, HERE)
    told = f"{value:g}" if isinstance(value, float) else value
    if value in ("", []) or value == before.values.get(key):
        assert after.values.get(key, "") in ("", value)
    else:
        assert after.values[key] == told
    assert {**after.values, key: 0} == {**before.values, key: 0}
    assert after.body == before.body
    gone, _ = changed(old, new)
    others = [line for line in gone if any(line.startswith(f"{one}:") for one in KEYS if one != key)]
    assert others == []
