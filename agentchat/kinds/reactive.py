"""What a reactive room is made of: reactions, and who listens for what."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from agentchat.kinds.conclusion import Conclusion, Name, Sheet, conclude
from agentchat.kinds.kind import Kind, register


def listeners(data: Mapping[str, JsonValue], name: Name) -> Sheet | None:
    """Who listens for what."""
    listens = data.get("listens")
    if not isinstance(listens, dict) or not listens:
        return None
    rows = (
        f"{name(who)}: {', '.join(map(str, topics)) if isinstance(topics, list) and topics else 'nothing'}"
        for who, topics in listens.items()
    )
    return Sheet("Who listens for what", tuple(rows))


register(
    Kind(
        "reaction",
        "reacts",
        doing="reacting",
        part="mind",
        form="React to that, as only you would: what follows from it, what it lacks, what you know of it. If it gives "
        "you nothing to say, reply with PASS and nothing else.",
    )
)
conclude(Conclusion("listeners_set", card=listeners))
conclude(Conclusion("cascade_ended", "warning"))
conclude(Conclusion("silence_fell"))
