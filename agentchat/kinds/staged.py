"""How a staged room shows where it is: its stages, what each came to, and why it went where it went."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from agentchat.kinds.conclusion import Conclusion, Name, Sheet, conclude

NOW = "now"


def chosen(data: Mapping[str, JsonValue], _: Name) -> Sheet | None:
    """Where it goes, and why."""
    stage, number, most = str(data.get("stage") or "stage"), data.get("number"), data.get("most")
    times = (
        f", time {number}{f' of {most}' if most else ''}" if most or (isinstance(number, int) and number > 1) else ""
    )
    return Sheet(f"Stage {stage}{times}", _rows(data), str(data.get("why") or ""))


def ended(data: Mapping[str, JsonValue], _: Name) -> Sheet | None:
    """What each stage came to in the end."""
    title = {"done": "The last stage is done", "exhausted": "A stage was entered as often as it may be"}
    return Sheet(title.get(str(data.get("outcome")), "The stages ended"), _rows(data), str(data.get("why") or ""))


def _rows(data: Mapping[str, JsonValue]) -> tuple[str, ...]:
    found = data.get("stages")
    return tuple(_row(one) for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def _row(one: Mapping[str, JsonValue]) -> str:
    name, mode, outcome, times = (one.get(key) for key in ("name", "mode", "outcome", "times"))
    again = f", {times} times" if isinstance(times, int) and times > 1 else ""
    told = f"{name} ({mode})"
    if one.get("state") == NOW:
        return f"▸ {told}"
    if not outcome:
        return f"· {told}"
    return f"{'✓' if one.get('good') else '✗'} {told}: {str(outcome).replace('_', ' ')}{again}"


conclude(Conclusion("stage_chosen", card=chosen))
conclude(Conclusion("limit_reached", "warning"))
conclude(Conclusion("staged_ended", "stop", card=ended))
