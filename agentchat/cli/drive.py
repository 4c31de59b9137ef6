"""Runs a command's coroutine. Ctrl+C and SIGTERM cancel it, so that it can save; the second one kills."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, TypeVar

from agentchat.cli import log

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import FrameType

T = TypeVar("T")

STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def drive(doing: Coroutine[None, None, T]) -> T:
    """What comes of it. Raises KeyboardInterrupt where it was stopped and did not see to that itself."""
    log.keep()
    before = {each: signal.getsignal(each) for each in STOPS}
    # What a parent had ignored (nohup, a background job) stays ignored.
    heeded = [each for each, handler in before.items() if handler is not signal.SIG_IGN]

    async def stoppable() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def stop(_number: int, _frame: FrameType | None) -> None:
            for each in heeded:
                signal.signal(each, signal.SIG_DFL)
            loop.call_soon_threadsafe(task.cancel)

        # Not the loop's own handlers: these work even while the loop is busy, or gone.
        for each in heeded:
            signal.signal(each, stop)
        return await doing

    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        for each in heeded:
            signal.signal(each, before[each])
