"""The raw answer, piece by piece: what LiteLLM gets to read of it, and what was learnt on the way."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from pydantic import JsonValue

from agentchat.models.wire import Wire


def event(payload: JsonValue) -> bytes:
    return b"data: " + json.dumps(payload, ensure_ascii=False).encode() + b"\n\n"


def said(content: JsonValue, finish: str | None = None) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}]})


def passed(wire: Wire, *pieces: bytes) -> bytes:
    """All that LiteLLM gets to read."""
    return b"".join([*(wire.feed(piece) for piece in pieces), wire.rest()])


HEALTHY = said("Free ") + said("childcare") + said("", "stop") + b"data: [DONE]\n\n"


def test_a_whole_stream_passes_as_it_is() -> None:
    wire = Wire(streams=True)
    assert passed(wire, HEALTHY) == HEALTHY
    assert wire.ended
    assert wire.finish == "stop"
    assert wire.characters == len("Free childcare")


def test_the_end_is_held_back_until_all_of_it_is_there() -> None:
    wire = Wire(streams=True)
    usage = event({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}})
    assert wire.feed(said("Free")) == said("Free")
    assert wire.feed(said("", "stop")) == b""
    assert wire.feed(usage) == b""
    assert wire.rest() == said("", "stop") + usage
    assert wire.usage == {"prompt_tokens": 3, "completion_tokens": 2}


def test_there_is_no_hurry_before_the_end_and_some_after_it() -> None:
    wire = Wire(streams=True)
    graces = []
    for piece in (said("Free"), said("", "stop"), b"data: [DONE]\n\n"):
        wire.feed(piece)
        graces.append(wire.grace or 3600)
    assert graces == sorted(graces, reverse=True)
    assert len(set(graces)) == 3


@given(st.lists(st.integers(1, len(HEALTHY) - 1), max_size=12))
def test_how_the_bytes_are_cut_makes_no_difference(cuts: list[int]) -> None:
    places = [0, *sorted(set(cuts)), len(HEALTHY)]
    wire = Wire(streams=True)
    pieces = [HEALTHY[start:end] for start, end in pairwise(places)]
    assert passed(wire, *pieces) == HEALTHY
    assert wire.ended
    assert wire.characters == len("Free childcare")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(1, 7))
def test_any_text_survives_any_cut_and_any_separator(text: str, size: int) -> None:
    raw = said(text) + said("", "stop")
    wire = Wire(streams=True)
    read = passed(wire, *(raw[place : place + size] for place in range(0, len(raw), size))).decode()
    first = read.splitlines()[0]
    assert json.loads(first.removeprefix("data: "))["choices"][0]["delta"]["content"] == text
    assert wire.characters == len(text)


@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_make_it_stumble(data: bytes, streams: bool) -> None:
    passed(Wire(streams=streams), data)


def test_a_stream_without_a_word_of_its_end_has_none() -> None:
    wire = Wire(streams=True)
    passed(wire, said("Free"))
    assert wire.known
    assert not wire.ended


def test_an_end_in_the_text_is_text() -> None:
    wire = Wire(streams=True)
    passed(wire, said('data: [DONE]\n{"finish_reason":"stop"}'))
    assert not wire.ended


def test_the_last_line_counts_without_its_newline() -> None:
    wire = Wire(streams=True)
    passed(wire, said("Free"), said("", "stop").rstrip())
    assert wire.finish == "stop"


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_both_kinds_of_newline_are_read(newline: bytes) -> None:
    wire = Wire(streams=True)
    passed(wire, HEALTHY.replace(b"\n", newline))
    assert wire.ended
    assert not wire.broken


def test_content_given_as_a_list_becomes_text() -> None:
    wire = Wire(streams=True)
    read = passed(wire, said([{"type": "text", "text": "Free "}, {"type": "text", "text": "childcare"}]))
    assert json.loads(read[6:])["choices"][0]["delta"]["content"] == "Free childcare"


def test_a_byte_order_mark_is_taken_off() -> None:
    assert passed(Wire(streams=True), b"\xef\xbb\xbf" + HEALTHY) == HEALTHY


def test_a_page_is_kept_from_litellm() -> None:
    wire = Wire(streams=True)
    assert passed(wire, b"  <html>Sign in", b"</html>") == b""
    assert wire.shape == "page"
    assert "Sign in" in wire.start


def test_a_part_that_is_no_json_is_noticed() -> None:
    wire = Wire(streams=True)
    passed(wire, said("Free"), b'data: {"choices":[{"delta\n\n', said("", "stop"))
    assert wire.broken


def test_an_error_in_the_stream_is_noticed() -> None:
    wire = Wire(streams=True)
    passed(wire, said("Free"), event({"error": {"message": "overloaded"}}))
    assert wire.error == {"message": "overloaded"}


def test_a_format_only_litellm_reads_passes_untouched() -> None:
    wire = Wire(streams=True, headers={"content-type": "application/vnd.amazon.eventstream"})
    assert passed(wire, b"\x00\x00\x00\x9d\xff", b"\xfe") == b"\x00\x00\x00\x9d\xff\xfe"
    assert not wire.known


ANTHROPIC = (
    {"type": "message_start", "message": {"role": "assistant", "stop_reason": None, "usage": {"input_tokens": 3}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Free"}},
    {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {"output_tokens": 2}},
    {"type": "message_stop"},
)
GEMINI = (
    {"candidates": [{"content": {"parts": [{"text": "Free"}], "role": "model"}}]},
    {"candidates": [{"content": {"parts": [{"text": ""}]}, "finishReason": "MAX_TOKENS"}], "usageMetadata": {"a": 1}},
)
OLLAMA = (
    {"model": "m", "message": {"role": "assistant", "content": "Free"}, "done": False},
    {"model": "m", "message": {"content": ""}, "done": True, "done_reason": "max_tokens", "prompt_eval_count": 5},
)


@pytest.mark.parametrize("events", [ANTHROPIC, GEMINI, OLLAMA], ids=["anthropic", "gemini", "ollama"])
def test_other_dialects_say_how_they_end_too(events: tuple[JsonValue, ...]) -> None:
    lines = events is OLLAMA
    raw = [json.dumps(item).encode() + b"\n" if lines else event(item) for item in events]
    headers = {"content-type": "application/x-ndjson" if lines else "text/event-stream"}
    whole = Wire(streams=True, headers=headers)
    passed(whole, *raw)
    assert whole.finish.lower() == "max_tokens"
    assert whole.counted
    cut = Wire(streams=True, headers=headers)
    passed(cut, *raw[: 3 if events is ANTHROPIC else 1])
    assert cut.known
    assert not cut.ended
