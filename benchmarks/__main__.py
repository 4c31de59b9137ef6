"""`python -m benchmarks`: every group, one after another, each in a process of its own; `… startup keys` only those."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

from benchmarks.report import figure

GROUPS = {
    "startup": "the first frame, --help and --version",
    "keys": "from a key to its glyph",
    "drawing": "the CPU of words as they come",
    "memory": "at rest, and with a long session",
    "long": "a session of a hundred thousand events on the screen",
    "store": "SQLite: writing and reading events",
    "search": "finding what was said among 100,000 messages",
    "turns": "the room's own cost of a turn",
    "committee": "fifty voters at once",
    "voting": "every voting rule, and whether it is linear in the ballots",
}


def main(wanted: list[str]) -> int:
    """Run the groups that are wanted, or all. A missed target is printed and fails nothing."""
    unknown = [name for name in wanted if name not in GROUPS]
    if unknown:
        print(f"There is no group {', '.join(unknown)}. There are:", file=sys.stderr)
        for name, what in GROUPS.items():
            print(f"  {name:<10}{what}", file=sys.stderr)
        return 2
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    figure("others at work when it began (load of the last minute)", os.getloadavg()[0])
    failed = [
        name for name in wanted or GROUPS if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"]).returncode
    ]
    if failed:
        print(f"\nNot measured: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
