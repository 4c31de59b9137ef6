"""One set of ballots seen by every rule that can read it."""

from __future__ import annotations

from fractions import Fraction

from support.elections import ranked, ranking

from agentchat.voting import RULES, Approval, Ballot, Chain, Pick, Scores, XRay, tally, xray

TENNESSEE = ranked("42 M > N > C > K\n26 N > C > K > M\n15 C > K > N > M\n17 K > C > N > M")
UNSETTLED = Chain(steps=())


def seen(rule: str, ballots: tuple[Ballot, ...], options: str = "MNCK") -> XRay:
    return xray(list(options), ballots, rule=rule, ties=UNSETTLED)


def test_the_rules_that_would_have_chosen_otherwise_are_named() -> None:
    view = seen("plurality", TENNESSEE)
    assert view.chosen.elected == ("M",)
    winners = {count.rule: count.winners for count in view.others}
    assert winners["irv"] == ("K",)
    assert set(view.disagreeing) == set(winners) - {"majority"}
    assert view.condorcet is not None
    assert view.condorcet.winner == "N"


def test_a_rule_agrees_that_elects_the_same_among_others_or_nobody() -> None:
    ballots = (Ballot(Pick("M")), Ballot(Pick("M")), Ballot(Pick("N")), Ballot(Pick("C")))
    view = seen("plurality", ballots)
    assert view.disagreeing == ()
    assert "majority" in {count.rule for count in view.others}


def test_only_rules_that_read_all_of_the_ballots_are_shown() -> None:
    orders = {count.rule for count in seen("borda", TENNESSEE).others}
    assert orders == set(RULES) - {"borda", "approval", "score", "star", "stv", "spav"}
    picks = {count.rule for count in seen("borda", (Ballot(Pick("M")),)).others}
    assert picks == orders | {"approval"}
    scores = {count.rule for count in seen("score", (Ballot(Scores({"M": Fraction(3)})),)).others}
    assert scores == (orders | {"borda", "star"})
    mixed = (Ballot(Approval(frozenset("MN"))), Ballot(ranking("M > N")))
    assert {count.rule for count in seen("borda", mixed).others} == orders


def test_who_did_not_vote_and_who_cannot_be_read_is_named_with_the_reason() -> None:
    ballots = (
        Ballot(Pick("M"), voter="ada"),
        Ballot(status="abstained", voter="ben", reason="too close to me"),
        Ballot(status="invalid", voter="cleo", reason="two answers"),
        Ballot(Pick("Z"), voter="dora"),
        Ballot(status="missing", voter="eli", reason="timed out"),
        Ballot(ranking("M > N"), voter="fay"),
    )
    view = seen("approval", ballots)
    assert [(one.voter, one.reason) for one in view.invalid] == [
        ("cleo", "two answers"),
        ("dora", "it names none of the options"),
        ("fay", "it does not say which options would do"),
    ]
    assert [one.reason for one in (*view.abstained, *view.missing)] == ["too close to me", "timed out"]


def test_what_is_chosen_is_the_tally_of_the_rooms_rule() -> None:
    view = seen("irv", TENNESSEE)
    assert view.chosen == tally("irv", list("MNCK"), TENNESSEE, ties=UNSETTLED)
    assert view.pivotal == view.chosen.pivotal == ("#4",)
