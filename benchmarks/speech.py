"""Text that comes as a fast model's does, without one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PACE = 200
"""Tokens a second."""

BATCH = 0.03
"""Seconds between two batches of tokens: how often the models' thread hands over what came."""

SENTENCE = "Rents fell by a third after the mill closed so lease the empty houses at that price to any family"
WORDS = tuple(SENTENCE.split(" "))


def words(count: int, after: int = 0) -> str:
    """So many tokens of text, in paragraphs; `after` tells how many came before."""
    return "".join(WORDS[at % len(WORDS)] + ("\n\n" if at % 80 == 79 else " ") for at in range(after, after + count))


class Speech:
    """One reply under way."""

    def __init__(self, tokens: int = 0) -> None:
        """So many tokens long already."""
        self.tokens = tokens
        self.text = words(tokens)

    async def go_on(self, tokens: int, heard: Callable[[str], None] | None = None) -> None:
        """Say so many more; `heard` gets the whole text so far."""
        before, begun = self.tokens, time.monotonic()
        while self.tokens < before + tokens:
            await asyncio.sleep(BATCH)
            due = before + min(round((time.monotonic() - begun) * PACE), tokens)
            self.text += words(due - self.tokens, self.tokens)
            self.tokens = due
            if heard:
                heard(self.text)
