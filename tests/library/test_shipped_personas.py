"""The personas that ship hold what they promise: distinct jobs, a blind spot each, colours that stay apart."""

from __future__ import annotations

import re
from itertools import combinations
from math import sqrt
from unicodedata import east_asian_width

import pytest

from agentchat.library.lineup import LineUp
from agentchat.library.lint import check
from agentchat.library.palette import PALETTE, hex_of
from agentchat.library.shelf import Shelf, shipped
from agentchat.persona import Persona

SCAN = Shelf([("shipped", shipped())]).scan()
PERSONAS = {found.persona.id: found.persona for found in SCAN.personas}
LINEUPS = {found.lineup.id: found.lineup for found in SCAN.lineups}
TEAMS = {found.lineup.id: [one.persona for one in found.members] for found in SCAN.lineups}
OWN = {one.id: one for team in TEAMS.values() for one in team if one.id not in PERSONAS}
"""Those that lie beside the line-up they are for."""

Color = tuple[float, float, float]
Matrix = tuple[Color, Color, Color]

FULL: Matrix = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
# Machado, Oliveira and Fernandes 2009, severity 1, on linear light.
PROTANOPIA: Matrix = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
DEUTERANOPIA: Matrix = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
TRITANOPIA: Matrix = ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900))
# Ottosson 2020.
TO_CONES: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB: Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def times(matrix: Matrix, color: Color) -> Color:
    x, y, z = (sum(a * b for a, b in zip(row, color, strict=True)) for row in matrix)
    return (x, y, z)


def light(hex_: str) -> Color:
    red, green, blue = (int(hex_[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return (linear(red), linear(green), linear(blue))


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def oklab(color: Color, sight: Matrix) -> Color:
    red, green, blue = (min(1.0, max(0.0, part)) for part in times(sight, color))
    long, medium, short = (part ** (1 / 3) for part in times(TO_CONES, (red, green, blue)))
    return times(TO_LAB, (long, medium, short))


def apart(one: str, two: str, sight: Matrix) -> float:
    pairs = zip(oklab(light(one), sight), oklab(light(two), sight), strict=True)
    return sqrt(sum((a - b) ** 2 for a, b in pairs))


def contrast(one: str, two: str) -> float:
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (light(one), light(two)))
    return (high + 0.05) / (low + 0.05)


def test_twelve_personas_and_seven_line_ups_ship_without_a_flaw() -> None:
    assert check([shipped(), *(one for one in (shipped() / "lineups").iterdir() if one.is_dir())]) == []
    assert all(found.notes == () for found in SCAN.personas)
    assert len(PERSONAS) == 12
    assert set(LINEUPS) == {
        "default",
        "product-brainstorm",
        "architecture-review",
        "writing-room",
        "decision-board",
    } | {"development", "customer-support"}


@pytest.mark.parametrize("persona", [*PERSONAS.values(), *OWN.values()], ids=[*PERSONAS, *OWN])
def test_each_is_complete(persona: Persona) -> None:
    assert all((persona.title, persona.description, persona.focus, persona.avatar, persona.color, persona.tags))
    assert persona.model == ()
    assert persona.extra.keys() <= {"tools"}
    assert 120 <= len(persona.prompt.split()) <= 230
    assert persona.prompt.startswith(f"You are {persona.name}")
    assert re.fullmatch(r"[a-z][\w', -]+ and [\w' -]+", persona.focus)  # ends a sentence: "a lawyer who cares about …"
    for part in ("You argue", "Your blind spot is", "You ask the others:", "You never"):
        assert part in persona.prompt


@pytest.mark.parametrize("field", ["title", "description", "focus", "avatar", "color"])
def test_no_two_share_anything_that_tells_them_apart(field: str) -> None:
    assert len({getattr(persona, field) for persona in PERSONAS.values()}) == len(PERSONAS)
    for team in TEAMS.values():
        assert len({getattr(persona, field) for persona in team}) == len(team)


def test_each_has_an_initial_of_its_own() -> None:
    assert len({persona.name[0] for persona in PERSONAS.values()}) == len(PERSONAS)


def test_no_two_say_the_same() -> None:
    everybody = PERSONAS | OWN
    words = {id_: set(re.findall(r"\w{5,}", persona.prompt.lower())) for id_, persona in everybody.items()}
    for one, two in combinations(words.values(), 2):
        assert len(one & two) / len(one | two) < 0.2


def test_an_avatar_is_one_cell_in_every_terminal() -> None:
    everybody = [*PERSONAS.values(), *OWN.values()]
    assert [p.avatar for p in everybody if len(p.avatar) != 1 or east_asian_width(p.avatar) in "FW"] == []


@pytest.mark.parametrize("lineup", LINEUPS.values(), ids=LINEUPS)
def test_a_line_up_is_four_or_five_who_are_there(lineup: LineUp) -> None:
    assert len(set(lineup.personas)) in {4, 5}
    assert len(TEAMS[lineup.id]) == len(lineup.personas)


def test_the_chair_of_the_board_sits_on_it() -> None:
    board = LINEUPS["decision-board"]
    assert board.settings["chair"] in board.personas


def test_personas_wear_the_palette() -> None:
    assert {persona.color for persona in PERSONAS.values()} == set(PALETTE.values())


@pytest.mark.parametrize("color", PALETTE.values(), ids=PALETTE)
def test_a_colour_is_read_on_light_and_on_dark(color: str) -> None:
    assert contrast(color, "#ffffff") >= 3
    assert contrast(color, "#1e1e1e") >= 3


@pytest.mark.parametrize(
    ("sight", "least"), [(FULL, 0.13), (PROTANOPIA, 0.07), (DEUTERANOPIA, 0.07), (TRITANOPIA, 0.05)]
)
def test_any_two_colours_stay_apart_for_every_kind_of_colour_vision(sight: Matrix, least: float) -> None:
    assert min(apart(one, two, sight) for one, two in combinations(PALETTE.values(), 2)) >= least


@pytest.mark.parametrize(
    ("word", "color"), [("Blue", PALETTE["blue"]), ("yellow", PALETTE["orange"]), ("#ABC", "#aabbcc"), ("#12345", None)]
)
def test_a_colour_has_a_name_or_a_number(word: str, color: str | None) -> None:
    assert hex_of(word) == color
