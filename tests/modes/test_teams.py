from __future__ import annotations

import pytest
from support.committees import ended, records
from support.tasks import failing, states, waves, working

from agentchat.errors import UsageError
from agentchat.events import EscalationAnswered, EscalationRaised, ModeEntered, ModeLeft, TurnStarted
from agentchat.log import Log
from agentchat.modes import settings_of
from agentchat.modes.teams import SUB_TEAMS
from agentchat.testing import begin, conformance, opened, people, play

NAMES = ("Ada", "Ben", "Cleo", "Dev", "Edith", "Femi", "Grace", "Hana", "Ines")
TWO = (("count", ""), ("ask", ""), ("draft", "1, 2"))


def teams_wanted(asked: EscalationRaised) -> EscalationAnswered:
    return EscalationAnswered(escalation=asked.seq, key=asked.key, answer=SUB_TEAMS)


def entered(log: Log) -> list[ModeEntered]:
    return [event for event in log.events if isinstance(event, ModeEntered)]


@pytest.mark.soak
def test_sub_teams_keep_the_law_every_mode_keeps() -> None:
    conformance("hierarchy", {"teams": "2"}, people(*NAMES), working())


def test_a_team_is_a_hierarchy_that_survives_every_kill() -> None:
    conformance("hierarchy", {"teams": "2"}, people(*NAMES[:5]), working((("a", ""),)))
    conformance("hierarchy", {"teams": "2", "tasks": 2}, people(*NAMES[:5]), working((("a", ""), ("b", "1"))))


def test_up_to_seven_members_nobody_asks_for_sub_teams() -> None:
    log = play(begin(opened("hierarchy", people(*NAMES[:7]), {})), working(TWO))
    assert not [event for event in log.events if isinstance(event, EscalationRaised)]


def test_beyond_seven_they_are_offered_and_by_default_there_are_none() -> None:
    log = play(begin(opened("hierarchy", people(*NAMES), {})), working(TWO))
    (asked,) = [event for event in log.events if isinstance(event, EscalationRaised)]
    assert asked.question == "9 members are many for one lead. Shall they work as 2 sub-teams with leads?"
    assert not entered(log)
    assert ended(log).outcome == "assembled"


def test_each_team_breaks_its_task_down_and_its_part_is_what_the_lead_puts_together() -> None:
    log = play(begin(opened("hierarchy", people(*NAMES), {"lead": "ada"})), working(TWO), teams_wanted)
    (formed,) = records(log, "teams_formed")
    teams = formed.data["teams"]
    assert isinstance(teams, list)
    assert sorted(len(team["members"]) for team in teams if isinstance(team, dict)) == [4, 4]  # type: ignore[arg-type]
    assert [one.question for one in entered(log)] == ["count", "ask", "draft"]
    for frame in entered(log):
        who = str(frame.settings["who"]).split(", ")
        speakers = {one.speaker for one in log.events if isinstance(one, TurnStarted) and one.frame == frame.seq}
        assert speakers <= set(who)
        assert "ada" not in speakers
    assert [one.outcome for one in log.events if isinstance(one, ModeLeft)] == ["assembled"] * 3
    assert ended(log).outcome == "assembled"
    parts = [one.turn for one in log.events if isinstance(one, TurnStarted) and one.kind == "assembly" and one.frame]
    last = [one for one in log.events if isinstance(one, TurnStarted)][-1]
    assert all(f"#{part}" in last.brief for part in parts)


def test_what_one_team_cannot_do_goes_to_another_and_then_blocks() -> None:
    log = play(begin(opened("hierarchy", people(*NAMES[:5]), {"teams": "2"})), working(TWO, work=failing("1", "2")))
    assert [one.outcome for one in log.events if isinstance(one, ModeLeft)] == ["failed"] * 4
    assert states(log) == {"count": "failed", "ask": "failed", "draft": "blocked"}
    assert ended(log).outcome == "failed"
    assert len(waves(log)) >= 2


@pytest.mark.parametrize("teams", ["some", "1", "7", ""])
def test_teams_are_auto_off_or_a_number(teams: str) -> None:
    with pytest.raises(UsageError):
        settings_of("hierarchy", {"teams": teams})
    assert settings_of("hierarchy", {"teams": " AUTO "})["teams"] == "auto"
