"""Kills sessions with -9 at random moments, lets each go on to its end, and says what is wrong with it then.

    python -m crash.killer FOLDER SEED [SEED …]

A whole start of the program costs two seconds of CPU; here one process has all imports done, and forks each life of a
session before it has a thread or an event loop of its own. Every fault is said with the seed that shows it again.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from select import select

from crash.life import Say, Steps, counted, faults, kept, live, prepare
from crash.scenes import SCENES, essence

from agentchat.events import decode
from agentchat.log import Log

MANY = 17
"""One session in so many is killed five times in a row, one in three of the others twice."""


@dataclass(frozen=True)
class Whole:
    """A session nobody killed, and how long it took."""

    essence: list[list[object]]
    events: int
    steps: int
    seconds: float


@dataclass(frozen=True)
class Moment:
    """When to kill: so many seconds after the start, right after an acknowledged event, or at a step inside SQLite."""

    seconds: float | None = None
    event: int = 0
    step: int = 0

    @staticmethod
    def of(chance: random.Random, whole: Whole, share: float) -> Moment:
        match chance.randrange(3):
            case 0:
                return Moment(seconds=chance.uniform(0, whole.seconds * share))
            case 1:
                return Moment(event=chance.randrange(1, max(2, int(whole.events * share))))
            case _:
                return Moment(step=chance.randrange(1, max(2, int(whole.steps * share))))

    def __str__(self) -> str:
        return f"{self.seconds:.3f} s" if self.seconds is not None else f"event {self.event} step {self.step}"


def lived(work: Callable[[Say], None], moment: Moment) -> tuple[list[bytes], int]:
    """The whole lines a process of its own said until it ended or was killed, and its exit code, -9 for a kill."""
    ours, theirs = os.pipe()
    sys.stderr.flush()
    begun = time.monotonic()
    if (child := os.fork()) == 0:
        os.close(ours)
        os._exit(_worked(work, theirs, moment.step))
    os.close(theirs)
    said = b""
    while True:
        left = None if moment.seconds is None else max(0.0, begun + moment.seconds - time.monotonic())
        if not select([ours], [], [], left)[0] or (moment.event and said.count(b"\n") >= moment.event):
            os.kill(child, signal.SIGKILL)
            moment = Moment()
        if not (piece := os.read(ours, 1 << 16)):
            break
        said += piece
    os.close(ours)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return said[: said.rfind(b"\n") + 1].splitlines(), code


def _worked(work: Callable[[Say], None], theirs: int, step: int) -> int:
    try:
        counted(step)
        work(partial(os.write, theirs))
    except BaseException:  # noqa: BLE001 (the edge of a process that must not come back into its parent's)
        traceback.print_exc()
        return 1
    return 0


@cache
def before(folder: Path, name: str) -> Path:
    """The home of that name as it is before the session that is killed."""
    (home := folder / f"before-{name}").mkdir()
    assert lived(lambda _say: prepare(home, SCENES[name]), Moment())[1] == 0, f"{name} has no home"
    return home


def fresh(folder: Path, name: str, home: Path) -> Path:
    """The same, to be used."""
    shutil.rmtree(home, ignore_errors=True)
    return shutil.copytree(before(folder, name), home)


@cache
def whole(folder: Path, name: str) -> Whole:
    """The session of that name as it is when nothing kills it."""

    def work(say: Say) -> None:
        told: list[bytes] = []
        live(home, SCENES[name], told.append)
        steps = Steps.taken
        for line in kept(home):
            say(line + b"\n")
        say(b"%d %d\n" % (len(told), steps))

    home = fresh(folder, name, folder / f"whole-{name}")
    begun = time.monotonic()
    lines, code = lived(work, Moment())
    assert code == 0, f"{name} does not come to its end"
    seconds = time.monotonic() - begun
    shutil.rmtree(home)
    events, steps = map(int, lines[-1].split())
    return Whole(essence(Log(map(decode, lines[:-1])).transcript), events, steps, seconds)


def killed(folder: Path, seed: int) -> tuple[list[str], Counter[str]]:
    """What is wrong with a session that was killed at random and then gone on with; and the kills there were."""
    chance = random.Random(seed)
    name = list(SCENES)[seed % len(SCENES)]
    scene, unkilled = SCENES[name], whole(folder, name)
    home = fresh(folder, name, folder / f"home-{seed}")
    times = 5 if seed % MANY == 0 else 2 if chance.random() < 0.3 else 1
    told: list[bytes] = []
    moments: list[str] = []
    kills: Counter[str] = Counter()
    while len(moments) < times:
        moment = Moment.of(chance, unkilled, 0.5 if moments else 1)
        lines, code = lived(partial(live, home, scene), moment)
        told += lines
        if code == -signal.SIGKILL:
            moments.append(str(moment))
            kills["time" if moment.seconds is not None else "event" if moment.event else "step"] += 1
        elif code != 0:
            return [f"seed {seed} ({name}, {', '.join(moments)}): it failed before it was killed"], kills
        elif moments:
            break
        else:  # that moment never came
            fresh(folder, name, home)
            told.clear()

    def end(say: Say) -> None:
        live(home, scene, told.append)
        say(json.dumps(faults(home, told, unkilled.essence)).encode() + b"\n")

    lines, code = lived(end, Moment())
    wrong = json.loads(lines[0]) if code == 0 else ["it does not go on"]
    if not wrong:
        shutil.rmtree(home)
    return [f"seed {seed} ({name}, killed at {', '.join(moments)}): {one}" for one in wrong], kills


def main(folder: Path, seeds: list[int]) -> None:
    total: Counter[str] = Counter()
    for seed in seeds:
        wrong, kills = killed(folder, seed)
        total += kills
        for line in wrong:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    sys.stdout.write(json.dumps(total) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(seed) for seed in sys.argv[2:]])
