"""Saves as editors make them, on real files; only the clock is ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentchat.library import Shelf
from agentchat.library.watching import MISSED, SETTLED, Saved, Watch

MAYA = "---\nname: Maya\ntitle: baker\n---\nYou are Maya, a baker.\n"
MAYOR = MAYA.replace("title: baker", "title: mayor")


class Desk:
    """A project's folder before a home's, a watch over Maya's file, and its time."""

    def __init__(self, folder: Path) -> None:
        self.project, self.home = folder / "project", folder / "home"
        self.project.mkdir()
        self.home.mkdir()
        self.shelf = Shelf([("project", self.project), ("home", self.home)])
        self.now = 1_000_000.0
        self.watch = Watch(self.shelf, lambda: self.now)
        self.file = self.home / "maya.md"
        self.save(MAYA)

    def save(self, text: str, path: Path | None = None) -> None:
        """Write a file as an editor does, at this moment."""
        path = path or self.file
        path.write_bytes(text.encode())
        os.utime(path, (self.now, self.now))

    def look(self, after: float = 0.0) -> list[Saved]:
        """What is new so many seconds later."""
        self.now += after
        return self.watch.look(["maya"])[0]

    def title(self, after: float = SETTLED) -> str:
        """The new title in what was saved."""
        (saved,) = self.look(after)
        assert saved.persona
        return saved.persona.title


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    assert desk.look() == []
    return desk


def test_what_stood_there_before_the_first_look_is_no_news(desk: Desk) -> None:
    assert desk.look(100) == []


def test_a_saved_file_is_taken_once_when_it_has_rested(desk: Desk) -> None:
    desk.save(MAYOR)
    news, wait = desk.watch.look(["maya"])
    assert news == []
    assert wait == pytest.approx(SETTLED)
    assert desk.title() == "mayor"
    assert desk.look(10) == []


def test_one_that_was_saved_a_while_ago_needs_no_second_look(desk: Desk) -> None:
    desk.save(MAYOR)
    assert desk.title(5) == "mayor"


def test_a_file_that_is_only_touched_or_whose_lines_end_otherwise_says_nothing_new(desk: Desk) -> None:
    desk.now += 5
    desk.save(MAYA)
    assert desk.look(5) == []
    desk.save(MAYA.replace("\n", "\r\n"))
    assert desk.look(5) == []
    desk.save(MAYOR.replace("\n", "\r\n"))
    assert desk.title(5) == "mayor"


def test_a_file_that_is_truncated_and_then_written_is_never_seen_half(desk: Desk) -> None:
    desk.save("")
    assert desk.look(0.5) == []
    desk.save(MAYOR[:30])
    assert desk.look(0.5) == []
    desk.save(MAYOR)
    assert desk.look(0.1) == []
    assert desk.title() == "mayor"


def test_a_file_that_is_moved_away_and_put_back_by_its_editor_was_never_gone(desk: Desk) -> None:
    desk.file.rename(desk.home / "maya.md~")
    assert desk.look(0.2) == []
    other = desk.home / ".maya.swp"
    desk.save(MAYOR, other)
    other.rename(desk.file)
    assert desk.title(1) == "mayor"


def test_a_file_that_cannot_be_used_is_told_once_a_version_with_its_line(desk: Desk) -> None:
    desk.save(MAYOR.replace("title: mayor", "title: a: b: c\n  - x"))
    (saved,) = desk.look(MISSED)
    assert saved.persona is None
    assert saved.flaw
    assert saved.flaw.line == 3
    assert desk.look(10) == []
    desk.save("nothing")
    (saved,) = desk.look(MISSED)
    assert saved.flaw
    assert saved.flaw.line == 1
    desk.save(MAYA)
    (saved,) = desk.look(5)
    assert (saved.again, saved.flaw) == (True, None)
    assert saved.persona


def test_a_file_that_is_gone_is_told_once_and_taken_when_it_is_back(desk: Desk) -> None:
    desk.file.unlink()
    assert desk.look() == []
    (saved,) = desk.look(MISSED)
    assert (saved.persona, saved.flaw) == (None, None)
    assert desk.look(10) == []
    desk.save(MAYOR)
    assert desk.title(5) == "mayor"


def test_a_file_that_gets_another_name_is_still_the_same(desk: Desk) -> None:
    desk.save(MAYA.replace("name: Maya", "name: Maja"))
    (saved,) = desk.look(5)
    assert saved.persona
    assert (saved.who, saved.persona.name) == ("maya", "Maja")
    desk.save(MAYOR)
    assert desk.title(5) == "mayor"


def test_a_new_file_that_comes_first_takes_its_place(desk: Desk) -> None:
    desk.save(MAYOR, desk.project / "any.md")
    assert desk.title(5) == "mayor"
    desk.save(MAYA.replace("baker", "smith"))
    assert desk.look(5) == []
    desk.save(MAYOR.replace("title: mayor", "title: smith"), desk.project / "any.md")
    assert desk.title(5) == "smith"


def test_where_the_first_file_goes_the_one_it_hid_counts_from_its_next_save(desk: Desk) -> None:
    desk.save(MAYOR, desk.project / "maya.md")
    assert desk.title(5) == "mayor"
    (desk.project / "maya.md").unlink()
    assert desk.look() == []
    (saved,) = desk.look(MISSED)
    assert saved.persona is None
    assert desk.look(5) == []
    desk.save(MAYA.replace("title: baker", "title: smith"))
    assert desk.title(5) == "smith"


def test_a_file_that_was_only_renamed_is_followed(desk: Desk) -> None:
    desk.file.rename(desk.home / "other.md")
    assert desk.look(5) == []
    desk.save(MAYOR, desk.home / "other.md")
    assert desk.title(5) == "mayor"


def test_one_that_was_asked_for_by_its_file_is_watched_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    path = tmp_path / "mine.md"
    desk.save(MAYA, path)
    assert desk.shelf.get(str(path)).origin == "path"
    desk.look()
    desk.save(MAYOR)
    assert desk.look(5) == []
    desk.save(MAYOR, path)
    assert desk.title(5) == "mayor"


def test_one_beside_a_room_file_is_watched_there(desk: Desk) -> None:
    desk.file.unlink()
    (desk.home / "lineups" / "bakery").mkdir(parents=True)
    (desk.home / "lineups" / "bakery.toml").write_text('personas = ["bakery/maya.md"]', "utf-8")
    desk.file = desk.home / "lineups" / "bakery" / "maya.md"
    desk.save(MAYA)
    assert desk.look() == []
    desk.save(MAYOR)
    assert desk.title() == "mayor"


def test_who_has_no_file_here_may_get_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.file.unlink()
    assert desk.look() == []
    assert desk.look(5) == []
    desk.save(MAYOR)
    assert desk.title(5) == "mayor"
