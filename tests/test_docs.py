"""What the pages say is so: links lead somewhere, settings exist, and an example is what its recording shows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentchat.events import decode
from agentchat.export import printout
from agentchat.library.persona_file import parse_persona
from agentchat.log import Log
from agentchat.modes import mode_of, names

ROOT = Path(__file__).parents[1]
PAGES = sorted(page for folder in (".", "docs", "sessions") for page in (ROOT / folder).glob("*.md"))
MODES = (ROOT / "docs" / "modes.md").read_text("utf-8")


def section(name: str) -> str:
    """What the page of modes says of one."""
    return MODES.partition(f"\n## {name.title()}\n")[2].partition("\n## ")[0]


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def shown(recording: Path) -> str:
    """A recording as it is printed, however its lines are broken."""
    log = Log([decode(line) for line in recording.read_bytes().splitlines()])
    return unwrapped("".join(printout("text").take(log, rest=True)))


def excerpts(text: str) -> Iterator[tuple[str, list[str]]]:
    """The recording each example names, and the parts of it that are shown."""
    for fence in re.finditer(r"^```(\w*)\n(.*?)^```\n", text, re.MULTILINE | re.DOTALL):
        source = re.match(r"\nMade by `local/starter`; the whole of it: \[.*\]\((.*)\)", text[fence.end() :])
        if source:
            yield source[1], [part for part in map(unwrapped, re.split(r"\[…\]|\n\n", fence[2])) if part]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link.partition("#")[0]).exists()] == []


@pytest.mark.parametrize("name", names())
def test_every_mode_is_explained_with_an_example_that_its_recording_shows(name: str) -> None:
    found = list(excerpts(section(name)))
    assert found
    for recording, parts in found:
        whole = shown(ROOT / "docs" / recording)
        assert [part for part in parts if part not in whole] == []


@pytest.mark.parametrize("name", names())
def test_every_setting_the_page_of_modes_names_is_one_of_that_mode(name: str) -> None:
    mode = mode_of(name)
    for setting, value in re.findall(r"`([a-z_]+)=\"?([^`\"]+)\"?`", section(name)):
        assert setting in mode.Settings.model_fields
        mode.Settings.model_validate({setting: value})


def test_the_page_of_the_architecture_names_every_module_that_has_a_place_in_it(root: Path) -> None:
    contracts = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    page = (root / "docs" / "architecture.md").read_text("utf-8")
    table = set(re.findall(r"`([a-z]+)/?`", "".join(re.findall(r"^\|.*$", page, re.MULTILINE))))
    assert set(re.findall("[a-z]+", " ".join(layers).replace("__main__", ""))) - table == set()


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (page, text)
        for page in PAGES
        for text in re.findall(r"^```markdown\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    ],
    ids=lambda what: getattr(what, "name", ""),
)
def test_every_persona_a_page_shows_is_one_as_it_stands(page: Path, text: str) -> None:
    reading = parse_persona(text, page)
    assert reading.persona is not None
    assert reading.flaws == ()


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "docs"], ids=lambda page: page.name)
def test_a_page_that_has_its_reader_type_agentchat_leads_to_how_they_come_to_have_it(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "\n## The command\n" in (ROOT / "README.md").read_text("utf-8")
    typed = re.search(r"^```sh\n[^`]*^(?:\$ )?agentchat ", text, re.MULTILINE)
    assert typed is None or "../README.md#the-command" in text[: typed.start()]
