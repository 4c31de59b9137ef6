"""What a ballot says to a rule, exactly and never by guess; what is counted apart; what cannot be counted."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random

import pytest
from support.elections import approving, counted, ranked, ranking, scoring

from agentchat.errors import UsageError
from agentchat.voting import RULES, Approval, Ballot, Opinion, Pick, Ranking, Scores, Tally, tally
from agentchat.voting.profile import profile
from agentchat.voting.runoff import MOST_SETS

OPTIONS = ("Ada", "Ben", "Cleo", "Dora")
FULL = Ranking((frozenset({"Ada"}), frozenset({"Ben", "Cleo"}), frozenset({"Dora"})))


def one(rule: str, opinion: Opinion, *recused: str) -> Tally:
    return tally(rule, OPTIONS, [Ballot(opinion, recused=frozenset(recused))])


def shown(scores: Mapping[str, Fraction] | None) -> dict[str, float]:
    assert scores is not None
    return {name: float(value) for name, value in scores.items()}


def reason(rule_reads: str, opinion: Opinion, *recused: str) -> str:
    assert rule_reads in ("order", "approval", "scores")
    ballot = Ballot(opinion, recused=frozenset(recused))
    match rule_reads:
        case "order":
            rejected = profile(OPTIONS, [ballot], "order", Fraction(5)).rejected
        case "approval":
            rejected = profile(OPTIONS, [ballot], "approval", Fraction(5)).rejected
        case _:
            rejected = profile(OPTIONS, [ballot], "scores", Fraction(5)).rejected
    return rejected[0].reason if rejected else ""


@pytest.mark.parametrize(
    ("opinion", "points"),
    [
        (Pick("Ada"), (3, 1, 1, 1)),
        (Approval(frozenset({"Ada", "Ben"})), (2.5, 2.5, 0.5, 0.5)),
        (Approval(frozenset()), (1.5, 1.5, 1.5, 1.5)),
        (FULL, (3, 1.5, 1.5, 0)),
        (ranking("Dora > Ada"), (2, 0.5, 0.5, 3)),
        (Scores({"Ben": Fraction(0), "Cleo": Fraction(5)}), (0.5, 2, 3, 0.5)),
    ],
)
def test_every_opinion_is_an_order_too(opinion: Opinion, points: tuple[float, ...]) -> None:
    assert tuple(shown(one("borda", opinion).scores).values()) == points


def test_options_tied_first_share_the_vote() -> None:
    assert shown(one("plurality", ranking("Ada = Ben = Dora > Cleo")).scores)["Dora"] == pytest.approx(1 / 3)


def test_an_indifferent_ballot_is_valid_and_moves_nothing() -> None:
    indifferent = ranking("Ada = Ben = Cleo = Dora")
    for rule in set(RULES) - {"approval", "spav", "score", "star"}:
        alone = one(rule, indifferent)
        assert alone.valid == 1
        assert alone.winners == (OPTIONS if rule not in ("majority", "stv") else alone.winners)
        both = tally(rule, OPTIONS, [Ballot(FULL), Ballot(FULL), Ballot(indifferent)])
        assert both.winners == ("Ada",)


def test_an_unknown_option_costs_only_its_mention_and_a_second_mention_counts_for_nothing() -> None:
    mixed = Ranking((frozenset({"Zoe"}), frozenset({"Ben", "Max"}), frozenset({"Ada", "Ben"})))
    assert one("borda", mixed).scores == one("borda", ranking("Ben > Ada")).scores


@pytest.mark.parametrize(
    ("reads", "opinion", "why"),
    [
        ("order", Pick("Zoe"), "it names none of the options"),
        ("order", Approval(frozenset({"Zoe"})), "it names none of the options"),
        ("order", Ranking(()), "it names none of the options"),
        ("order", Scores({}), "it names none of the options"),
        ("order", Scores({"Ada": Fraction(6)}), "it gives Ada 6, and a score is 0 to 5"),
        ("order", Scores({"Ada": Fraction(-1)}), "it gives Ada -1, and a score is 0 to 5"),
        ("approval", FULL, "it does not say which options would do"),
        ("approval", Scores({"Ada": Fraction(1)}), "it does not say which options would do"),
        ("approval", Pick("Ada"), ""),
        ("approval", Approval(frozenset()), ""),
        ("scores", FULL, "it gives no scores"),
        ("scores", Pick("Ada"), "it gives no scores"),
    ],
)
def test_what_a_ballot_does_not_say_makes_it_invalid_with_the_reason(reads: str, opinion: Opinion, why: str) -> None:
    assert reason(reads, opinion) == why


def test_a_ballot_that_speaks_only_of_what_it_may_not_is_invalid() -> None:
    assert reason("order", Pick("Ada"), "Ada") == "it names none of the options"


def test_abstained_invalid_and_missing_are_counted_apart() -> None:
    half = Fraction(1, 2)
    apart = [Ballot(status="abstained", weight=half), Ballot(status="invalid"), Ballot(status="missing", weight=half)]
    result = tally("approval", OPTIONS, [Ballot(Pick("Ada")), Ballot(FULL), *apart])
    assert (result.valid, result.abstained, result.invalid, result.missing) == (Fraction(1), half, Fraction(2), half)
    assert result.confidence == 1


@pytest.mark.parametrize("rule", RULES)
def test_without_a_valid_ballot_nobody_wins(rule: str) -> None:
    result = tally(rule, OPTIONS, [Ballot(status="abstained")])
    assert result.winners == result.elected == ()
    assert result.trace == ("There is no valid ballot.",)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_tells_how_it_counted(rule: str) -> None:
    scores = {"score", "star"}
    opinion = Scores({"Ada": Fraction(5), "Ben": Fraction(1)}) if rule in scores else Pick("Ada")
    result = one(rule, opinion)
    assert result.winners == ("Ada",)
    assert result.trace
    assert all(line and line[0].isupper() and line[-1] in ".:" for line in result.trace)
    assert result.confidence == 1


@pytest.mark.parametrize("rule", RULES)
def test_a_single_option_wins_by_every_rule(rule: str) -> None:
    opinion = Scores({"Ada": Fraction(5)}) if rule in ("score", "star") else Pick("Ada")
    assert tally(rule, ["Ada"], [Ballot(opinion)]).winners == ("Ada",)


def test_points_of_a_recused_option_are_means_of_those_who_could_speak_of_it() -> None:
    # Each of three recuses its own and scores the others 4; a fourth scores all 4.
    votes = [
        Ballot(Scores({name: Fraction(4) for name in OPTIONS[:3]}), recused=frozenset({own}))
        for own in (*OPTIONS[:3], "Dora")
    ]
    result = tally("score", OPTIONS, votes)
    assert shown(result.scores) == {"Ada": 16, "Ben": 16, "Cleo": 16, "Dora": 0}


def test_a_recused_ballot_says_nothing_in_a_comparison_with_its_own_option() -> None:
    votes = [
        Ballot(ranking("Ben > Cleo"), recused=frozenset({"Ada"})),
        Ballot(ranking("Ada > Ben > Cleo")),
    ]
    result = tally("borda", OPTIONS[:3], votes)
    assert shown(result.scores) == {"Ada": 4, "Ben": 2, "Cleo": 0}
    assert result.condorcet is not None
    assert result.condorcet.preferred is not None
    assert result.condorcet.preferred["Ben", "Ada"] == 0
    assert tally("irv", OPTIONS[:2], votes).winners == ("Ada",)


def test_weights_count_exactly() -> None:
    third = Fraction(1, 3)
    result = tally("plurality", OPTIONS, [Ballot(Pick("Ada"), weight=third)] * 3 + [Ballot(Pick("Ben"))])
    assert result.winners == ("Ada", "Ben")
    assert result.margin == 0


def test_the_ring_at_the_top_is_named() -> None:
    ring = counted("schulze", "2 A > B > C > D\n2 B > C > A > D\n2 C > A > B > D")
    assert ring.condorcet is not None
    assert ring.condorcet.cycle == ("A", "B", "C")
    assert (ring.condorcet.winner, ring.condorcet.loser) == (None, "D")
    level = counted("schulze", "1 A > B > C\n1 B > A > C")
    assert level.condorcet is not None
    assert level.condorcet.cycle == ()


def test_star_hands_a_level_runoff_to_the_higher_total() -> None:
    result = counted("star", scoring((1, {"A": 5, "B": 0}), (1, {"A": 1, "B": 2})), "AB")
    assert result.winners == ("A",)


def test_a_surplus_is_handed_on_at_a_part_of_each_ballots_value() -> None:
    result = counted("stv", ranked("6 A > B\n2 C"), "ABC", seats=2)
    assert result.winners == ("A", "B")
    assert result.rounds is not None
    assert shown(result.rounds[1].counts) == {"B": 3, "C": 2}


def test_many_surpluses_stay_countable() -> None:
    options = [f"option {number}" for number in range(40)]
    chance = Random(2)
    orders = [chance.sample(options, 40) for _ in range(1500)]
    votes = [Ballot(Ranking(tuple(frozenset({name}) for name in order))) for order in orders]
    result = tally("stv", options, votes, seats=25, pivotal=False)
    assert len(result.winners) == 25
    assert any("cut to 12 places" in line for line in result.trace)


def test_a_seat_makes_a_ballot_worth_less_for_the_next() -> None:
    result = counted("spav", approving((6, "AB"), (4, "C")), "ABC", seats=2)
    assert result.winners == ("A", "C")


def test_options_nobody_put_first_do_not_multiply_the_orders_of_dropping() -> None:
    options = [f"option {number}" for number in range(60)]
    assert tally("irv", options, [Ballot(Pick(options[3])), Ballot(Pick(options[5]))]).winners == (
        options[3],
        options[5],
    )


def test_too_many_orders_of_dropping_are_said_to_be_too_many() -> None:
    options = [f"option {number}" for number in range(20)]
    result = tally("irv", options, [Ballot(Pick(name)) for name in options], pivotal=False)
    assert result.winners
    assert f"{MOST_SETS:,} sets of options were followed, not all" in result.trace[-2]


@pytest.mark.parametrize(
    ("rule", "options", "numbers", "says", "hint"),
    [
        ("schultze", OPTIONS, {}, "no voting rule 'schultze'", "schulze"),
        ("IRV", OPTIONS, {}, "no voting rule", "irv"),
        ("stv", OPTIONS, {"seats": 0}, "0 seats", "1 to as many"),
        ("stv", OPTIONS, {"seats": 5}, "5 seats", "1 to as many"),
        ("borda", OPTIONS, {"seats": 2}, "borda has one winner", "stv and spav"),
        ("borda", ("Ada", "Ben", "Ada"), {}, "Ada stands among the options twice", "a name of its own"),
        ("borda", (), {}, "nothing to choose from", "at least one"),
        ("majority", OPTIONS, {"threshold": Fraction(3, 2)}, "threshold of 3/2", "at most 1"),
        ("score", OPTIONS, {"top": Fraction(0)}, "highest score", "above 0"),
        ("schulze", tuple(map(str, range(301))), {}, "301 are too many", "at most 300"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_the_way_out(
    rule: str, options: tuple[str, ...], numbers: Mapping[str, int], says: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        tally(rule, options, [], **numbers)  # type: ignore[arg-type]
    assert hint in refused.value.hint


def test_a_ballot_of_negative_weight_is_refused() -> None:
    with pytest.raises(UsageError, match="less than nothing"):
        tally("plurality", OPTIONS, [Ballot(Pick("Ada"), weight=Fraction(-1))])
