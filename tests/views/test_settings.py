"""A mode's settings as a form."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, Field

from agentchat.modes import mode_of, names, settings_of as validated
from agentchat.views.settings import Setting, changed, settings_of, summary, words


class Settings(BaseModel):
    rounds: int = Field(2, ge=1, le=12, description="how many")
    words: int = Field(120, ge=20, le=600)
    order: Literal["free", "moderated"] = "free"
    synthesis: bool = True
    agree_at: float = 2 / 3
    chair: str = ""


def form() -> dict[str, Setting]:
    return {setting.name: setting for setting in settings_of(Settings)}


def test_a_form_is_read_from_the_model_alone() -> None:
    shapes = {name: setting.shape for name, setting in form().items()}
    assert shapes == {
        "rounds": "count",
        "words": "count",
        "order": "choice",
        "synthesis": "switch",
        "agree_at": "number",
        "chair": "words",
    }
    assert form()["rounds"].says == "how many"
    assert form()["order"].options == ("free", "moderated")


def test_stepping_goes_round_choices_and_stops_at_the_ends_of_counts() -> None:
    assert form()["order"].step(-1).value == "moderated"
    assert form()["synthesis"].step(1).value == "no"
    assert form()["rounds"].step(-1).step(-1).value == "1"
    assert form()["words"].step(1).value == "130"
    assert form()["chair"].step(1) == form()["chair"]


def test_the_summary_is_one_line_and_leaves_out_what_is_as_usual_and_long() -> None:
    assert summary(settings_of(Settings)) == "2 rounds · 120 words · order free · synthesis"
    given_ = {"synthesis": "no", "chair": "ada", "agree_at": "0.9"}
    assert summary(settings_of(Settings, given_)).endswith("no synthesis · agree at 0.9 · chair ada")


def test_only_what_is_not_as_usual_is_handed_on() -> None:
    assert changed(settings_of(Settings)) == {}
    assert changed(settings_of(Settings, {"rounds": "3"})) == {"rounds": "3"}


@pytest.mark.parametrize("mode", names())
@given(st.data())
def test_whatever_is_stepped_to_is_what_the_mode_takes(mode: str, data: st.DataObject) -> None:
    settings = settings_of(mode_of(mode).Settings)
    for setting in settings:  # one at a time: what two of them come to together, the mode says itself
        stepped = setting.step(data.draw(st.sampled_from((-1, 1))))
        assert validated(mode, dict(changed([stepped])))


def test_a_third_is_said_as_one() -> None:
    assert next(one for one in settings_of(Settings) if one.name == "agree_at").value == "2/3"
    assert summary(settings_of(Settings, {"agree_at": "1/3"})).endswith("agree at one third")


def test_a_long_value_is_shown_a_part_a_line_and_cut_in_the_summary() -> None:
    stages = "design: discussion | build: pipeline x3 | test: poll, failed to build"
    setting = next(one for one in settings_of(mode_of("staged").Settings, {"stages": stages}) if one.name == "stages")
    assert setting.told.endswith("Now:\n  design: discussion\n  build: pipeline x3\n  test: poll, failed to build")
    assert setting.brief == "stages design: discussion | build: pipeline x3…"
    assert form()["rounds"].told == "how many"


@given(st.lists(st.sampled_from(["tea", "black coffee", "milk"]), min_size=2, max_size=3, unique=True))
def test_options_are_shown_as_a_person_types_them(options: list[str]) -> None:
    shown = words([*options])
    assert validated("poll", {"options": shown})["options"] == options
    assert words({"a": [1]}) == '{"a": [1]}'
