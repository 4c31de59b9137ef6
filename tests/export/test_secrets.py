from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from agentchat.events import decode
from agentchat.export.secrets import MASK, Found, Masker, told

TAIL = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
KEYS = (
    f"sk-{TAIL}",
    f"sk-proj-{TAIL}",
    f"sk-ant-api03-{TAIL}",
    f"sk-or-v1-{TAIL}",
    f"AIzaSy{TAIL[:33]}",
    f"ghp_{TAIL}",
    f"github_pat_{TAIL}",
    "xoxb-123456789012-abcdefghijkl",
    "AKIAIOSFODNN7EXAMPLE",
    f"gsk_{TAIL}",
    f"hf_{TAIL}",
    f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{TAIL}",
    f"Bearer {TAIL}",
    f"OPENAI_API_KEY={TAIL}",
    f'"password": "{TAIL}"',
    f"export DB_PASSWORD='{TAIL}'",
    f"client_secret: {TAIL}",
    f"postgres://ada:{TAIL}@db.example.org/beta",
    f"-----BEGIN RSA PRIVATE KEY-----\n{TAIL}\n{TAIL}\n-----END RSA PRIVATE KEY-----",
    f"-----BEGIN PRIVATE KEY-----\n{TAIL}\ncut off here",
)
PROSE = (
    "The secret of a good market square is shade. Her password was love, his token a ring: a key to the city.",
    "sk-learn and task-oriented-conversation-management-systems; the disk-based-index-of-words-in-sqlite is fine.",
    "Set OPENAI_API_KEY=your-api-key-here, or API_KEY=$OPENAI_API_KEY; the token: administration-of-the-town.",
    "Every bearer of bad news; Bearer authentication-of-some-kind. ghp_ is how GitHub's tokens begin, AIza Google's.",
    "tokens=1024, max_tokens: 4096, key=value, token: 12345678901234, password=correcthorsebatterystaple",
    "https://example.org:8080/path/to@somewhere?token=abc and mailto:ada@example.org, see http://localhost:11434",
    "commit 5ab577a1c0ffee5ab577a1c0ffee5ab577a1c0ff, uuid 123e4567-e89b-12d3-a456-426614174000, sha256:deadbeef",
)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[:16])
@pytest.mark.parametrize("around", ["{}", "My key is {}.", "({})", "`{}`\nand more", "Schlüssel:{} 鍵"])
def test_a_key_of_any_known_shape_is_masked_wherever_it_stands(key: str, around: str) -> None:
    masker = Masker()
    masked = masker.text(around.format(key), 7)
    assert TAIL[:20] not in masked
    assert masked != around.format(key)
    assert [one.seq for one in masker.found] == [7]
    assert Masker().text(masked) == masked, "masked once is masked"


def test_a_mask_keeps_the_beginning_that_says_whose_key_it_was() -> None:
    assert Masker().text(f"it is sk-ant-{TAIL}!") == "it is sk-ant-…[masked]!"
    assert Masker().text(f"OPENAI_API_KEY={TAIL}") == "OPENAI_API_KEY=…[masked]"
    assert Masker().text(f"db://ada:{TAIL}@host") == "db://ada:…[masked]@host"


@pytest.mark.parametrize("text", PROSE)
def test_ordinary_words_are_left_alone(text: str) -> None:
    masker = Masker({"OPENAI_API_KEY": "sk-real-0123456789", "MY_TOKEN": "administration", "SSH_AUTH_SOCK": "/tmp/x"})
    assert masker.text(text) == text
    assert masker.found == []


def test_nothing_in_what_ships_is_taken_for_a_secret(root: Path) -> None:
    masker = Masker()
    for path in sorted((root / "sessions").glob("*.jsonl")):
        assert [masker.line(line) for line in path.read_bytes().splitlines()] == path.read_bytes().splitlines()
    for path in [*root.glob("*.md"), *(root / "docs").glob("*.md"), *(root / "personas").glob("*.md")]:
        assert masker.text(path.read_text("utf-8")) == path.read_text("utf-8")
    for path in [*(root / "agentchat").rglob("*.py")]:
        if path.stem != "secrets":
            masker.text(path.read_text("utf-8"))
    assert masker.found == []


def test_the_keys_of_this_environment_are_masked_whatever_their_shape() -> None:
    environ = {
        "OPENAI_API_KEY": "canary-0815",
        "MISTRAL_API_KEY": "zq9zq9zq9",
        "HOME_KEY": "a",
        "PATH_TOKEN": "/usr/b1n",
    }
    masker = Masker(environ)
    assert masker.text("canary-0815, zq9zq9zq9, a, /usr/b1n") == f"{MASK}, {MASK}, a, /usr/b1n"
    assert [one.kind for one in masker.found] == ["OPENAI_API_KEY", "MISTRAL_API_KEY"]


@given(st.text(max_size=40), st.sampled_from(KEYS[:14]), st.text(max_size=40))
def test_a_masked_line_is_an_event_of_the_same_shape(before: str, key: str, after: str) -> None:
    text = f"{before} {key} {after}".encode("utf-8", "replace").decode()
    fields = {"type": "turn_ended", "seq": 3, "turn": 2, "speaker": "ada", "outcome": "said", "text": text}
    line = json.dumps(fields | {"pace": [[10, 1], [20, len(text)]], "unheard": {"of": [1.5, None, text]}}).encode()
    masker = Masker()
    masked = masker.line(line, 3)
    assert TAIL[:20].encode() not in masked
    event = decode(masked)
    assert json.loads(masked)["pace"][-1][1] == len(json.loads(masked)["text"])
    assert (event.seq, event.type) == (3, "turn_ended")
    assert masker.line(masked) == masked
    assert {one.seq for one in masker.found} == {3}


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_masking_twice_changes_nothing_more(text: str) -> None:
    masked = Masker().text(text)
    assert Masker().text(masked) == masked


def test_a_key_written_with_escapes_in_json_is_found_too() -> None:
    line = b'{"type":"human_spoke","text":"\\u0073k-' + TAIL.encode() + b'"}'
    assert TAIL.encode() not in Masker().line(line)


def test_what_was_masked_is_told_by_kind_and_place() -> None:
    found = [Found("OpenAI key", 3), Found("OpenAI key", 3), Found("AWS key", 9)]
    assert told(found) == ["AWS key: #9", "OpenAI key, 2 times: #3"]


def test_a_long_text_is_looked_through_in_no_time() -> None:
    text = "the key to it all is a token of trust; " * 25_000 + "password" * 20_000 + ("a://" + "b" * 90) * 5_000
    assert Masker().text(text) == text
