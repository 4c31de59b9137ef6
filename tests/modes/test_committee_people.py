"""Who votes: the person, those who come, go or are muted in the middle, and those whose own option it is."""

from __future__ import annotations

from support.committees import NAMES, Settings, cut, decided, ended, held, records, stages, turns, voting

from agentchat.events import (
    Directed,
    HumanSpoke,
    ModeEntered,
    ModeLeft,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    Recorded,
    SessionReopened,
    SettingsChanged,
    TurnEnded,
    TurnStarted,
)
from agentchat.log import Log
from agentchat.persona import YOU
from agentchat.testing import agreeable, append, begin, end, opened, people, play

TWO: Settings = {"options": "tea | coffee", "rounds": 0}
YES = voting(dict.fromkeys(("ada", "ben", "cleo", "dev", "edith", YOU), "tea"))


def ballots(log: Log, at: int = -1) -> dict[str, dict[str, object]]:
    found = records(log, "votes_counted")[at].data["ballots"]
    assert isinstance(found, list)
    return {str(one["voter"]): dict(one) for one in found if isinstance(one, dict)}


def test_a_person_who_votes_is_asked_with_the_others_and_as_unseen() -> None:
    log = play(
        begin(opened("committee", people("Ada", "Ben"), {**TWO, "rounds": 1, "you": "vote", "deadline": 45})),
        voting({"ada": "tea", "ben": "tea", YOU: "coffee"}),
    )
    starts = {turn.start.speaker: turn.start for turn in turns(log, "final")}
    assert list(starts) == ["ada", "ben", YOU]
    assert starts[YOU].sealed
    assert starts[YOU].reads_to == starts["ada"].reads_to
    assert (starts[YOU].deadline, starts["ada"].deadline) == (45, None)
    assert ballots(log)[YOU]["pick"] == "coffee"
    assert YOU not in {turn.speaker for turn in turns(log, "before", "argue", "minority")}


def test_a_person_who_lets_the_deadline_pass_abstains_and_is_not_asked_again() -> None:
    settings: Settings = {**TWO, "you": "vote", "deadline": 45}
    log = play(
        begin(opened("committee", people("Ada", "Ben"), settings)), voting({"ada": "tea", "ben": "tea", YOU: "passed"})
    )
    assert ballots(log)[YOU]["status"] == "abstained"
    assert sum(turn.speaker == YOU for turn in turns(log, "final")) == 1
    assert ended(log).outcome == "decided"


def test_a_persons_own_ballot_is_the_casting_one_where_they_vote_and_no_chair_is_named() -> None:
    settings: Settings = {**TWO, "you": "vote", "ties": "casting", "rule": "plurality"}
    votes = {"ada": "tea", "ben": "coffee", "cleo": "abstain", YOU: "abstain"}
    for own, other in (("tea", "coffee"), ("coffee", "tea")):
        log = play(
            begin(opened("committee", people("Ada", "Ben", "Cleo"), settings)),
            voting({**votes, "cleo": other, YOU: own}),
        )
        assert (decided(log)["winner"], decided(log)["by"]) == (own, "tie: casting")


def test_nobody_votes_on_the_option_they_proposed() -> None:
    log = play(begin(opened("committee", people(*NAMES[:4]), {"rounds": 0})))
    options = {turn.speaker: turn.text for turn in turns(log, "proposals")}
    starts = {turn.start.speaker: turn.start for turn in turns(log, "final")}
    assert all(options[who] not in start.choices and len(start.choices) == 3 for who, start in starts.items())
    assert ballots(log)["ada"]["recused"] == [options["ada"]]
    free = play(begin(opened("committee", people(*NAMES[:4]), {"rounds": 0, "recuse_own": False})))
    assert all(len(turn.start.choices) == 4 for turn in turns(free, "final"))


def test_where_that_would_leave_someone_without_a_choice_nobody_is_recused() -> None:
    log = play(begin(opened("committee", people("Ada", "Ben"), {"rounds": 0})))
    assert all(len(turn.start.choices) == 2 for turn in turns(log, "final"))
    alone = play(begin(opened("committee", people("Ada"), {})))
    assert stages(alone) == ["proposals", "final", "write-up"]
    assert ended(alone).outcome == "decided"


def test_options_come_from_proposals_nobody_saw_equal_ones_merged_with_all_who_had_them() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        texts = {"ada": "Tea.", "ben": "**tea**", "cleo": "Option B: Coffee", "dev": ""}
        if start.stage != "proposals":
            return agreeable(start)
        return end(start, "said", texts[start.speaker]) if texts[start.speaker] else end(start, "passed")

    log = play(begin(opened("committee", people(*NAMES[:4]), {"rounds": 0})), voice)
    assert all(turn.start.sealed for turn in turns(log, "proposals"))
    (record,) = records(log, "options_set")
    assert record.reveals == tuple(turn.id for turn in turns(log, "proposals"))
    assert record.data["options"] == [
        {"id": "Tea.", "text": "Tea.", "by": ["ada", "ben"], "merged": ["tea"]},
        {"id": "Coffee", "text": "Coffee", "by": ["cleo"], "merged": []},
    ]


def test_where_nobody_proposes_anything_nothing_is_decided() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        return end(start, "empty")

    log = play(begin(opened("committee", people("Ada", "Ben"), {})), voice)
    assert (ended(log).outcome, decided(log)["why"]) == ("no_decision", "no options")
    assert len(turns(log, "proposals")) == 4


def test_who_is_muted_in_the_middle_of_the_vote_is_no_longer_waited_for_nor_counted_as_eligible() -> None:
    whole = held(TWO, {"ada": "tea", "ben": "tea", "cleo": "failed", "dev": "failed"})
    log = Log(whole.events[:10])  # all were asked once
    append(log, [ParticipantChanged(participant=who, muted=True) for who in ("cleo", "dev")])
    play(log, voting({"ada": "tea", "ben": "tea"}))
    quorum = records(log, "votes_counted")[0].data["quorum"]
    assert isinstance(quorum, dict)
    assert (quorum["eligible"], quorum["met"], ended(log).outcome) == (2, True, "decided")


def test_the_ballot_of_one_who_left_counts_and_who_joins_before_the_count_votes() -> None:
    (zoe,) = people("Zoe")
    whole = held(TWO, {"ada": "tea", "ben": "coffee", "cleo": "coffee"})
    counted = records(whole, "votes_counted")[0]
    log = Log(whole.events[: whole.events.index(counted)])
    append(log, [ParticipantLeft(participant="ben"), ParticipantJoined(persona=zoe)])
    play(log, voting({"zoe": "coffee"}))
    assert {who: one["pick"] for who, one in ballots(log).items()} == {
        "ada": "tea",
        "ben": "coffee",
        "cleo": "coffee",
        "zoe": "coffee",
    }
    assert len({turn.start.reads_to for turn in turns(log, "final")}) == 1
    assert decided(log)["winner"] == "coffee"


def test_a_ballot_by_an_understudy_is_nobodys() -> None:
    def voice(start: TurnStarted) -> TurnEnded:
        ended_ = YES(start)
        return ended_.model_copy(update={"speaker": "zoe"}) if start.speaker == "ada" else ended_

    log = play(begin(opened("committee", people("Ada", "Ben", "Cleo"), TWO)), voice)
    assert (ballots(log)["ada"]["status"], ballots(log)["ada"]["reason"]) == (
        "missing",
        "zoe stood in, and nobody votes for another",
    )


def test_settings_changed_in_the_middle_count_where_they_still_can() -> None:
    whole = held({"options": "tea | coffee"}, {"ada": "tea", "ben": "tea", "cleo": "coffee"})
    at = next(n for n, e in enumerate(whole.events) if isinstance(e, TurnStarted) and e.stage == "argue")
    log = Log(whole.events[:at])
    append(
        log,
        [
            SettingsChanged(
                changes={"rule": "majority", "rounds": 0, "options": ["wine", "beer"], "minority_report": False}
            )
        ],
    )
    play(log, YES)
    assert stages(log) == ["before", "final", "write-up"]
    assert [record.data["rule"] for record in records(log, "votes_counted")] == ["majority", "majority"]
    assert decided(log)["winner"] == "tea"


def test_a_rule_changed_after_the_count_changes_no_result() -> None:
    whole = held(TWO, {"ada": "tea", "ben": "tea", "cleo": "coffee"})
    log = Log(whole.events[: whole.events.index(records(whole, "votes_counted")[0]) + 1])
    append(log, [SettingsChanged(changes={"rule": "majority", "threshold": 1.0})])
    assert decided(play(log, YES))["winner"] == "tea"


def test_options_changed_before_anybody_voted_are_the_options() -> None:
    log = cut(held({"options": "tea | coffee"}, {"ada": "tea", "ben": "tea"}), Recorded)
    append(log, [SettingsChanged(changes={"options": ["wine", "beer"]})])
    play(log)
    assert decided(log)["winner"] in ("wine", "beer")
    assert len(records(log, "options_set")) == 2


def test_a_word_from_the_person_between_the_votes_is_answered_and_not_counted_as_an_argument() -> None:
    whole = held({"options": "tea | coffee"}, {"ada": "tea", "ben": "coffee"})
    at = next(n for n, e in enumerate(whole.events) if isinstance(e, TurnStarted) and e.stage == "argue")
    log = Log(whole.events[: at + 2])
    append(log, [HumanSpoke(text="@ben why?", mentions=("ben",))])
    play(log, YES)
    assert len(turns(log, "argue")) == 2
    assert [turn.speaker for turn in turns(log, "aside")] == ["ben"]


def test_after_its_end_it_argues_on_and_votes_anew_against_the_vote_before() -> None:
    log = held({"options": "tea | coffee | water"}, {"ada": "tea", "ben": "tea", "cleo": "coffee"})
    append(log, [SessionReopened(rounds=2)])
    play(log, voting({"ada": "coffee", "ben": "tea", "cleo": "coffee"}))
    assert [event.round for event in log.events if isinstance(event, TurnStarted) and event.stage == "argue"] == (
        [1, 1, 1, 2, 2, 2, 3, 3, 3]
    )
    assert [record.data["stage"] for record in records(log, "votes_counted")] == ["before", "final", "final"]
    assert len(records(log, "options_set")) == 1
    result = decided(log)
    assert (result["before"], result["winner"], result["flipped"]) == ("tea", "coffee", True)
    assert records(log, "votes_counted")[2].data["changed"] == ["ada"]


def test_with_a_new_question_the_old_options_are_gone() -> None:
    log = held({"options": "tea | coffee"}, {"ada": "tea", "ben": "coffee"})
    append(log, [SessionReopened(rounds=1, question="Which biscuit?")])
    play(log)
    assert len(turns(log, "proposals")) == 2
    sets = [(record.data["question"], record.data["given"]) for record in records(log, "options_set")]
    assert sets == [("What should we do?", True), ("Which biscuit?", False)]
    assert all("tea" not in turn.start.choices for turn in turns(log, "final")[2:])
    assert [record.data["stage"] for record in records(log, "votes_counted")] == ["before", "final"] * 2
    assert decided(log)["question"] == "Which biscuit?"


def test_with_a_new_question_new_options_may_be_given() -> None:
    log = held({"options": "tea | coffee"}, {"ada": "tea", "ben": "coffee"})
    changes: Settings = {"options": ["oat", "ginger"]}
    append(log, [SessionReopened(question="Which biscuit?"), SettingsChanged(changes=changes)])
    play(log)
    assert not turns(log, "proposals")
    assert decided(log)["winner"] in ("oat", "ginger")


def test_what_was_sealed_when_it_was_ended_is_opened_by_the_next_count() -> None:
    whole = held({"options": "tea | coffee"}, {"ada": "tea", "ben": "coffee"})
    at = next(n for n, e in enumerate(whole.events) if isinstance(e, TurnStarted) and e.stage == "argue")
    log = Log(whole.events[:at])
    append(log, [Directed(verb="end", reason="enough")])
    play(log)
    append(log, [SessionReopened(rounds=1)])
    play(log, YES)
    assert ended(log).outcome == "decided"
    assert not [turn for turn in turns(log, "before", "final") if log.transcript.sealed(turn)]


def test_called_in_the_middle_of_a_discussion_it_decides_and_the_discussion_goes_on_as_if_nothing_was() -> None:
    discussion: Settings = {"rounds": 2, "stop": "", "agreement": False}
    plain = play(begin(opened("discussion", people("Ada", "Ben", "Cleo"), discussion)))
    talked = [n for n, e in enumerate(plain.events) if isinstance(e, TurnEnded) and e.kind == "say"]
    log = Log(plain.events[: talked[1] + 1])
    data: Settings = {"question": "Which drink?", "options": ["tea", "coffee"], "you": "vote"}
    append(log, [Directed(verb="enter", target="committee", data=data)])
    play(log, YES)
    entered = next(event for event in log.events if isinstance(event, ModeEntered))
    left = next(event for event in log.events if isinstance(event, ModeLeft))
    assert (entered.question, left.outcome, left.data["winner"]) == ("Which drink?", "decided", "tea")
    inner = turns(log, "before", "dissent", "argue", "final", "write-up")
    assert inner
    assert all(turn.start.frame == entered.frame for turn in inner)
    assert records(log, "votes_counted")[0].data["question"] == "Which drink?"

    def outer(of: Log) -> list[tuple[str, int, str]]:
        starts = [event for event in of.events if isinstance(event, TurnStarted) and event.frame == 0]
        return [(start.speaker, start.round, start.stage) for start in starts]

    assert outer(log) == outer(plain)
    assert ended(log).outcome == ended(plain).outcome


def test_a_committee_within_a_committee_keeps_its_own_ballots() -> None:
    whole = held({"options": "tea | coffee"}, {"ada": "tea", "ben": "coffee"})
    at = next(n for n, e in enumerate(whole.events) if isinstance(e, TurnStarted) and e.stage == "argue")
    log = Log(whole.events[: at + 2])
    append(
        log,
        [Directed(verb="enter", target="committee", data={"question": "Milk?", "options": ["yes", "no"], "rounds": 0})],
    )
    play(log, voting({"ada": "tea", "ben": "tea"}))
    assert [record.data["question"] for record in records(log, "votes_counted")] == ["Milk?"] + [
        "What should we do?"
    ] * 2
