from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from support.starter import starter

from agentchat.errors import ModelError
from agentchat.models.local_server import LocalServer, Running

PARENT = """
import asyncio, sys
from pathlib import Path
from agentchat.models.local_server import LocalServer

async def main():
    server = LocalServer(Path(sys.argv[1]), Path(sys.argv[2]))
    await server.running()
    print(server.pid, flush=True)
    if sys.argv[3] == "stay":
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def gguf() -> Path:
    return starter()


def status(running: Running, key: str | None) -> int:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    asked = urllib.request.Request(f"{running.endpoint.api_base}/models", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code


def seen_by_all(pid: int | None) -> bytes:
    return b"".join(Path(f"/proc/{pid}/{what}").read_bytes() for what in ("cmdline", "environ"))


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def comes_true(fact: Callable[[], bool], within: float) -> bool:
    end = time.monotonic() + within
    while not fact():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True


@pytest.mark.starter
async def test_it_listens_on_loopback_for_whoever_has_the_key(gguf: Path, tmp_path: Path) -> None:
    server = LocalServer(gguf, tmp_path / "state" / "log")
    try:
        running = await server.running()
        assert running.endpoint.api_base.startswith("http://127.0.0.1:")
        assert running.window == 2048
        assert status(running, running.endpoint.api_key) == 200
        assert status(running, "guess") == status(running, None) == 401
    finally:
        await server.aclose()


@pytest.mark.starter
async def test_its_key_is_on_no_command_line_and_our_keys_are_not_in_its_environment(
    gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ours")
    server = LocalServer(gguf, tmp_path / "log")
    try:
        running = await server.running()
        shown = seen_by_all(server.pid)
        assert str(running.endpoint.api_key).encode() not in shown
        assert b"sk-ours" not in shown
    finally:
        await server.aclose()


@pytest.mark.starter
async def test_two_who_need_it_at_once_get_the_same_child(gguf: Path, tmp_path: Path) -> None:
    server = LocalServer(gguf, tmp_path / "log")
    try:
        first, second = await asyncio.gather(server.running(), server.running())
        assert first is second
    finally:
        await server.aclose()


@pytest.mark.starter
@pytest.mark.parametrize("known", [True, False])
async def test_it_is_started_again_if_it_died(gguf: Path, tmp_path: Path, known: bool) -> None:
    """Also where that it ended has not got round to asyncio."""
    server = LocalServer(gguf, tmp_path / "log")
    try:
        before = await server.running()
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):  # a thread of asyncio's may have seen its end already
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222  # the loop is not to know yet
        assert server.pid == pid
        if known:
            assert await comes_true(lambda: server.pid is None, within=60)
        after = await server.running()
        assert after.endpoint != before.endpoint
        assert status(after, after.endpoint.api_key) == 200
    finally:
        await server.aclose()


@pytest.mark.starter
async def test_closed_it_is_gone_and_its_log_is_private(gguf: Path, tmp_path: Path) -> None:
    log = tmp_path / "state" / "log"
    server = LocalServer(gguf, log)
    await server.running()
    pid = server.pid
    assert pid is not None
    await server.aclose()
    assert server.pid is None
    assert not runs(pid)
    assert (log.stat().st_mode & 0o777, log.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.starter
@pytest.mark.parametrize("end", ["killed", "ended"])
async def test_it_is_gone_when_its_parent_is(gguf: Path, tmp_path: Path, end: str) -> None:
    arguments = ["-c", PARENT, str(gguf), str(tmp_path / "log"), "stay" if end == "killed" else "leave"]
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", *arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    if end == "killed":
        assert runs(child)
        parent.kill()
    await parent.wait()
    assert await comes_true(lambda: not runs(child), within=2)


async def test_a_file_that_is_no_model_is_named_with_its_log(tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("no weights here")
    server = LocalServer(tmp_path / "notes.gguf", tmp_path / "log")
    with pytest.raises(ModelError, match=r"notes\.gguf could not be loaded") as caught:
        await server.running()
    assert caught.value.kind == "server"
    assert str(tmp_path / "log") in caught.value.hint
    assert "magic" in (tmp_path / "log").read_text()


async def test_without_llama_cpp_it_says_what_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelError, match="not installed") as caught:
        await LocalServer(tmp_path / "a.gguf", tmp_path / "log").running()
    assert caught.value.kind == "not_installed"
    assert "agentchat[local]" in caught.value.hint


async def test_a_child_that_ends_at_once_is_an_error_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.gguf").write_text("")
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(ModelError, match="it ended at once"):
        await LocalServer(tmp_path / "a.gguf", tmp_path / "log").running()


async def test_a_log_that_has_grown_too_long_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.gguf").write_text("")
    (tmp_path / "log").write_text("old\n" * 300_000)
    with pytest.raises(ModelError):
        await LocalServer(tmp_path / "a.gguf", tmp_path / "log").running()
    assert "old" not in (tmp_path / "log").read_text()
