"""The outside check: a command the person gave on the command line, run on a draft.

It is the person's own line, so their shell reads it. The draft is never part of it: it comes on stdin, and as a file
named in $AGENTCHAT_DRAFT. Nothing the command started outlives the turn.
"""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import STDOUT
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from agentchat.events import TurnEnded
from agentchat.text import legible

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Awaitable, Callable, Mapping
    from typing import BinaryIO

    from agentchat.events import TurnStarted

KEPT = 20_000
"""Bytes of output that are kept: half from its beginning, half from its end."""

PATIENCE = 120.0
"""Seconds a check may take."""

TIMED_OUT = 124
"""The exit code of a check that took too long, as timeout(1) has it."""

PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check said of a draft."""

    exit: int
    """0 is a pass; -N where signal N ended it."""
    output: str
    """What it wrote to stdout and stderr, legible."""


@dataclass(frozen=True, slots=True)
class Check:
    """A command that judges a draft by its exit code."""

    command: str
    suffix: str = ".md"
    """The ending of the draft's file name: some commands go by that."""
    patience: float = PATIENCE

    async def __call__(self, draft: str) -> Checked:
        """Run it. Raises OSError where it cannot be started."""
        with TemporaryDirectory(prefix="agentchat-") as folder:
            file = Path(folder) / f"draft{self.suffix}"
            file.write_text(draft, "utf-8", "replace")
            code, output = await self._run(file)
        late = f"\n(stopped after {self.patience:g} s)" if code == TIMED_OUT else ""
        return Checked(code, legible(output).strip() + late)

    async def _run(self, file: Path) -> tuple[int, str]:
        environ = {**os.environ, "AGENTCHAT_DRAFT": str(file)}
        # A pipe of our own: asyncio's is waited for as long as anything the command left behind holds it open.
        ours, theirs = os.pipe()
        output = _Ends()
        reading = asyncio.create_task(output.read(ours))
        try:
            with file.open("rb") as stdin:
                process = await self._started(stdin, theirs, environ)
        finally:
            os.close(theirs)
        try:
            async with asyncio.timeout(self.patience):
                code = await process.wait()
        except TimeoutError:
            code = TIMED_OUT
        finally:  # a cut-off comes here too
            _end(process.pid)
            await asyncio.wait([reading])
            await process.wait()
        return code, output.text()

    async def _started(self, stdin: BinaryIO, output: int, environ: Mapping[str, str]) -> Process:
        """The command, running. Cut off while it starts, asyncio would end the shell and leave all that it started."""
        starting = asyncio.create_task(
            asyncio.create_subprocess_shell(
                self.command, stdin=stdin, stdout=output, stderr=STDOUT, env=environ, start_new_session=True
            )
        )
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            process = await starting
            _end(process.pid)
            await process.wait()
            raise


def _end(leader: int) -> None:
    """Kill a command and all it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


async def checked(check: Callable[[str], Awaitable[Checked]] | None, start: TurnStarted, draft: str) -> TurnEnded:
    """The end of a check's turn: structured with its exit code and output, or failed where it could not be run."""
    ended = TurnEnded(turn=start.turn, speaker=start.speaker, kind=start.kind, outcome="failed", frame=start.frame)
    ended = ended.model_copy(update={"reply_to": start.reply_to})
    if check is None:
        why = {"error_kind": "no_check", "error": "no command was given with --check when the session was opened"}
        return ended.model_copy(update=why)
    try:
        found = await check(draft)
    except OSError as error:
        why = {"error_kind": "no_check", "error": f"the check could not be run: {error.strerror or error}"}
        return ended.model_copy(update=why)
    said = {"text": found.output or f"exit {found.exit}", "data": {"exit": found.exit, "output": found.output}}
    return ended.model_copy(update={"outcome": "structured", **said})


class _Ends:
    """The beginning and the end of a stream, however long it is."""

    def __init__(self) -> None:
        self._head, self._tail, self._dropped = b"", b"", 0

    async def read(self, pipe: int) -> None:
        """Take in all that comes through a pipe, and close it."""
        stream = asyncio.StreamReader()
        with os.fdopen(pipe, "rb", 0) as file:
            loop = asyncio.get_running_loop()
            transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), file)
            try:
                while piece := await stream.read(PIECE):
                    self._take(piece)
            finally:
                transport.close()

    def _take(self, piece: bytes) -> None:
        room = KEPT // 2 - len(self._head)
        self._head += piece[:room]
        tail = self._tail + piece[room:]
        self._tail = tail[-(KEPT // 2) :]
        self._dropped += len(tail) - len(self._tail)

    def text(self) -> str:
        gap = f"\n[… {self._dropped} bytes left out …]\n".encode() if self._dropped else b""
        return (self._head + gap + self._tail).decode("utf-8", "replace")
