from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from agentchat.library.flaw import Flaw, FlawError
from agentchat.library.persona_file import KEYS, Reading, parse_persona
from agentchat.persona import Persona

ADA = """---
name: Ada
title: economist
description: Follows the money. All of it.
focus: You are an economist.
model: [openai/gpt-5-mini, ollama/llama3.2]
temperature: 0.7
color: "#18A"
avatar: "⇅"
talkativeness: 1
understudy: Ben
tags: prices, jobs
---

You are Ada.
"""


def parsed(front: str, body: str = "You are Ada.", name: str = "ada.md") -> Reading:
    return parse_persona(f"---\n{front}\n---\n{body}\n", Path(name))


def persona(front: str, name: str = "ada.md") -> Persona:
    reading = parsed(front, name=name)
    assert reading.persona is not None, reading.flaws
    return reading.persona


def fatal(reading: Reading) -> Flaw:
    assert reading.persona is None
    return next(flaw for flaw in reading.flaws if flaw.fatal)


def test_a_file_is_read_whole() -> None:
    assert parse_persona(ADA, Path("ada.md")).persona == Persona(
        id="ada", name="Ada", prompt="You are Ada.", title="economist", description="Follows the money. All of it.",
        focus="You are an economist.", model=("openai/gpt-5-mini", "ollama/llama3.2"), temperature=0.7, color="#1188aa",
        avatar="⇅", talkativeness=1, understudy="ben", tags=("prices", "jobs"),
    )  # fmt: skip


def test_a_name_and_a_prompt_are_enough() -> None:
    assert persona("name: Ada") == Persona(id="ada", name="Ada", prompt="You are Ada.")


def test_a_claude_code_subagent_is_read_as_it_is() -> None:
    reading = parsed(
        "name: code-reviewer\n"
        'description: "Reviews code. Use it after each change."\n'
        "tools: Read, Grep, Bash\nmodel: inherit\ncolor: cyan\npermissionMode: plan\nmemory: user\n"
        "hooks:\n  PreToolUse:\n    - matcher: Bash\n      hooks:\n        - type: command\n          command: ./go"
    )
    found = reading.persona
    assert found is not None
    assert (found.id, found.name, found.focus, found.model) == ("code-reviewer", "code-reviewer", "Reviews code.", ())
    assert found.color.startswith("#")
    assert found.extra["tools"] == "Read, Grep, Bash"
    assert set(found.extra) == {"tools", "permissionMode", "memory", "hooks"}
    assert [flaw.message for flaw in reading.flaws] == ["model: inherit names no model here: the room's is taken"]


def test_a_copilot_agent_is_read_as_it_is_and_named_after_its_file_if_it_must_be() -> None:
    front = (
        "description: Plans a change\nmodel: ['GPT-5 (copilot)', 'openai/gpt-5-mini']\ntools: ['search', 'edit']\n"
        "handoffs:\n  - label: Start\n    agent: coder\n    send: false\n"
        "mcp-servers:\n  x:\n    env:\n      API_KEY: abc"
    )
    found = persona(front, "tech-planner.agent.md")
    assert (found.id, found.name, found.model) == ("tech-planner", "tech-planner", ("openai/gpt-5-mini",))
    assert found.extra["handoffs"] == [{"label": "Start", "agent": "coder", "send": "false"}]
    assert "abc" not in str(found.extra)
    assert fatal(parsed(front, name="tech-planner.md")).message == "has no name"


@pytest.mark.parametrize("model", ["inherit", "sonnet", "Opus", "haiku", "sonnet[1m]", "default"])
def test_another_program_s_alias_is_no_wish(model: str) -> None:
    reading = parsed(f"name: Ada\nmodel: {model}")
    assert reading.persona is not None
    assert reading.persona.model == ()
    assert "the room's is taken" in reading.flaws[0].message


@pytest.mark.parametrize("key", ["api_key", "api-key", "apiKey", "api_base", "base_url", "openai_api_key", "headers"])
def test_a_key_or_an_address_is_ignored_and_said_so(key: str) -> None:
    reading = parsed(f"name: Ada\n{key}: http://elsewhere.example")
    assert reading.persona is not None
    assert reading.persona.extra == {}
    assert [(flaw.line, flaw.fatal) for flaw in reading.flaws] == [(3, False)]
    assert f"{key} is ignored" in reading.flaws[0].message


@pytest.mark.parametrize(
    ("key", "meant"), [("talkativness", "talkativeness"), ("colour", "color"), ("Focus", "focus"), ("models", "model")]
)
def test_a_slip_of_the_pen_is_kept_and_corrected(key: str, meant: str) -> None:
    reading = parsed(f"name: Ada\n{key}: x")
    assert reading.persona is not None
    assert reading.persona.extra == {key: "x"}
    assert [(flaw.line, flaw.message, flaw.fatal) for flaw in reading.flaws] == [
        (3, f"unknown key {key}: {meant}?", False)
    ]


@pytest.mark.parametrize(
    "name",
    ["you", "You", "YOU", "Y o u", "Yоu", "Ｙｏｕ", "Yo\u0301u", "𝐘𝐨𝐮", "y0u", "Human", "Ηuman", "SYSTEM", "ѕуѕtеm",
     "AlI", "All", "everyone", "Моderаtоr", "ΜODERATOR", "room!"],
)  # fmt: skip
def test_a_reserved_name_is_refused_however_it_is_written(name: str) -> None:
    flaw = fatal(parsed(f'name: "{name}"'))
    assert flaw.line == 2
    assert "is reserved" in flaw.message


@pytest.mark.parametrize("name", ["Youssef", "Allan", "Roomy", "Humane", "Ada", "Systema"])
def test_a_name_that_only_starts_like_one_is_free(name: str) -> None:
    assert persona(f"name: {name}").name == name


@pytest.mark.parametrize("mark", ["\\u202e", "\\u200b", "\\u2066", "\\U000e0041", "\\ue000"])
def test_a_name_with_what_nobody_sees_is_refused(mark: str) -> None:
    assert "hidden character" in fatal(parsed(f'name: "Ada{mark}"')).message


@pytest.mark.parametrize("mark", ["\\x1b", "\\0", "\\x9b", "\x1b]0;x\x07"])
def test_a_control_character_is_refused_wherever_it_stands(mark: str) -> None:
    for key in ("name", "title", "whatever"):
        with pytest.raises(FlawError, match="control character"):
            parsed(f'{key}: "Ada{mark}"')


def test_a_name_without_plain_letters_is_addressed_by_its_file() -> None:
    assert persona("name: 春子", "haruko.md").id == "haruko"
    assert "no address" in fatal(parsed("name: 春子", name="春子.md")).message
    assert persona("name: Dr. Ada Lovelace").id == "dr-ada-lovelace"
    assert persona("name: " + "a b " * 12).id == "-".join("ab" * 10)


@pytest.mark.parametrize(
    ("front", "line", "message", "hint"),
    [
        ("title: x", 1, "has no name", "add a line  name: Ada"),
        ("name:", 2, "has no name", "add a line  name: Ada"),
        ("name: [a]", 2, "name: expected text, found a list", ""),
        ("name: " + "a" * 61, 2, "name: has 61 characters, at most 60 fit", "shorten it"),
        ("name: Ada\ntemperature: hot", 3, "temperature: expected a number from 0 to 2, found 'hot'", ""),
        ("name: Ada\ntemperature: 0,7", 3, "temperature: expected a number from 0 to 2, found '0,7'", "write 0.7"),
        ("name: Ada\ntemperature: nan", 3, "temperature: expected a number from 0 to 2, found 'nan'", ""),
        ("name: Ada\ntalkativeness: 5", 3, "talkativeness: expected a number from 0 to 1, found '5'", ""),
        ("name: Ada\ntalkativeness: {a: b}", 3, "talkativeness: expected a number from 0 to 1, found a map", ""),
        ("name: Ada\ntags: {a: b}", 3, "tags: expected words, in a list or with commas, found a map", ""),
        ("name: Ada\nfocus: " + "a" * 241, 3, "focus: has 241 characters, at most 240 fit", "shorten it"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_line_and_what_is_expected(
    front: str, line: int, message: str, hint: str
) -> None:
    flaw = fatal(parsed(front))
    assert (flaw.line, flaw.message, flaw.hint) == (line, message, hint)


def test_a_number_of_five_thousand_digits_is_no_temperature() -> None:
    assert "expected a number" in fatal(parsed(f"name: Ada\ntemperature: {'9' * 5000}")).message


def test_all_that_is_wrong_is_said_at_once() -> None:
    reading = parsed("temperature: 9\ntalkativeness: 9\ntalkativness: 1")
    assert [flaw.line for flaw in reading.flaws] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("body", "message"), [("", "has no prompt"), ("  \n\n", "has no prompt"), ("\0PNG", "no text")]
)
def test_a_prompt_is_text(body: str, message: str) -> None:
    flaw = fatal(parsed("name: Ada", body))
    assert message in flaw.message
    assert flaw.line == 4


@pytest.mark.parametrize(
    ("front", "line", "message"),
    [
        ("color: blurple", 3, "color: blurple is unknown: one is chosen"),
        ("color: #ff0000", 3, "color: is empty, since # starts a comment"),
        ("avatar: ada", 3, "avatar: is 3 cells wide: left out"),
        ("understudy: ada", 3, "understudy: is the persona itself"),
    ],
)
def test_what_can_be_done_without_is_left_out_and_said_so(front: str, line: int, message: str) -> None:
    reading = parsed(f"name: Ada\n{front}")
    assert reading.persona == Persona(id="ada", name="Ada", prompt="You are Ada.")
    assert [(flaw.line, flaw.message, flaw.fatal) for flaw in reading.flaws] == [(line, message, False)]


@pytest.mark.parametrize("avatar", ["A", "⇅", "🦊", "é", "👩‍🏫"[0], "木"])
def test_an_avatar_is_one_or_two_cells(avatar: str) -> None:
    assert persona(f'name: Ada\navatar: "{avatar}"').avatar == avatar


@pytest.mark.parametrize(
    ("description", "focus"),
    [
        ("Follows the money. Then the rest.", "Follows the money."),
        ("Dr. Who fixes time. And space.", "Dr. Who fixes time."),
        ("no full stop", "no full stop"),
        ("word " * 60, ("word " * 47).strip() + "…"),
        ("", ""),
    ],
)
def test_without_a_focus_the_description_s_first_sentence_is_taken(description: str, focus: str) -> None:
    assert persona(f"name: Ada\ndescription: {description}").focus == focus


PRINTED = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs", "Cf"]), max_size=80)
WORDS = PRINTED | st.sampled_from(["", "Ada", "0.5", "7", "no", "#fff", "inherit", "you", "⇅", "x" * 300, "\x1b"])
VALUES = st.sampled_from(["1", "0.5", "Ben"]) | WORDS | st.lists(WORDS, max_size=3) | st.dictionaries(PRINTED, WORDS)
FRONTS = st.fixed_dictionaries({"name": st.just("Ada") | WORDS}, optional=dict.fromkeys((*KEYS[1:], "tools"), VALUES))


@given(FRONTS, st.just("You are Ada.") | st.text(max_size=40))
def test_any_front_matter_makes_a_persona_or_a_fatal_flaw(front: dict[str, object], body: str) -> None:
    with suppress(FlawError):
        reading = parsed(json.dumps(front, ensure_ascii=False), body)
        assert (reading.persona is None) == any(flaw.fatal for flaw in reading.flaws)
