"""What is new since a session was left, said on stderr, and adopted where that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentchat.cli.edge import say_lines
from agentchat.conduct import aged
from agentchat.home.adopting import adopt, changes, left_out, unasked

if TYPE_CHECKING:
    from agentchat.home import Home
    from agentchat.room import Room


async def since(home: Home, room: Room, *, adopting: bool) -> None:
    """Say what has changed; with `adopting`, go on with it."""
    say_lines(*aged(room.transcript), *left_out(room.transcript))
    found = await changes(home, room.transcript)
    adoptable = [one for one in found if one.adoptable]
    if adopting:
        await adopt(room, adoptable)
        say_lines("Adopted:" if adoptable else "Nothing to adopt has changed since.", *(one.says for one in adoptable))
    elif adoptable:
        short = room.session[:8]
        say_lines(
            "Changed since, and left as the session has it:",
            *(one.says for one in adoptable),
            f"Adopt it: agentchat run --resume {short} --adopt",
        )
    say_lines(*(one.says for one in found if not one.adoptable))


def cannot_ask(home: Home, room: Room) -> None:
    """Say which models cannot be asked from here, and what to do."""
    if told := unasked(home, room.transcript):
        say_lines(*told, "Or another model: --model MODEL; `agentchat models list` shows what there is.")
