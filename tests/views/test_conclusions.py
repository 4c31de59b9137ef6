from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import JsonValue

from agentchat.events import Recorded, TurnEnded
from agentchat.kinds import Conclusion, Kind, Sheet, conclude, kind_of, known, register
from agentchat.kinds.conclusion import Name
from agentchat.views.conclusions import concluded, unworded
from agentchat.views.room import Card, Line

DATA: dict[str, JsonValue] = {"white_hat": 3, "open": True, "who": ["ada", "ben"], "more": {"a": 1}, "none": None}
FIELDS = ("white hat: 3", "open: yes", "who: ada, ben", "more: a: 1", "none: none")


def shown(name: str, data: dict[str, JsonValue] | None = None) -> tuple[object, ...]:
    entry = Recorded(kind=name, data=DATA if data is None else data, reason="all were worn", seq=7)
    return concluded(entry, lambda who: who.title())


def test_a_conclusion_that_nobody_knows_is_shown_as_plain_fields() -> None:
    assert shown("hats_off") == (Card(7, "Hats off", lines=FIELDS, note="all were worn"),)
    assert shown("hats_off", {}) == (Line(7, "All were worn", "record"),)


def test_of_many_fields_some_are_shown_and_the_others_counted() -> None:
    (card,) = shown("hats_off", {f"f{number}": "x" * 999 for number in range(100)})
    assert isinstance(card, Card)
    assert card.lines[-1] == "… and 60 more"
    assert max(map(len, card.lines)) < 200


def test_a_conclusion_that_ships_is_the_line_it_always_was() -> None:
    assert shown("dissent_called") == (Line(7, "All were worn", "record"),)


def _raises(data: object, name: Name) -> Sheet:
    raise KeyError("gone")


@pytest.mark.parametrize(
    "card",
    [_raises, lambda data, name: "a text", lambda data, name: Sheet("x", 3), lambda: None],  # type: ignore[arg-type]
    ids=["raises", "no sheet", "no rows", "takes nothing"],
)
def test_a_card_that_fails_does_not_take_the_screen_down(card: Callable[..., Sheet]) -> None:
    before = known.known()
    try:
        conclude(Conclusion("hats_off", card=card))
        assert shown("hats_off") == (Card(7, "Hats off", lines=FIELDS, note="all were worn"),)
    finally:
        known.put_back(before)


def test_a_card_of_a_plug_in_is_shown_and_what_is_no_text_in_it_becomes_one() -> None:
    before = known.known()
    try:
        conclude(Conclusion("hats_off", card=lambda data, name: Sheet("Hats", (1, name("ada")))))  # type: ignore[arg-type]
        assert shown("hats_off") == (Card(7, "Hats", lines=("1", "Ada")),)
        conclude(Conclusion("hats_off", "stop", card=lambda data, name: None))
        assert shown("hats_off") == (Line(7, "All were worn", "stop"),)
        conclude(Conclusion("hats_off", hidden=True))
        assert shown("hats_off") == ()
    finally:
        known.put_back(before)


@pytest.mark.parametrize(
    ("text", "fields"), [('{"view": 1}', True), ("```json\n{}", True), ("", True), ("Well", False)]
)
def test_an_answer_that_was_never_put_into_words_is_shown_by_its_fields(text: str, fields: bool) -> None:
    end = TurnEnded(turn=3, speaker="ada", kind="blue_hat", outcome="structured", text=text, data={"view": "yes"})
    assert unworded(end) is fields
    assert not unworded(end.model_copy(update={"outcome": "said"}))


def test_a_kind_that_fails_at_finding_words_costs_nobody_a_turn() -> None:
    before = known.known()
    try:
        register(Kind("blue_hat", told=lambda data: str(data["gone"])))
        assert kind_of("blue_hat").put({"view": 1}, "as it came") == "as it came"
    finally:
        known.put_back(before)
