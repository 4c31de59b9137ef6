"""The list of sessions as a library: what its keys do, which sessions it shows and how they are called.

Imported before the first frame, so it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from textual.binding import Binding

from agentchat.tui.rows import Column, Line, Part
from agentchat.views.sessions import age

if TYPE_CHECKING:
    from agentchat.home import Home
    from agentchat.home.library import Hit, Listing, Sort
    from agentchat.tui.theme import Glyphs
    from agentchat.views.sessions import SessionLine

KEYS = (
    Binding("s", "shelf('star')", "Star the session, or not", show=False),
    Binding("n", "shelf('rename')", "Give it another name", show=False),
    Binding("t", "shelf('tag')", "Tag it", show=False),
    Binding("a", "shelf('archive')", "Put it into the archive, or back", show=False),
    Binding("d", "shelf('delete')", "Throw it into the bin", show=False),
    Binding("u", "shelf('undo')", "Take that back", show=False),
    Binding("o", "shelf('sort')", "Another order; in the inbox, the room that asks", show=False),
    Binding("b", "shelf('place')", "The starred, the archive, the bin, and all again", show=False),
    Binding("r", "shelf('replay')", "Watch it again", show=False),
    Binding("f", "shelf('fork')", "Fork it", show=False),
    Binding("i", "shelf('statistics')", "It in numbers", show=False),
)
"""What can be done with the session the cursor is on."""

LETTERS = tuple(key.key for key in KEYS)

BEFORE = 24
"""Characters in front of what was found that are shown."""

FOUND = (Column(quiet=False), Column(10, right=True, least=44))
"""What was said, when."""

HITS = 80
"""Places listed that a search finds."""

Place = Literal["", "starred", "archive", "bin"]
PLACES: tuple[Place, ...] = ("", "starred", "archive", "bin")
ORDERS: tuple[Sort, ...] = ("newest", "oldest", "longest", "tokens", "cost", "name")


@dataclass(frozen=True, slots=True)
class Shown:
    """Which sessions are listed, and in which order."""

    place: Place = ""
    order: Sort = "newest"

    def title(self) -> str:
        """What stands above them."""
        place = {"": "Recent" if self.order == "newest" else "Sessions", "bin": "In the bin", "archive": "Archive"}
        words = place.get(self.place, "Starred")
        return words if self.order == "newest" else f"{words} · {self.order} first" if self.order != "name" else words

    def elsewhere(self) -> Shown:
        """The next place."""
        return Shown(PLACES[(PLACES.index(self.place) + 1) % len(PLACES)], self.order)

    def sorted(self) -> Shown:
        """The next order."""
        return Shown(self.place, ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)])

    def listing(self, limit: int) -> Listing:
        """As the library is asked for it."""
        from agentchat.home.library import Listing

        place = {"archive": "archived", "bin": "bin"}.get(self.place, "kept")
        return Listing(limit=limit, sort=self.order, place=place, starred=self.place == "starred")  # type: ignore[arg-type]


EMPTY: dict[Place, str] = {
    "starred": "No session has a star yet: s gives one. b goes on.",
    "archive": "Nothing is in the archive: a puts a session there. b goes on.",
    "bin": "The bin is empty. b goes back to all.",
}
"""What is said where a place holds nothing."""


def place_of(key: str) -> tuple[str, int | None]:
    """The session a row stands for, and the event in it."""
    session, _, seq = key.partition("#")
    return session, int(seq) if seq else None


def hits(found: Sequence[Hit], now: datetime) -> list[Line]:
    """What was found, each under the session it is in."""
    lines: list[Line] = []
    for session in dict.fromkeys(hit.session for hit in found):
        mine = [hit for hit in found if hit.session == session]
        lines.append(Line(session, (mine[0].title, "")))
        lines += [_hit(hit, now) for hit in mine]
    return lines


def _hit(hit: Hit, now: datetime) -> Line:
    who = hit.name or hit.kind.replace("_", " ")
    texts = [(" ".join(piece.text.split("\n")), piece.hit) for piece in hit.pieces]
    if texts and not texts[0][1] and len(texts[0][0]) > BEFORE:
        cut = texts[0][0][-BEFORE:]
        texts[0] = (f"…{cut[cut.find(' ') + 1 :]}", False)
    parts = (Part(f"   {who}  ", plain=True), *(Part(text, strong=strong) for text, strong in texts))
    return Line(f"{hit.session}#{hit.seq}", ("", age(now - hit.at)), parts=parts)


def tags(words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags to put on, and with a minus those to take off: `work -old`."""
    wanted = [word.lstrip("+#") for word in words.replace(",", " ").split()]
    return tuple(one for one in wanted if one and not one.startswith("-")), tuple(
        one.removeprefix("-") for one in wanted if len(one) > 1 and one.startswith("-")
    )


@dataclass(frozen=True, slots=True)
class Undo:
    """How something is taken back."""

    session: str
    what: Literal["delete", "archive", "unarchive"]

    async def do(self, home: Home) -> None:
        """Take it back."""
        from agentchat.home.library import Change

        if self.what == "delete":
            await home.library.take_back(self.session)
        else:
            await home.library.label(self.session, Change(archived=self.what == "unarchive"))


async def found(home: Home, words: str) -> list[Line]:
    """What was said, in every session. Raises UsageError for a filter that is none."""
    return hits((await home.library.search(words, HITS)).hits, datetime.now(UTC))


def row(one: SessionLine, signs: Glyphs) -> Line:
    """A session, as a row."""
    title = f"{signs.star} {one.title}" if one.starred else one.title
    parts = (Part(title, plain=True), Part(f"   {' '.join(one.tags)}")) if one.tags else ()
    cells = (title, one.mode, one.people, one.pulse if signs.unicode else "", one.outcome, one.age)
    return Line(one.id, cells, parts=parts)


async def change(
    home: Home, what: Literal["star", "archive", "delete"], session: str, place: Place
) -> tuple[str, Undo | None]:
    """Do that with a session; what is to be said of it, and how it is taken back."""
    from agentchat.home.library import Change

    known = await home.library.row(session)
    match what:
        case "star":
            await home.library.label(session, Change(starred=not known.starred))
            return "", None
        case "archive":
            await home.library.label(session, Change(archived=not known.archived))
            back = "out of the archive" if known.archived else "in the archive"
            return f"“{known.title}” is {back}", Undo(session, "unarchive" if known.archived else "archive")
        case "delete" if place == "bin":
            await home.library.take_back(session)
            return f"“{known.title}” is back", None
        case _:
            await home.delete(session)
            return f"“{known.title}” is in the bin", Undo(session, "delete")


async def relabel(home: Home, what: Literal["rename", "tag"], words: str, session: str) -> None:
    """Give a session another name, or exactly these tags."""
    from agentchat.home.library import Change

    if what == "rename":
        await home.library.label(session, Change(name=words))
        return
    on, off = tags(words)
    gone = [tag for tag in (await home.library.row(session)).tags if tag not in on]
    await home.library.label(session, Change(tags=on, untagged=(*off, *gone)))
