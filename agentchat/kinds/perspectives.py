"""What perspectives are made of: one view of the task each, and the one text they are combined into."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from agentchat.kinds.conclusion import Conclusion, Name, Sheet, conclude
from agentchat.kinds.kind import Kind, register

WHY: Mapping[str, str] = {
    "failed": "the model failed",
    "refused": "the provider withheld it",
    "empty": "the model answered with nothing",
    "passed": "passed",
    "interrupted": "was cut off",
    "muted": "is muted",
    "left": "left",
}
"""Why a view is missing, by what came of the turn it should have been."""


def why(outcome: str) -> str:
    """Why a view is missing, in words."""
    return WHY.get(outcome, outcome)


def _listed(data: Mapping[str, JsonValue], key: str) -> list[Mapping[str, JsonValue]]:
    found = data.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def gathered(data: Mapping[str, JsonValue], name: Name) -> Sheet | None:
    """Who gave a view, and who did not and why."""
    given, missing = _listed(data, "given"), _listed(data, "missing")
    if not given and not missing:
        return None
    rows = [f"✓ {name(str(one.get('who')))} (#{one.get('turn')})" for one in given]
    rows += [f"✗ {name(str(one.get('who')))} is missing: {why(str(one.get('why')))}" for one in missing]
    count = len(given) + len(missing)
    return Sheet(f"{len(given)} of {count} perspectives", tuple(rows))


register(
    Kind(
        "view",
        "looks at it",
        doing="looking at it, unseen by the others",
        part="mind",
        form="Nobody sees this before everyone has written theirs. Look at the task as only you would, and say what "
        "should be done about it; leave to the others what is theirs.",
    )
)
register(
    Kind(
        "combination",
        "combines",
        look="card",
        title="Combined",
        doing="combining the perspectives",
        part="room",
        form="One text that does what the task asks for, made of all the perspectives: where they go together, joined; "
        "where they do not, say who holds what (#12) and what you would do. Add nothing of your own. Name at the end "
        "whose perspective is missing, if any is.",
        words=300,
    )
)
conclude(Conclusion("views_gathered", card=gathered))
