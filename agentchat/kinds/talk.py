"""The kinds of turns that talk is made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from agentchat.kinds.kind import Kind, Payload, register


class Position(Payload):
    """Where a participant stands on what is on the table. Its peers never see it."""

    stance: Literal["agree", "partly", "disagree"] = Field(description="Do you agree with the proposal?")
    why: Annotated[str, Field(max_length=200)] = Field("", description="Why, in one short sentence?")
    confidence: Literal["low", "medium", "high"] = Field("medium", description="How sure are you?")
    objection: Annotated[str, Field(max_length=200)] = Field(
        "", description="What must change before you could live with it? Empty if nothing must."
    )


def nomination(choices: tuple[str, ...]) -> type[Payload]:
    """Who should speak next: one of the eligible, never another."""
    eligible: Any = Literal[choices]
    return create_model(
        "Nomination",
        __base__=Payload,
        speaker=(eligible, Field(description="Who should speak next?")),
        why=(Annotated[str, Field(max_length=160)], Field("", description="Why, in one short sentence?")),
    )


register(Kind("say", "says", part="mind"))
register(
    Kind(
        "thought",
        "first thought",
        part="mind",
        form="Nobody sees this before everyone has written theirs, so do not guess at what the others will say.",
    )
)
register(
    Kind(
        "idea",
        "ideas",
        part="mind",
        form="Ideas only, each on a line that begins with a dash: no introduction, no judging.",
    )
)
register(
    Kind(
        "proposal",
        "proposes",
        look="card",
        doing="putting a proposal",
        part="room",
        form="Reply with that one sentence and nothing else: no introduction, no quotation marks. It takes in the "
        "objections made so far, and anyone could say yes or no to it.",
        words=40,
    )
)
register(
    Kind(
        "position",
        "position",
        look="hidden",
        payload=lambda _: Position,
        streamed=False,
        doing="saying where they stand",
        form="Judge for yourself: nobody else reads this. You may change your mind, and need not agree.",
        words=60,
    )
)
register(
    Kind(
        "nominate",
        "chooses who speaks",
        look="hidden",
        payload=nomination,
        streamed=False,
        doing="choosing who speaks next",
        form="Choose from the list only. A view that is missing counts for more than one that was heard.",
        words=30,
    )
)
register(
    Kind(
        "cluster",
        "sorts the ideas",
        look="card",
        title="The ideas, sorted",
        doing="sorting the ideas",
        part="room",
        form="For each group its name as a heading, then its ideas, each with who had it and its number (#12). Merge "
        "only what is the same, leave nothing out, invent nothing.",
        words=300,
    )
)
register(
    Kind(
        "synthesis",
        "sums up",
        look="card",
        doing="summing up",
        part="room",
        form="Write for somebody who was not there, under these headings:\n"
        "**What we agree on**\n"
        "**Still contested**: who holds which view, and why\n"
        "**Open questions**\n"
        "**Next steps**: only those that were named\n"
        "Give each point to whoever made it, by name and number (#12). Agreement is what nobody spoke against; do not "
        "make any up, and add no view of your own. Write “nothing” under a heading that has none.",
        words=350,
    )
)
register(Kind("summary", "summary", look="hidden", streamed=False, doing="summing up what was said so far"))
