from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from agentchat.errors import UsageError
from agentchat.events import Unknown
from agentchat.importing import event_of, read
from agentchat.importing.bundle import read as read_lines, renamed, same
from agentchat.log import Log

DEMO = Path(__file__).parents[2] / "sessions" / "committee.jsonl"
LINES = DEMO.read_bytes().splitlines()
OPENED = {"v": 1, "seq": 1, "at": "2026-01-01T00:00:00Z", "type": "session_opened", "session": "s", "topic": "t"}
OPENED |= {"mode": "discussion"}


def file(folder: Path, *lines: bytes | dict[str, object]) -> Path:
    path = folder / "session.jsonl"
    path.write_bytes(b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines))
    return path


def event(seq: int, parent: int | None, **fields: object) -> dict[str, object]:
    return {"v": 1, "seq": seq, "parent": parent, "at": "2026-01-01T00:00:01Z", "type": "human_spoke"} | {
        "text": "words",
        **fields,
    }


@pytest.mark.parametrize("recording", sorted(DEMO.parent.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_line_of_a_bundle_is_kept_as_it_stands(recording: Path) -> None:
    taken = read(recording)
    assert [line for _, line in taken.lines] == recording.read_bytes().splitlines()
    assert (taken.damaged, taken.notes) == ((), ())


def test_types_and_fields_of_a_newer_version_are_kept(tmp_path: Path) -> None:
    strange = event(2, 1, type="dreamt", of=["sheep", {"electric": True}])
    more = event(3, 2, mood="calm")
    taken = read(file(tmp_path, OPENED, strange, more))
    assert taken.damaged == ()
    assert isinstance(taken.lines[1][0], Unknown)
    assert json.loads(taken.lines[2][1])["mood"] == "calm"


def test_a_line_keeps_the_version_it_was_written_in(tmp_path: Path) -> None:
    taken = read(file(tmp_path, OPENED | {"v": 0}, event(2, 1)))
    assert [one.v for one, _ in taken.lines] == [0, 1]


def test_damaged_lines_are_named_and_do_not_take_what_follows_with_them(tmp_path: Path) -> None:
    start = event(2, 1, type="turn_started", speaker="ada", turn=2)
    cut = b'{"v":1,"seq":3,"parent":2,"at":"2026-01-01T00:00:01Z","frame":0,"type":"turn_ended","turn":2,"speaker":"a'
    lines: list[bytes | dict[str, object]] = [
        OPENED,
        start,
        cut,
        event(4, 3),
        b"what?",
        event(6, 5),
        event(9, 8),
        event(10, 6),
    ]
    taken = read(file(tmp_path, *lines))
    assert [(one.seq, one.type) for one, _ in taken.lines] == [
        (1, "session_opened"), (2, "turn_started"), (3, "turn_ended"), (4, "human_spoke"), (5, "damaged"),
        (6, "human_spoke"), (10, "human_spoke"),
    ]  # fmt: skip
    assert taken.damaged == (
        "line 3: it is no JSON, or was cut off",
        "line 5: it is no JSON, or was cut off",
        "1 events that follow on what is not there",
    )
    log = Log(one for one, _ in taken.lines)
    assert (log.head, log.transcript.open) == (10, ())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (event(2, 1, text="other words"), "its number, 2, does not come after 2"),
        (event(1, None), "its number, 1, does not come after 2"),
        (event(2**53, 2), f"its number, {2**53}, does not come after 2"),
        (event(3, 3), "it follows on nothing before it"),
        (event(3, None), "it follows on nothing before it"),
        (event(3, 2, at="2026-01-01T00:00:01"), "its time has no zone"),
        (event(3, 2, frame=-1), "its frame is no event"),
        (event(3, 2, type="head_moved", to=9), "it moves to 9, which is not there"),
        (event(3, 2, type="turn_started", speaker="ada", turn=2), "its turn has another number than itself"),
        (
            event(3, 2, type="turn_ended", speaker="ada", turn=2, outcome="said"),
            "it ends turn 2, which did not begin",
        ),
        (event(3, 2, type="mode_entered", mode="poll", frame=2), "its frame has another number than itself"),
        (OPENED | {"seq": 3, "parent": 2}, "a second session begins here"),
        (event(3, 2, type="turn_ended", outcome="won"), "it is no event: turn: Field required"),
        (b"[" * 100_000, "it is no JSON, or was cut off"),
        (b'"text"', "it is no event"),
        (event(3, 2, v=-(2**70)), "it is no event"),
        (b"\xff\xfe{}", "it is no JSON, or was cut off"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_an_event_without_a_place_in_the_tree_is_left_out_and_named(
    tmp_path: Path, line: bytes | dict[str, object], why: str
) -> None:
    taken = read(file(tmp_path, OPENED, event(2, 1), line))
    assert len(taken.lines) == 2
    assert taken.damaged[0].startswith(f"line 3: {why}")


def test_a_line_that_stands_there_twice_counts_once(tmp_path: Path) -> None:
    taken = read(file(tmp_path, OPENED, event(2, 1), event(2, 1), event(3, 2)))
    assert [one.seq for one, _ in taken.lines] == [1, 2, 3]
    assert (taken.damaged, taken.notes) == ((), ("1 lines stood there twice",))


def test_a_bundle_with_marks_and_ends_of_another_system_is_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n\r\n".join(LINES) + b"\r\n")
    assert [line for _, line in read(path).lines] == LINES


def test_a_session_that_must_have_another_id_gets_the_same_one_each_time(tmp_path: Path) -> None:
    taken = read(DEMO)
    assert renamed(taken).opened.session == renamed(taken).opened.session != taken.opened.session
    assert event_of(renamed(taken).lines[0][1]) == renamed(taken).opened
    for hostile in ("../../etc/passwd", "-rf", "", "a" * 65, "a\x1b[2J"):
        opened = read(file(tmp_path, OPENED | {"session": hostile})).opened
        assert len(opened.session) == 12


def test_what_goes_on_elsewhere_is_known_by_its_beginning() -> None:
    taken = read(DEMO)
    assert same(LINES, taken) == 0
    assert same(LINES[:5], taken) == len(LINES) - 5
    assert same([*LINES, b"{}"], taken) == -1
    assert same([*LINES[:-1], b"{}"], taken) is None


def test_what_is_no_file_is_named_and_not_touched(tmp_path: Path) -> None:
    fifo, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(fifo)
    link.symlink_to(DEMO)
    for path, why in (
        (fifo, "a named pipe"),
        (link, "a symbolic link"),
        (tmp_path, "a folder"),
        (Path("/dev/zero"), "a device"),
    ):
        with pytest.raises(UsageError, match=why):
            read(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "nothing")
    with pytest.raises(UsageError, match="is empty"):
        read(file(tmp_path))
    with pytest.raises(UsageError, match="not the name"):
        read(Path("a\0b"))


HOSTILE = {
    "no JSON": b"\x00\x01\x02" * 7_000_000,
    "one line": b'{"type": "session_opened", "topic": "' + b"a" * 18_000_000,
    "deep": b'{"type":"session_opened","x":' + b"[" * 4_000_000,
    "deep messages": b"[" * 4_000_000,
    "objects": b"[" + b"{}," * 2_500_000 + b"{}]",
    "noise": json.dumps(OPENED).encode() + b"\n" + b"{}\n" * 300_000,
}
TRY = """
import resource, sys, time
from pathlib import Path
from agentchat.errors import UsageError
from agentchat.importing import read
before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    read(Path(sys.argv[1]))
    print("read", end=" ")
except UsageError as error:
    print("refused", end=" ")
print(time.process_time() - begun, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_no_time_and_little_memory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "hostile.jsonl"
    path.write_bytes(HOSTILE[kind])
    run = subprocess.run([sys.executable, "-c", TRY, path], capture_output=True, text=True, check=True)
    how, seconds, megabytes = run.stdout.split()
    assert how == "refused"
    assert float(seconds) < 2
    assert float(megabytes) < 200


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=8), st.just([]), st.just({})
)


@settings(max_examples=60)
@given(st.data())
def test_no_change_of_any_field_does_more_than_leave_its_event_out(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(LINES) - 1))
    fields = json.loads(LINES[at])
    fields[data.draw(st.sampled_from(sorted(fields)))] = data.draw(VALUES)
    lines = [*LINES[:at], json.dumps(fields).encode(), *LINES[at + 1 :]]
    try:
        taken = read_lines(enumerate(lines, 1), "it")
    except UsageError:
        assert at == 0
        return
    assert Log(one for one, _ in taken.lines).transcript.opened == taken.opened
