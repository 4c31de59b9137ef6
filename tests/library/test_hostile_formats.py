from __future__ import annotations

import base64
import io
import json
import struct
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from agentchat.library.bringing import bring
from agentchat.library.flaw import FlawError
from agentchat.library.formats import charx, picture, recognise

CARD = {"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Eve", "description": "She is."}}
V3 = {"spec": "chara_card_v3", "spec_version": "3.0", "data": {"name": "Eva", "description": "She was."}}


def encoded(card: object) -> bytes:
    return base64.b64encode(json.dumps(card).encode())


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0))
    return b"".join((picture.SIGNATURE, header, *chunks, chunk(b"IEND", b"")))


def packed(text: bytes) -> bytes:
    return zlib.compress(text, 9)


def archive(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as opened:
        for name, content in files:
            opened.writestr(name, content)
    return raw.getvalue()


BOMB = b"a" * (64 * 1024 * 1024)
DEEP = '{"a":' * 5_000 + "1" + "}" * 5_000
LAUGHS = "\n".join(["a: &a [ha, ha]", "b: &b [*a, *a]", "x:", "  role: *b"])

GOOD = [
    png(chunk(b"tEXt", b"chara\0" + encoded(CARD))),
    png(chunk(b"zTXt", b"chara\0\0" + packed(encoded(CARD)))),
    png(chunk(b"iTXt", b"chara\0\1\0en\0\0" + packed(encoded(CARD)))),
    png(chunk(b"iTXt", b"chara\0\0\0\0\0" + encoded(CARD))),
    archive(("card.json", json.dumps(CARD).encode()), ("assets/../../x", b"no")),
    archive(("card.json", json.dumps(CARD).encode()), method=zipfile.ZIP_STORED),
    b"\xff\xd8\xff\xe0picture" + archive(("card.json", json.dumps(CARD).encode())),
    b"\xef\xbb\xbf" + json.dumps(CARD).encode(),
]

BAD = {
    "a zTXt bomb": (png(chunk(b"zTXt", b"chara\0\0" + packed(BOMB))), "unpacks to more"),
    "an iTXt bomb": (png(chunk(b"iTXt", b"ccv3\0\1\0\0\0" + packed(BOMB))), "unpacks to more"),
    "a PNG without a card": (png(), "without a character card"),
    "a PNG cut short": (png(chunk(b"tEXt", b"chara\0" + encoded(CARD)))[:60], "cut short"),
    "a chunk longer than the file": (picture.SIGNATURE + b"\xff\xff\xff\xfftEXt" + b"a" * 20, "cut short"),
    "a damaged chunk": (png(chunk(b"tEXt", b"chara\0" + encoded(CARD))[:-1] + b"x"), "damaged chara"),
    "no base64": (png(chunk(b"tEXt", b"chara\0***")), "not base64"),
    "many chunks": (png(chunk(b"tEXt", b"a\0b") * 20_000), "more than 10,000 chunks"),
    "a zip bomb": (archive(("card.json", BOMB)), "unpacks to more"),
    "a zip without a card": (archive(("../card.json", b"{}")), "without a card.json"),
    "a zip of many": (archive(*((f"{n}", b"") for n in range(10_001))), "more than 10,000 files"),
    "a zip cut short": (archive(("card.json", b"{}" * 99))[:50], "damaged archive"),
    "deep JSON": (DEEP.encode(), "nests deeper"),
    "deep lists": (b"[" * 200_000, "nests deeper"),
    "NaN": (b'{"name": NaN}', "NaN is no number"),
    "a huge integer": (b'{"name": ' + b"9" * 5_000 + b"}", "5000 digits"),
    "a huge float": (b'{"name": 1e999}', "too large"),
    "a key twice": (b'{"name": "a", "name": "b"}', "stands twice"),
    "JSON broken on line 3": (b'{"a": 1,\n"b": 2,\n"c"}', "x.json:3: is not valid JSON"),
    "a crowd of lists": (b"[" + b"[]," * 650_000 + b"[]]", "more than 100,000 values"),
    "an endless text": (b'{"a": "' + b'\\"' * 500_000, "is not valid JSON"),
    "many keys and one of them twice": (
        ("{" + ",".join(f'"k{n}": 1' for n in range(60_000)) + ', "k59999": 1}').encode(),
        "stands twice",
    ),
    "too much text": (b"{" + b" " * 3_000_000, "is larger than 2 MB"),
    "another JSON": (b'{"a": 1}', "no persona of a format"),
    "UTF-16": ("{}".encode("utf-16"), "UTF-16"),
    "an empty card": (b'{"spec": "chara_card_v2", "data": {"name": "Eve"}}', "says nothing of who Eve is"),
    "a card without data": (b'{"spec": "chara_card_v3", "data": []}', "without data"),
    "an ELF": (b"\x7fELF\0\0", "no persona of a format"),
    "nothing": (b"", "no persona of a format"),
}
YAML = {
    "aliases": (LAUGHS, "x.yaml:1: anchors"),
    "a tag": ("x:\n  role: !!python/object:os.system x\n", "x.yaml:2: tags"),
    "a merge": ("x:\n  <<: {goal: b}\n  role: a\n", "x.yaml:2: merges"),
    "a key twice": ("x:\n  role: a\n  role: b\n", "x.yaml:3: the key 'role' stands here twice"),
    "a key twice below a fence": ("---\nx:\n  role: a\n  role: b\n", "x.yaml:4: the key 'role' stands here twice"),
    "depth": ("x:\n  role: " + "[" * 50 + "]" * 50, "nests deeper"),
    "size": ("x:\n  role: " + "a" * 200_000, "more than 128 KB"),
}


@pytest.mark.parametrize("raw", GOOD, ids=range(len(GOOD)))
def test_a_card_is_found_wherever_it_is_packed(raw: bytes) -> None:
    (one,) = recognise(raw, Path("x.charx"))
    assert (one.name, one.prompt) == ("Eve", "She is.")


def test_the_newer_card_of_a_picture_wins() -> None:
    (one,) = recognise(png(chunk(b"tEXt", b"chara\0" + encoded(CARD)), chunk(b"tEXt", b"ccv3\0" + encoded(V3))), Path())
    assert (one.name, one.format) == ("Eva", "Character Card V3")


@pytest.mark.parametrize("what", BAD)
def test_a_hostile_file_is_refused_with_a_reason_soon_and_in_little_room(what: str) -> None:
    raw, says = BAD[what]
    began = time.process_time()
    with pytest.raises(FlawError, match=says):
        recognise(raw, Path("x.json"))
    assert time.process_time() - began < 2
    tracemalloc.start()
    try:
        with pytest.raises(FlawError):
            recognise(raw, Path("x.json"))
        assert tracemalloc.get_traced_memory()[1] < 200 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("what", YAML)
def test_hostile_yaml_is_refused_with_its_line(what: str) -> None:
    text, says = YAML[what]
    with pytest.raises(FlawError, match=says):
        recognise(text.encode(), Path("x.yaml"))


def test_no_file_that_is_bad_stops_one_that_is_good(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(BAD["a zTXt bomb"][0])
    (tmp_path / "good.png").write_bytes(GOOD[0])
    found = bring([tmp_path], tmp_path / "to")
    assert [one.persona.id for one in found.arrivals] == ["eve"]
    assert [flaw.path.name for flaw in found.flaws] == ["bomb.png"]


HIT = st.tuples(st.integers(0, 2_000), st.integers(0, 255))
NAMES = st.sampled_from(["x.json", "x.png", "x.charx", "x.yaml", "x.md", "a/system.md", "x.agent.md", "x"])


def attempt(raw: bytes, name: str) -> None:
    try:
        found = recognise(raw, Path(name))
    except FlawError:
        return
    for one in found:
        assert one.prompt.strip()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), NAMES, st.sampled_from([b"", picture.SIGNATURE, charx.SIGNATURE, b"---\n", b"{"]))
def test_any_bytes_are_a_persona_or_the_one_error(raw: bytes, name: str, start: bytes) -> None:
    attempt(start + raw, name)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(GOOD),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=6),
    st.integers(0, 2_000),
)
def test_any_damage_to_a_card_is_a_persona_or_the_one_error(raw: bytes, hits: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(raw)
    for at, value in hits:
        damaged[at % len(damaged)] = value
    attempt(bytes(damaged[: max(1, len(damaged) - cut)]) if cut % 3 == 0 else bytes(damaged), "x.charx")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers(-(10**20), 10**20) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("name", "nickname", "description", "personality", "scenario", "mes_example", "tags", "extensions", "assets",
          "character_book", "creator_notes", "alternate_greetings", "occupation", "participants", "model_client",
          "system_message", "config")  # fmt: skip
SAID = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON))
SHAPES = st.one_of(
    SAID,
    SAID.map(lambda said: {"spec": "chara_card_v3", "data": {"name": "E", "description": "x", **said}}),
    SAID.map(lambda said: {"type": "TinyPerson", "persona": {"name": "E", **said}}),
    SAID.map(lambda said: {"provider": "x", "config": {"name": "e", "system_message": "x", **said}}),
)


@settings(max_examples=100, deadline=None)
@given(SHAPES)
def test_any_value_in_any_field_is_a_persona_or_the_one_error(value: object) -> None:
    attempt(json.dumps(value).encode(), "x.json")


@settings(max_examples=60, deadline=None)
@given(SHAPES)
def test_what_was_recognised_can_be_written_and_read_back(value: object) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.json").write_text(json.dumps(value), "utf-8")
        found = bring([Path(folder) / "x.json"], Path(folder) / "to", dry=True)
        assert found.arrivals or found.flaws
