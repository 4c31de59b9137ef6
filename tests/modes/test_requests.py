from __future__ import annotations

from hypothesis import given, settings, strategies as st

from agentchat.modes.requests import Request, State, circle, doable

WHO = ("ada", "ben", "cleo", "dev")


def made(id_: int, by: str, to: str, state: State = "accepted", *, first: bool = False) -> Request:
    return Request(id_, by, to, "the sums", state, first=first)


def test_who_waits_for_a_promise_does_not_begin_before_it_is_kept() -> None:
    found = [made(1, "ada", "ben"), made(2, "ben", "cleo"), made(3, "dev", "cleo", "asked")]
    assert [one.id for one in doable(found)] == [2]
    assert circle(found) == ()


def test_what_was_only_asked_makes_nobody_wait() -> None:
    assert [one.id for one in doable([made(1, "ada", "ben"), made(2, "ben", "ada", "asked")])] == [1]


def test_two_who_wait_for_each_other_are_found_the_oldest_request_first() -> None:
    found = [made(4, "ben", "ada"), made(2, "cleo", "dev"), made(3, "ada", "ben")]
    assert [one.id for one in circle(found)] == [3, 4]
    assert [one.id for one in doable(found)] == [2]


def test_three_in_a_circle_are_one_circle() -> None:
    found = [made(1, "ada", "ben"), made(2, "ben", "cleo"), made(3, "cleo", "ada")]
    assert [(one.by, one.to) for one in circle(found)] == [("ada", "ben"), ("ben", "cleo"), ("cleo", "ada")]


def test_who_goes_first_does_it_though_it_waits() -> None:
    found = [made(1, "ada", "ben", first=True), made(2, "ben", "ada")]
    assert circle(found) == ()
    assert [one.id for one in doable(found)] == [1]


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(WHO), st.sampled_from(WHO), st.sampled_from(["asked", "accepted", "done"])).filter(
            lambda one: one[0] != one[1]
        ),
        max_size=8,
    )
)
def test_either_something_can_be_done_or_a_circle_is_found(rows: list[tuple[str, str, State]]) -> None:
    found = [made(at, *row) for at, row in enumerate(rows, 1)]
    accepted = [one for one in found if one.state == "accepted"]
    round_ = circle(found)
    assert bool(accepted) == bool(doable(found) or round_)
    assert all(one.to == other.by for one, other in zip(round_, (*round_[1:], *round_[:1]), strict=True))
    assert not set(round_) & set(doable(found))
