"""What waits for the person, on the home screen: every open question of every session, answered on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agentchat.tui.rows import Column, Line

if TYPE_CHECKING:
    from agentchat.home import Home
    from agentchat.tui.app import Agentchat
    from agentchat.views.inbox import Asked

COLUMNS = (
    Column(14, quiet=False, least=60),
    Column(quiet=False),
    Column(28, least=84),
    Column(18, right=True, least=44),
)
"""Who asks, what, in which session, until when."""

MOST = 5
"""Questions shown at once."""


def lines(questions: Sequence[Asked]) -> list[Line]:
    """A row for each question, the oldest first."""
    from agentchat.views.inbox import line  # brings pydantic along, which the home has loaded by now

    now = datetime.now(UTC)
    rows = [(key(one), line(one, now)) for one in questions]
    return [Line(at, (row.who, row.question, row.topic, row.left or row.age)) for at, row in rows]


def key(question: Asked) -> str:
    """What a question's row is called."""
    return f"{question.session}:{question.seq}"


async def answer(app: Agentchat, home: Home, question: Asked) -> bool:
    """Ask the person, and hand on what they say. Whether they said something. Raises AgentchatError."""
    from agentchat.kinds.ballot import BALLOTS
    from agentchat.tui.answer import AnswerScreen
    from agentchat.tui.ballot import BallotScreen
    from agentchat.views.inbox import whence

    text, data = "", None
    if question.form in BALLOTS:
        data = await app.push_screen_wait(
            BallotScreen(question.form, question.question or question.topic, {one: one for one in question.options})
        )
        if data is None:
            return False
    else:
        more = whence(question, datetime.now(UTC))
        said = await app.push_screen_wait(AnswerScreen(question.question or "It is your turn.", more, question.options))
        if said is None:
            return False
        text = said
    await home.answer(question.session, question.seq, text, data)
    return True
