from __future__ import annotations

import pytest
from pydantic import BaseModel, Field

from agentchat.modes import SHIPPED, Settings, mode_of
from agentchat.modes.poll import Poll
from agentchat.modes.structure import is_mode, wrong


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_mode_that_ships_is_one(name: str) -> None:
    assert is_mode(mode_of(name))
    assert wrong(mode_of(name)) == ()


class Bare(BaseModel):
    odd: int


class Untold(Settings):
    words: int = 60


class Impossible(Settings):
    words: int = Field(5, ge=10, description="Words", validate_default=True)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "Six Hats", "name: 'Six Hats' must be lower-case"),
        ("name", "", "name: what it is called on the command line"),
        ("name", 3, "name: what it is called on the command line"),
        ("name", "x" * 41, "name: one line of at most 40"),
        ("title", "two\nlines", "title: one line"),
        ("summary", None, "summary: what it does, in one line"),
        ("picture", " ", "picture: who speaks when"),
        ("version", 0, "version: a whole number from 1"),
        ("version", True, "version: a whole number from 1"),
        ("achieves", ["polled"], "achieves: a frozenset"),
        ("achieves", frozenset(), "achieves: a frozenset"),
        ("next", None, "next: a method next(self, transcript)"),
        ("next", lambda: None, "next: a method next(self, transcript)"),
        ("bound", lambda self: 3, "bound: a method bound(self, members)"),
        ("bound", lambda self, members: 0, "bound: must give the most turns"),
        ("bound", lambda self, members: members / 0, "cannot be made with its usual settings: ZeroDivisionError"),
        ("__init__", lambda self: None, "cannot be made with its usual settings: TypeError"),
        ("Settings", None, "Settings: a class of its settings"),
        ("Settings", Bare, "Settings.odd: has no default"),
        ("Settings", Untold, "Settings.words: says nothing of what it is"),
        ("Settings", Impossible, "Settings: its defaults are not what it takes"),
    ],
)
def test_what_a_class_lacks_to_be_a_mode_is_said(field: str, value: object, told: str) -> None:
    lacking = type("Lacking", (Poll,), {field: value})
    assert any(one.startswith(told) for one in wrong(lacking)), wrong(lacking)
