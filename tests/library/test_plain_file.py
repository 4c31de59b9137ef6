from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from agentchat.library.flaw import FlawError
from agentchat.library.plain_file import MAX_BYTES, read_text


def refused(path: Path) -> str:
    with pytest.raises(FlawError) as caught:
        read_text(path)
    return caught.value.flaw.message


def test_byte_order_mark_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"\xef\xbb\xbf---\r\nname: Ada\r---\nx")
    assert read_text(file) == "---\nname: Ada\n---\nx"


def test_a_byte_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"---\nname: Ren\xe9e\n")
    with pytest.raises(FlawError) as caught:
        read_text(file)
    assert (caught.value.flaw.line, caught.value.flaw.message) == (2, "byte 0xe9 is not UTF-8")


def test_utf_16_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("name: Ada", "utf-16")
    assert "UTF-16" in refused(file)


def test_a_file_of_the_greatest_size_is_read_and_a_greater_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"x" * MAX_BYTES)
    assert len(read_text(file)) == MAX_BYTES
    file.write_bytes(b"x" * (MAX_BYTES + 1))
    assert "larger than 256 KB" in refused(file)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link(path: Path) -> None:
    (path.parent / "target").write_text("secret")
    path.symlink_to(path.parent / "target")


def dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def folder(path: Path) -> None:
    path.mkdir()


def listener(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(os.path.relpath(path))  # a socket's path has little room


@pytest.mark.parametrize(
    ("make", "what"),
    [(pipe, "pipe"), (link, "link"), (dangling, "link"), (folder, "folder"), (listener, "socket")],
)
def test_only_regular_files_are_read_and_nothing_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "x.md")
    assert what in refused(tmp_path / "x.md")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/tty", "/dev/stdin"])
def test_no_device_is_opened(path: str) -> None:
    assert refused(Path(path)).startswith(("is ", "cannot be read"))


def test_what_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "a.md")
    assert "not the name" in refused(tmp_path / "a\0.md")
