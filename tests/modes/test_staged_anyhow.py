"""Any course a room can be held by, whatever its stages come to: it ends, and within its bound."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from agentchat.errors import UsageError
from agentchat.events import TurnEnded, TurnStarted
from agentchat.modes import make, settings_of
from agentchat.testing import Voice, agreeable, begin, end, opened, people, play

NAMES = ("a", "b", "c", "d")
WHO = people("Ada", "Ben")
TEST = '(stages="work | look: verdict or fail")'


@st.composite
def courses(draw: st.DrawFn) -> str:
    """Stages with bounds and ways between them, of which some no room can be held by."""
    names = NAMES[: draw(st.integers(1, 4))]
    parts = []
    for name in names:
        bound = draw(st.sampled_from(["", " x1", " x2", " x3"]))
        to = st.sampled_from([*names, "end"])
        ways = [f", failed to {draw(to)}", f", achieved to {draw(to)}", ", else to end"]
        parts.append(f"{name}: pipeline {TEST}{bound}{''.join(ways[: draw(st.integers(1, 3))])}")
    return " | ".join(parts)


def judging(passes: list[bool]) -> Voice:
    """Verdicts in this order, again and again, by how many turns there were: a resumed room is told the same."""

    def voice(start: TurnStarted) -> TurnEnded:
        if start.kind != "verdict":
            return agreeable(start)
        said = passes[start.turn % len(passes)]
        data = {"verdict": "pass" if said else "fail", "reason": "so"}
        return end(start, "structured", "so", {**data})

    return voice


@settings(max_examples=40, deadline=None)
@given(courses(), st.lists(st.booleans(), min_size=1, max_size=5), st.sampled_from(["ask", "end"]))
def test_whatever_its_stages_come_to_it_ends_within_its_bound(stages: str, passes: list[bool], limit: str) -> None:
    try:
        whole = settings_of("staged", {"stages": stages, "at_limit": limit})
    except UsageError:
        return
    log = play(begin(opened("staged", WHO, whole)), judging(passes))
    own = [event for event in log.events if event.frame == 0 and event.type == "recorded"]
    assert log.transcript.closed
    assert len(own) <= make("staged", whole).bound(2)
