"""The work of a stage, and the verdict on it.

work      plain text: the work itself
verdict   {"verdict": "pass" | "fail", "reason"}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from agentchat.kinds import prose
from agentchat.kinds.conclusion import Conclusion, Name, Sheet, conclude
from agentchat.kinds.kind import Kind, Payload, register

PASS, FAIL = "pass", "fail"


class Verdict(Payload):
    """Whether work will do."""

    in_words = "VERDICT: pass (or VERDICT: fail) and, on the next line, why"

    verdict: Literal["pass", "fail"] = Field(description="Will it do as it is?")
    reason: Annotated[str, Field(max_length=400)] = Field(description="Why, in one or two sentences?")


def read(text: str, _: tuple[str, ...] = ()) -> dict[str, JsonValue] | None:
    """`VERDICT: fail`, and the rest as the reason."""
    said = prose.vote(text, (PASS, FAIL))
    if said is None:
        return None
    lines = (line.strip() for line in text.splitlines())
    rest = " ".join(line for line in lines if line and prose.vote(line, (PASS, FAIL)) is None)
    return {"verdict": said, "reason": rest[:400]}


def told(data: Mapping[str, JsonValue]) -> str:
    """A verdict in words. A tiny model gives the verdict once more as its reason."""
    verdict, reason = str(data.get("verdict")), str(data.get("reason") or "")
    more = "" if reason.strip(" .!").casefold() == verdict else reason
    return f"**{'Pass' if verdict == PASS else 'Fail'}.** {more}".strip()


def checked(data: Mapping[str, JsonValue], name: Name) -> Sheet | None:
    """What was found of a stage's promises, and what comes of it; nothing where it made none."""
    found = data.get("promises")
    promises = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    if not promises:
        return None
    rows = tuple(
        f"✗ {one.get('promise')}: it {one.get('broken')}" if one.get("broken") else f"✓ {one.get('promise')}"
        for one in promises
    )
    title = f"{data.get('stage')}, by {name(str(data.get('by')))}: {'as' if data.get('kept') else 'not as'} promised"
    return Sheet(title[:1].upper() + title[1:], rows, str(data.get("next") or ""))


def ended(data: Mapping[str, JsonValue], name: Name) -> Sheet | None:
    """The stages as they came out."""
    found = data.get("stages")
    rows = [_row(one, name) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    title = {"done": "The work is done", "failed": "The work failed"}.get(str(data.get("outcome")), "Stopped")
    return Sheet(title, tuple(rows), str(data.get("why") or ""))


def _row(one: Mapping[str, JsonValue], name: Name) -> str:
    stage, tries = str(one.get("name")), one.get("tries")
    if not one.get("by"):
        return f"· {stage}: not reached"
    mark = "✓" if one.get("kept") else "~" if one.get("accepted") else "✗"
    more = f", {tries} tries" if isinstance(tries, int) and tries > 1 else ""
    accepted = ", accepted as it is" if one.get("accepted") else ""
    return f"{mark} {stage}, by {name(str(one.get('by')))}{more}{accepted}"


register(
    Kind(
        "work",
        "work",
        doing="working on it",
        form="Give the work itself, whole, and nothing else: no introduction, no remarks on it.",
        words=0,
    )
)
register(
    Kind(
        "verdict",
        "verdict",
        look="card",
        payload=lambda _: Verdict,
        streamed=False,
        prose=read,
        told=told,
        doing="judging the work",
        form="Judge what is there. Fail it only for what makes it unfit, and say what must change.",
        words=60,
    )
)
conclude(Conclusion("stage_checked", card=checked))
conclude(Conclusion("pipeline_ended", "stop", card=ended))
