"""The versions of a text side by side in time: what changed from any one to any other, and what was found in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType

from agentchat.tui.sheets import SheetScreen
from agentchat.views.drafts import Version, figures, pieces, sections, versions
from agentchat.views.room import Draft

if TYPE_CHECKING:
    from agentchat.room import Room
    from agentchat.room.player import Player

Against = Literal["before", "best", "none"]
AGAINST: tuple[Against, ...] = ("before", "best", "none")


class VersionsScreen(SheetScreen["tuple[str, int | None] | None"]):
    """Ends with what the person wants of a version: `edit`, `accept` or `pin`, and the turn that wrote it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f8", "dismiss(None)", "Back to the room", show=False),
        Binding("left", "turn(-1)", "The version before", show=False),
        Binding("right", "turn(1)", "The version after", show=False),
        Binding("d", "against", "Against which version", show=False),
        *(Binding(digit, f"beside({digit})", "Against that version", show=False) for digit in "123456789"),
        Binding("e", "want('edit')", "Edit it myself", show=False),
        Binding("a", "want('accept')", "Accept it", show=False),
        Binding("p", "want('pin')", "Go on from it", show=False),
        Binding("question_mark,f1", "app.help", "Keys and commands", show=False),
    ]

    def __init__(self, room: Room | Player) -> None:
        super().__init__()
        self.room = room
        self.found = versions(room.transcript)
        self.at = len(self.found.all) - 1
        self.against: Against | int = "before"

    @property
    def here(self) -> Version:
        """The version one is at."""
        return self.found.all[self.at]

    def draw(self) -> None:
        """Show the version one is at."""
        version, transcript = self.here, self.room.transcript
        dots = "  ".join(f"[{one.number}]" if one is version else f" {one.number} " for one in self.found.all)
        other = self._other()
        told = [figures(version.scored, self.found.best)] if version.scored else ["no score yet"]
        told += ["accepted"] if version.accepted else []
        told.append(f"against version {other.number}" if other else "as it reads")
        draft = Draft(
            version.number,
            f"Version {version.number}",
            pieces(other.text if other else None, version.text),
            name=transcript.name(version.author),
            note=" · ".join(told),
        )
        found = sections(transcript, version.scored) if version.scored else ()
        mine = (
            [] if self.room.standing.state == "read-only" else [("e", "edit"), ("a", "accept"), ("p", "go on from it")]
        )
        keys = [("←→", "versions"), ("d 1-9", "against"), *mine, ("esc", "back")]
        self.lay(f"{transcript.question}   versions {dots}", draft, found, keys)

    def _other(self) -> Version | None:
        """The version it is shown against."""
        if isinstance(self.against, int):
            return next((one for one in self.found.all if one.number == self.against and one is not self.here), None)
        if self.against == "best":
            best = (one for one in self.found.all if one.number == self.found.best and one is not self.here)
            return next(best, None)
        return self.found.all[self.at - 1] if self.against == "before" and self.at else None

    def action_turn(self, by: int) -> None:
        """Another version."""
        self.at = max(0, min(self.at + by, len(self.found.all) - 1))
        self.draw()

    def action_against(self) -> None:
        """Against the one before, against the best, or as it reads."""
        at = AGAINST.index(self.against) if isinstance(self.against, str) else -1
        self.against = AGAINST[(at + 1) % len(AGAINST)]
        self.draw()

    def action_beside(self, number: int) -> None:
        """Against any other one, by its number."""
        if any(one.number == number for one in self.found.all):
            self.against = number
            self.draw()

    def action_want(self, what: str) -> None:
        """Do that with the version one is at."""
        if self.room.standing.state != "read-only":
            self.dismiss((what, self.here.turn))
