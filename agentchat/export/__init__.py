"""A session on paper: one file a format, each a pure unrolling of its log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from agentchat.errors import UsageError
from agentchat.export.adr import DecisionRecord
from agentchat.export.html import Html
from agentchat.export.jsonl import JsonLines
from agentchat.export.markdown import Markdown
from agentchat.export.text import Text

if TYPE_CHECKING:
    from agentchat.log import Log

__all__ = ["FORMS", "Form", "Printout", "printout"]

Form = Literal["text", "md", "jsonl", "adr", "html"]
FORMS: tuple[str, ...] = get_args(Form)


class Printout(Protocol):
    """A printout of one session, as far as it has come."""

    def take(self, log: Log, *, rest: bool = False) -> Iterator[str]:
        """What became final since the last time; with `rest`, all that is left, and the end of the page."""
        ...


def printout(form: str) -> Printout:
    """An empty page of that form. Raises UsageError."""
    match form:
        case "text":
            return Text()
        case "md":
            return Markdown()
        case "jsonl":
            return JsonLines()
        case "html":
            return Html()
        case "adr":
            return DecisionRecord()
        case _:
            raise UsageError(f"there is no format {form!r}", hint=f"There are {', '.join(FORMS)}.")
