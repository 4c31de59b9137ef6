"""What a mode is called for people, by its name: said wherever a mode shows, also where it is not here any more."""

from __future__ import annotations

_titles: dict[str, str] = {}


def entitle(mode: str, title: str) -> None:
    """Make the title of a mode known; an empty one makes it unknown again."""
    _titles[mode] = title


def title_of(mode: str) -> str:
    """Its title; of a mode that is not here its name, as people write one."""
    plain = mode.replace("-", " ").replace("_", " ")
    return _titles.get(mode) or f"{plain[:1].upper()}{plain[1:]}"
