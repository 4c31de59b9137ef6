"""The child process that runs llama.cpp: told what to run on stdin, it says on stdout where it listens.

It lives as long as its stdin stays open, so that it is gone when its parent is, however that ended. Run as a script,
it imports nothing of agentchat's. Whatever llama.cpp prints goes to stderr, the log.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import sys
import threading
import urllib.request
from contextlib import suppress
from dataclasses import asdict, dataclass

PR_SET_PDEATHSIG = 1
QUIET = 2
"""Warnings and errors: llama.cpp's own level 3 writes ten lines a request."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to run."""

    path: str
    name: str
    key: str
    slots: int
    """Requests answered at once; more wait."""
    context: int
    """Tokens of context, over all slots."""
    threads: int


@dataclass(frozen=True, slots=True)
class Announcement:
    """Where it runs, or why it does not."""

    address: str = ""
    window: int = 0
    """Tokens that one request may read and write."""
    error: str = ""


def main() -> None:
    """Run what stdin orders, until stdin ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is the parent's to answer
    announce = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = Order(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()
    try:
        served, said = _serve(order)
    except Exception as error:  # noqa: BLE001  # whatever stops it is for the parent to tell
        _write_log()
        served, said = None, Announcement(error=str(error) or type(error).__name__)
    announce.write(json.dumps(asdict(said)) + "\n")
    announce.flush()
    if served is None:
        os._exit(1)
    threading.Event().wait()


def _leave_with_the_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _write_log() -> None:
    """Let llama.cpp write its log to the end: a thread of its own does, and would be gone with us before.

    By the names its C++ functions have in the library; one that has others loses a last line now and then.
    """
    with suppress(ImportError, OSError, AttributeError):
        library = ctypes.CDLL(str(importlib.import_module("xllamacpp.xllamacpp").__file__))
        log, flush = library["_Z15common_log_mainv"], library["_Z16common_log_flushP10common_log"]
        log.restype, flush.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
        flush(log())


def _serve(order: Order) -> tuple[object, Announcement]:
    xllamacpp = importlib.import_module("xllamacpp")  # an extra, and without types
    params = xllamacpp.CommonParams()
    params.model.path = order.path
    params.model_alias = {order.name}
    params.n_ctx = order.context
    params.n_parallel = order.slots
    for cores in (params.cpuparams, params.cpuparams_batch):
        cores.n_threads = order.threads
        cores.poll = 0  # threads that wait leave the core to the screen
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [order.key]
    params.verbosity = QUIET
    params.ui = False
    params.endpoint_slots = False  # what the others ask is nobody's business
    params.warmup = False
    server = xllamacpp.Server(params)
    return server, Announcement(server.listening_address, _window(server.listening_address, order.key))


def _window(address: str, key: str) -> int:
    """A slot's context, as the server set it: no more than the model was trained for."""
    asked = urllib.request.Request(f"{address}/props", headers={"Authorization": f"Bearer {key}"})  # noqa: S310
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(asked, timeout=10) as reply:
        return int(json.load(reply)["default_generation_settings"]["n_ctx"])


if __name__ == "__main__":
    main()
