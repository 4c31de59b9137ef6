"""What asking a model means, whoever answers: messages in, text chunks out, then how it ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from pydantic import JsonValue

from agentchat.errors import ModelError

Finish = Literal["stop", "length", "filter", "cut"]
"""`stop`: the model ended its reply. `length`: its token limit did. `filter`: the provider withheld
it. `cut`: the stream ended without saying that the reply had."""

Form = Literal["schema", "tool"]
"""How a schema is sent: as the form of the response, or as the arguments of a tool that must be called."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait: for a connection, the first text, the next text, and the whole reply."""

    connect: float = 10.0
    first_token: float = 60.0
    silence: float = 30.0
    total: float = 300.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible server: its address (up to `/v1`) and the key it wants, if any."""

    api_base: str
    api_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One question to one model."""

    model: str
    """A LiteLLM name (`openai/gpt-5-mini`), `local/starter`, `local/PATH.gguf` or `scripted/FILE`."""
    messages: tuple[Message, ...]
    temperature: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    schema: Mapping[str, JsonValue] | None = None
    """A JSON schema the reply must fit; a provider that cannot constrain its output ignores it."""
    form: Form | None = "schema"
    """None does not send it: the model is only told in words."""
    stream: bool = True
    """False where nobody watches (ballots, positions, summaries): cheaper by far."""
    timeouts: Timeouts = Timeouts()
    sampling: Mapping[str, JsonValue] = field(default_factory=dict)
    """Further sampling parameters the model's profile asks for (`repeat_penalty`, `min_p`)."""
    grammar: str = ""
    """What the reply must fit, in llama.cpp's GBNF; models elsewhere are not told."""
    seed: int | None = None
    speaker: str = ""
    """Who is asked and for what kind of turn: the scripted provider's keys; never sent."""
    kind: str = "say"
    turn_index: int = 0
    """How many turns of the kind the speaker had before."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and cost (US dollars) of one call; `estimated` where the provider did not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    estimated: bool = False

    def __add__(self, other: Usage) -> Usage:
        """Both together. The cost is known if either is."""
        costs = [usage.cost for usage in (self, other) if usage.cost is not None]
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            sum(costs) if costs else None,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class End:
    """The reply ended. `finish_raw` is the provider's own word."""

    finish: Finish
    usage: Usage = Usage()
    model: str = ""
    finish_raw: str = ""
    request_id: str = ""
    fault: ModelError | None = None
    """What cut it off, where that is known."""


class Provider(Protocol):
    """One way to ask a model, once: no retries and no fallback here."""

    def stream(self, request: Request) -> AsyncGenerator[Text | End]:
        """Yield the reply's text as it comes, then exactly one `End`.

        Closing the generator closes the connection. Raises ModelError where no text came; a fault after that is the
        `End`'s.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections and child processes."""
        ...


@runtime_checkable
class Measured(Protocol):
    """A provider that knows something of its models' size."""

    async def context_window(self, model: str) -> int | None:
        """The tokens the model reads at most; None where nobody knows."""
        ...

    def tiny(self, model: str) -> bool:
        """Whether it wants the short prompts and flat questions of the tiny profile."""
        ...


@runtime_checkable
class Formed(Protocol):
    """A provider that knows in which forms its models take a schema."""

    async def forms(self, model: str) -> tuple[Form, ...]:
        """The forms worth trying, best first."""
        ...
