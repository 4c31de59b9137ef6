"""The styles widgets draw with, taken from the theme that is set: words loud, all else quiet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style
from textual.color import Color
from textual.theme import Theme
from textual.widget import Widget

from agentchat.tui.theme import THEMES, Glyphs, glyphs
from agentchat.views.clean import clean, clean_line
from agentchat.views.color import basic, readable

HOT, COLD = 0.67, 0.33
"""Shares from which a value is shown strong, and down to which it is not shown quiet."""


@dataclass(frozen=True, slots=True)
class Ink:
    """One theme's styles, over its own background."""

    dark: bool
    few: bool
    """The terminal has sixteen colours."""
    glyphs: Glyphs
    text: Style
    strong: Style
    quiet: Style
    """Titles, times, reasons: there when looked for."""
    faint: Style
    """Rules and dividers."""
    accent: Style
    good: Style
    warning: Style
    error: Style
    code: Style
    yours: Style
    """The ground under a person's own words."""
    selected: Style

    def persona(self, color: str) -> Style:
        """A persona's own colour, readable here."""
        return _persona(color, self.dark, self.few)

    def heat(self, share: float) -> Style:
        """The ground of a value between 0 and 1, with its words readable on it; plain where colours are few."""
        if self.few:
            return self.strong if share > HOT else self.text if share > COLD else self.quiet
        return _heat(round(share, 2), self.dark)

    def shown(self, text: str) -> str:
        """Text from outside, as it may be drawn."""
        return self.glyphs.plain(clean(text))

    def line(self, text: str, limit: int = 200) -> str:
        """Text from outside, for a place of one line."""
        return self.glyphs.plain(clean_line(text, limit))


def ink_of(widget: Widget) -> Ink:
    """The ink of the theme `widget` is shown in."""
    app = widget.app
    theme = app.current_theme
    # Without a terminal, as for a picture of the screen, all colours can be had.
    look = theme.name, not app.is_headless and app.console.color_system in {"standard", "windows"}
    if look not in _inks:
        _inks[look] = _ink(theme, few=look[1])
    return _inks[look]


_inks: dict[tuple[str, bool], Ink] = {}


def _ink(theme: Theme, *, few: bool = False) -> Ink:
    ours = THEMES[0] if theme.dark else THEMES[1]

    def style(name: str, *, bold: bool = False) -> Style:
        return Style(
            color=theme.variables.get(name) or getattr(theme, name, None) or ours.variables.get(name), bold=bold
        )

    def ground(name: str) -> Style:
        return Style(bgcolor=theme.variables.get(name) or ours.variables.get(name))

    return Ink(
        dark=theme.dark,
        few=few,
        glyphs=glyphs(),
        text=style("foreground"),
        strong=style("foreground", bold=True),
        quiet=style("quiet"),
        faint=style("faint"),
        accent=style("accent"),
        good=style("success"),
        warning=style("warning"),
        error=style("error"),
        code=ground("code"),
        yours=ground("yours"),
        selected=ground("selected"),
    )


@lru_cache(128)
def _heat(share: float, dark: bool) -> Style:
    cold, hot = (Color.parse(one) for one in (("#1b2230", "#3f7d63") if dark else ("#f1eee7", "#9fd3b8")))
    ground = cold.blend(hot, share)
    words = ground.blend(Color.parse("#ffffff" if dark else "#000000"), 0.85)
    return Style(bgcolor=ground.hex, color=words.hex)


@lru_cache(256)
def _persona(color: str, dark: bool, few: bool) -> Style:
    return Style(color=basic(color, dark) if few else readable(color, dark))
