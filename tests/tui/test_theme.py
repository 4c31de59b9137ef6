from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual.theme import Theme

from agentchat.tui.theme import ASCII, THEMES, Glyphs, glyphs_for
from agentchat.tui.widgets import ink
from agentchat.tui.widgets.entries import draw
from agentchat.views.color import contrast
from agentchat.views.room import Said


def triple(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_is_read_has_contrast_on_every_ground_it_stands_on(theme: Theme) -> None:
    grounds = [theme.background, theme.surface, theme.panel, *(theme.variables[name] for name in ("yours", "code"))]
    for ground in grounds:
        assert ground is not None
        assert theme.foreground is not None
        assert contrast(triple(theme.foreground), triple(ground)) >= 7
    for color in (theme.variables["quiet"], theme.accent, theme.success, theme.warning, theme.error):
        assert color is not None
        assert contrast(triple(color), triple(theme.background or "")) >= 4.5


@pytest.mark.parametrize(
    ("environ", "encoding", "expected"),
    [
        ({"TERM": "xterm-256color"}, "UTF-8", Glyphs()),
        ({}, "utf8", Glyphs()),
        ({"TERM": "dumb"}, "UTF-8", ASCII),
        ({"TERM": "linux"}, "UTF-8", ASCII),
        ({"TERM": "xterm"}, "ANSI_X3.4-1968", ASCII),
        ({"TERM": "xterm"}, "no such encoding", ASCII),
    ],
)
def test_a_terminal_gets_the_glyphs_it_can_draw(environ: dict[str, str], encoding: str, expected: Glyphs) -> None:
    assert glyphs_for(environ, encoding) == expected


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("LANG=C", "False"),
        ("LC_ALL=C", "False"),
        ("LC_ALL=POSIX", "False"),
        ("PYTHONCOERCECLOCALE=0 LANG=C", "False"),
        ("LANG=C.UTF-8", "True"),
        ("LANG=C LC_CTYPE=C.UTF-8", "True"),
        ("LANG=xx_XX.UTF-8", "True"),
        ("LANG=xx_XX.ISO-8859-1", "False"),
        ("TERM=xterm", "True"),
    ],
)
def test_the_locale_counts_as_the_terminal_has_it_not_as_python_mends_it(setting: str, expected: str) -> None:
    look = "from agentchat.tui.theme import glyphs; print(glyphs().unicode)"
    environ = dict(one.split("=", 1) for one in setting.split()) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.run([sys.executable, "-c", look], env=environ, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == expected


def test_without_unicode_everything_of_ours_is_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ink, "glyphs", lambda: ASCII)
    plain = ink._ink(THEMES[0])
    drawn = draw(
        Said(1, "ada", "Ada", "economist", "blue", "🦉", "- “one” — two…\n\n> three\n\n|a|b|\n|-|-|\n|1|2|"), 40, plain
    )
    shown = "".join(segment.text for line in range(drawn.height) for segment in drawn.row(line))
    assert shown.isascii()


def test_sixteen_colours_keep_personas_apart() -> None:
    few = ink._ink(THEMES[0], few=True)
    assert len({few.persona(color) for color in ("blue", "orange", "green", "pink", "cyan", "red")}) == 6
