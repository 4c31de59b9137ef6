"""From what was seen on the wire to one error in our own words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import get_args

import pytest
from hypothesis import given, strategies as st

from agentchat.errors import ModelErrorKind
from agentchat.models.faults import LENGTH, Seen, classify, cleaned, from_error_object, key_name, retry_after
from agentchat.text import legible

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def body(code: str, message: str = "") -> str:
    return json.dumps({"error": {"code": code, "message": message}})


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (401, body("invalid_api_key"), "auth"),
        (402, "", "quota"),
        (403, body("unsupported_country_region_territory"), "forbidden"),
        (403, body("content_policy_violation"), "filter"),
        (404, "", "model_not_found"),
        (408, "", "timeout_first"),
        (429, body("rate_limit_exceeded"), "rate_limit"),
        (429, body("insufficient_quota"), "quota"),
        (429, body("", "Your credit balance is too low"), "quota"),
        (400, body("context_length_exceeded"), "context"),
        (400, body("", "prompt is too long: 210000 tokens > 200000 maximum"), "context"),
        (413, body("", "Request too large"), "context"),
        (400, body("content_filter"), "filter"),
        (400, body("invalid_value"), "bad_request"),
        (302, "", "protocol"),
        (500, "", "server"),
        (502, "<html>", "server"),
        (529, body("overloaded_error"), "server"),
        (None, "", "protocol"),
    ],
)
def test_the_status_and_the_code_say_what_it_was(status: int | None, text: str, kind: str) -> None:
    fault = classify(Seen("openai/x", status=status, body=text))
    assert fault.kind == kind
    assert fault.status == status


def test_the_networks_failure_comes_first() -> None:
    assert classify(Seen("openai/x", status=200, failure="network", detail="reset")).kind == "network"


@pytest.mark.parametrize("kind", get_args(ModelErrorKind))
def test_every_kind_has_words_of_its_own(kind: ModelErrorKind) -> None:
    fault = classify(Seen("openai/x", host="api.example.com", failure=kind))
    assert "openai/x" in str(fault) or "api.example.com" in str(fault) or "provider" in str(fault)


def test_a_missing_key_is_named_in_the_hint() -> None:
    assert "ANTHROPIC_API_KEY" in classify(Seen("anthropic/claude", status=401)).hint
    assert key_name("gpt-5-mini") == "OPENAI_API_KEY"
    assert key_name("together_ai/llama") == "TOGETHERAI_API_KEY"


def test_a_server_that_is_not_there_is_named_and_the_doctor_sent_for() -> None:
    fault = classify(Seen("ollama/x", host="127.0.0.1:11434", failure="network", detail="refused"))
    assert "127.0.0.1:11434" in str(fault)
    assert "agentchat doctor" in fault.hint


@pytest.mark.parametrize(
    "key",
    ["sk-proj-abcdefghijklmnopqrstuv", "gsk_abcdefghijklmnopqrstuv", "AIzaSyabcdefghijklmnopqrstuvwx", "Bearer abcdef"],
)
def test_no_message_holds_a_key(key: str) -> None:
    fault = classify(Seen("openai/x", status=401, body=body("invalid_api_key", f"Wrong key {key} given")))
    assert key.split()[-1] not in str(fault)


@given(st.text())
def test_any_foreign_text_becomes_one_clean_short_line(text: str) -> None:
    line = cleaned(text)
    assert len(line) <= LENGTH
    assert line == " ".join(line.split())
    assert legible(line) == line


@given(st.text(max_size=300) | st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists).map(json.dumps))
def test_any_body_can_be_classified(text: str) -> None:
    assert classify(Seen("openai/x", status=500, body=text)).kind == "server"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": format_datetime(NOW + timedelta(minutes=5), usegmt=True)}, 300.0),
        ({"retry-after": format_datetime(NOW - timedelta(minutes=5), usegmt=True)}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_a_providers_wish_to_be_left_alone_is_read_in_every_form(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, NOW) == seconds


def test_an_error_object_is_classified_by_its_own_code() -> None:
    seen = Seen("openai/x", host="h", status=200)
    assert from_error_object(seen, {"code": 429, "message": "slow down"}).kind == "rate_limit"
    assert from_error_object(seen, {"type": "overloaded_error"}).kind == "server"
    assert from_error_object(seen, "it broke").kind == "server"
    assert "it broke" in str(from_error_object(seen, "it broke"))
