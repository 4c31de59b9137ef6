"""The task board of a hierarchy, as it is shown: a line a task, with who has it and why, or what it waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from agentchat.kinds.conclusion import Conclusion, Name, Sheet, conclude
from agentchat.text import legible

LONGEST, WIDEST = 36, 74
"""Characters of a title, and of a whole line, on the board."""

MARKS = {"done": "✓", "under way": "●", "ready": "○", "waiting": "·", "failed": "✗", "blocked": "✗"}


def rows_of(data: Mapping[str, JsonValue]) -> list[dict[str, JsonValue]]:
    """The tasks of a board on record."""
    tasks = data.get("tasks")
    return [one for one in tasks if isinstance(one, dict)] if isinstance(tasks, list) else []


def board(data: Mapping[str, JsonValue], name: Name) -> Sheet | None:
    """The board; None where the record holds none."""
    rows = rows_of(data)
    if not rows:
        return None
    done = sum(row.get("state") == "done" for row in rows)
    return Sheet(f"Tasks: {done} of {len(rows)} done", tuple(_line(row, name) for row in rows))


def short(text: str, most: int) -> str:
    """A text on one line, cut after a word where it is longer."""
    words = " ".join(legible(text).split())  # what nobody sees does not count
    if len(words) <= most:
        return words
    whole = words[:most].rpartition(" ")[0]
    return (whole or words[: most - 1]).rstrip(" ,;:·") + "…"


def numbered(value: JsonValue) -> str:
    """Ids in words: `1`, `1 and 2`, `1, 2 and 3`."""
    ids = list(map(str, value)) if isinstance(value, list) else []
    return " and ".join(filter(None, (", ".join(ids[:-1]), ids[-1] if ids else "")))


def _line(row: Mapping[str, JsonValue], name: Name) -> str:
    behind = ", ".join(filter(None, _behind(row, name)))
    title = f"{row.get('id')} {short(str(row.get('title') or ''), LONGEST)}"
    return short(f"{MARKS.get(str(row.get('state')), '·')} {title}" + (f" · {behind}" if behind else ""), WIDEST)


def _behind(row: Mapping[str, JsonValue], name: Name) -> Iterator[str]:
    who = name(str(row["who"])) if row.get("who") else ""
    match row.get("state"):
        case "under way":
            yield f"{who}: {row['why']}" if row.get("why") else who
        case "waiting":
            yield f"waits for {numbered(row.get('before'))}"
        case "failed":
            yield "nobody could do it"
        case "blocked":
            yield f"blocked by {numbered(row.get('before'))}"
        case _:
            yield who
    if by := row.get("by"):
        yield f"added by {name(str(by))}"


def teams(data: Mapping[str, JsonValue], name: Name) -> Sheet | None:
    """The sub-teams, a line each, its lead first; None where the record holds none."""
    found = data.get("teams")
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    lines = tuple(", ".join(name(str(who)) for who in _list(row.get("members"))) for row in rows)
    return Sheet(f"{len(lines)} sub-teams, leads first", lines) if lines else None


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


conclude(Conclusion("tasks_planned"))
conclude(Conclusion("teams_formed", card=teams))
for kind in ("tasks_assigned", "tasks_settled"):
    conclude(Conclusion(kind, card=board))
