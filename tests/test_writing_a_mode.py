"""A stranger follows docs/writing-a-mode.md word for word: what stands there is written, trusted and run here."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command import Terminalless
from support.own_modes import FILES, PAGE, none_left, package
from support.rooms import script

from agentchat.home.plugins import Plugins
from agentchat.modes import mode_of
from agentchat.testing import conformance

HATS = """
["*"]
say = ["Blue: we think about Mill Lane."]
hat = ["The lane is narrow.", "It frightens me.", "Children could play.", "Shops could close.", "A bus, perhaps."]
blue_hat = ['{"leaning": "try it first", "why": "A summer is enough."}']
"""


@pytest.fixture
def agentchat(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Terminalless]:
    """The command line, in a home with all the files of the page."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGENTCHAT_MODEL", script(tmp_path, HATS))
    folder = Path(os.environ["AGENTCHAT_HOME"]) / "modes"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    with none_left():
        yield Terminalless(capsys, monkeypatch)


def test_the_page_shows_a_smallest_one_a_whole_one_in_under_sixty_lines_and_its_test() -> None:
    assert sorted(FILES) == ["once_round.py", "six_hats.py", "test_six_hats.py"]
    assert len(FILES["six_hats.py"].splitlines()) < 60


def test_the_smallest_one_is_trusted_and_keeps_the_law(agentchat: Terminalless) -> None:
    assert agentchat("modes", "trust", "once-round", "--yes").code == 0
    conformance("once-round")


def test_its_test_passes(agentchat: Terminalless, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(os.environ["AGENTCHAT_HOME"]) / "modes")
    monkeypatch.delitem(sys.modules, "six_hats", raising=False)
    scope: dict[str, object] = {}
    exec(FILES["test_six_hats.py"], scope)
    with none_left():
        tests = [one for name, one in scope.items() if name.startswith("test_") and callable(one)]
        assert len(tests) == 2
        for test in tests:
            test()


def test_the_six_hats_are_run_shown_resumed_and_replayed(agentchat: Terminalless, tmp_path: Path) -> None:
    assert agentchat("modes", "trust", "six-hats", "--yes").code == 0
    told = next(line for line in PAGE.splitlines() if line.startswith("agentchat run"))
    topic = told.partition('"')[2].partition('"')[0]
    ran = agentchat("run", topic, *told.rpartition('"')[2].split(), "-p", "ada", "-p", "ben")
    assert ran.code == 0, ran.err
    assert ran.out.index("The lane is narrow.") < ran.out.index("A bus, perhaps.")
    order = [re.search(rf"{hat}: 2 thoughts", ran.out) for hat in ("black", "white", "red", "yellow", "green")]
    assert [one.start() for one in order if one] == sorted(one.start() for one in order if one)
    assert all(order)
    assert "leans to: try it first. A summer is enough." in ran.out
    session = ran.err.rpartition("agentchat sessions show ")[2].split()[0]
    assert agentchat("run", "--resume", session, "--rounds", "1", "And in winter?").code == 0
    again = agentchat("replay", session, "--format", "text", "--speed", "instant")
    assert again.code == 0
    assert again.out.count("The hats are off") == 2
    page = tmp_path / "page.html"
    assert agentchat("sessions", "export", session, "--output", page).code == 0
    assert "The blue hat" in page.read_text("utf-8")


def test_it_is_published_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads(re.findall(r"```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0])["project"]
    ((name, value),) = project["entry-points"]["agentchat.modes"].items()
    package(tmp_path, value, FILES["six_hats.py"], name, project["name"])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "six_hats", raising=False)
    with none_left():
        (there,) = Plugins.loaded(tmp_path / "home").scan()
        assert (there.state, there.origin, there.modes) == ("installed", "agentchat-six-hats 1.0", ("six-hats",))
        assert mode_of("six-hats").__module__ == "six_hats"
