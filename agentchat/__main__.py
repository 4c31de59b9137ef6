"""`agentchat`, and `python -m agentchat`."""

from __future__ import annotations

import sys

from agentchat.cli.edge import run


def main() -> None:
    """Do what the command line says and exit with its code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
