from __future__ import annotations

from hypothesis import given, strategies as st

from agentchat.modes.slate import LONGEST_ID, Option, listed, recorded, slate


def ids(*texts: str) -> list[str]:
    return [option.id for option in slate(("", text) for text in texts)]


def test_equal_texts_are_one_option_with_all_who_had_it() -> None:
    found = slate([("ada", "Buy the mill."), ("ben", "Sell it"), ("cleo", " buy  the MILL"), ("ada", "Buy the mill.")])
    assert found == (
        Option("Buy the mill.", "Buy the mill.", ("ada", "cleo"), ("buy the MILL",)),
        Option("Sell it", "Sell it", ("ben",)),
    )


def test_what_differs_in_a_word_or_a_number_is_never_merged() -> None:
    assert len(ids("Open at 8", "Open at 9", "Do not open at 8", "C", "C++")) == 5


def test_marks_and_labels_of_a_model_are_no_part_of_an_option() -> None:
    said = (
        "**Option A:** Plant trees",
        "- Plant trees",
        "1. My proposal: plant trees",
        "> _Plant_ `trees`",
        "Plant *trees*.",
    )
    assert [option.text for option in slate(("ada", text) for text in said)] == ["Plant trees"]
    kept = ("Use C#", "Rename snake_case", "2 * 3 shifts", "Option 3 of the plan", "3.5 % more")
    assert [option.text for option in slate(("ada", text) for text in kept)] == [*kept]


def test_what_is_given_stands_as_it_was_written() -> None:
    assert ids("C#", "*args", "- 5 °C", "Option A: stay") == ["C#", "*args", "- 5 °C", "Option A: stay"]


def test_a_name_is_short_and_cut_at_a_word() -> None:
    (option,) = slate([("", "Give every family that moves here a plot of land and two years without rent")])
    assert option.id == "Give every family that moves here a…"
    assert option.text.endswith("without rent")


def test_names_are_unique_and_none_is_the_word_for_no_vote() -> None:
    long = "one two three four five six seven eight nine"
    found = ids(f"{long} ten", f"{long} eleven", "abstain", "Abstain!")
    assert len(set(found)) == len(found) == 3
    assert found[1].endswith("(2)")
    assert "abstain" not in {one.casefold() for one in found}


def test_nothing_is_no_option() -> None:
    assert slate([("ada", "  "), ("ben", "."), ("cleo", "")]) == ()


def test_options_in_a_line_have_their_texts_beside_their_names() -> None:
    assert listed([Option("tea", "tea"), Option("coffee", "A pot of coffee")]) == "tea; “coffee” (A pot of coffee)"


@given(st.lists(st.tuples(st.sampled_from(["ada", "ben", ""]), st.text(max_size=80)), max_size=12))
def test_whatever_was_proposed_names_are_unique_and_a_record_gives_back_the_slate(texts: list[tuple[str, str]]) -> None:
    found = slate(texts)
    names = [option.id.casefold() for option in found]
    assert len(set(names)) == len(names)
    assert all(option.id and option.text and len(option.id) <= LONGEST_ID + 5 for option in found)
    assert recorded({"options": [option.fact() for option in found]}) == found
    assert slate(("", option.text) for option in found) == tuple(Option(one.id, one.text) for one in found)
