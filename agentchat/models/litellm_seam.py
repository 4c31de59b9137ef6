"""The one file that imports LiteLLM, and only ever on the thread made for it.

Importing it sets LiteLLM's environment first: else it fetches a price list and reads a `.env` as it is imported, and
writes into the screen. A call is made once, with no retries of LiteLLM's own, and ends in one `End` or one ModelError.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

os.environ.update(
    {
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
        "LITELLM_LOCAL_POLICY_TEMPLATES": "True",
        "LITELLM_LOCAL_AUTOROUTER_PRESETS": "True",
        "LITELLM_TELEMETRY": "False",
        "REPEATED_STREAMING_CHUNK_LIMIT": "1000000",
    }
)

import httpx
import litellm
from litellm.exceptions import NotFoundError
from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

from agentchat.errors import ModelError, ModelErrorKind
from agentchat.models.base import End, Endpoint, Form, Message, Request, Text, Usage
from agentchat.models.faults import Seen, classify, key_name
from agentchat.models.hearing import BUDGET, Clock, Heard, Reply
from agentchat.models.transport import WATCHING, WatchedTransport
from agentchat.models.wire import Wire

_LOG = logging.getLogger("agentchat.models.litellm")

_OWN_CLIENT = frozenset(
    {
        "anthropic", "deepseek", "fireworks_ai", "gemini", "groq", "hosted_vllm", "mistral", "ollama",
        "ollama_chat", "openrouter", "together_ai", "xai",
    }
)  # fmt: skip
"""Providers to which LiteLLM speaks through the HTTP client it is given; the others use OpenAI's library."""

_OLLAMA = {"litellm_provider": "ollama_chat", "mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0.0}

_CLASSES = re.compile(r"^(?:[\w.]*(?:Error|Exception)(?::| -) ?)+")
"""The names of classes that LiteLLM puts before what went wrong."""


def _quieten() -> None:
    litellm.suppress_debug_info = True
    litellm.drop_params = True
    # It counts the whole prompt with each call, and fetches a tokenizer for that, blocking, by the model's name.
    litellm.disable_token_counter = True
    litellm.disable_hf_tokenizer_download = True
    litellm.num_retries = 0
    if hasattr(litellm, "telemetry"):
        litellm.telemetry = False
    for name in ("litellm", "LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx", "openai"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.WARNING)
        logger.parent = _LOG
        logger.propagate = True


_quieten()
_TRANSPORT = WatchedTransport()
_CLIENT = AsyncHTTPHandler(transport=_TRANSPORT, follow_redirects=False)
litellm.aclient_session = httpx.AsyncClient(transport=_TRANSPORT, follow_redirects=False)


async def stream(
    request: Request, endpoint: Endpoint | None = None, wire_model: str = ""
) -> AsyncGenerator[Text | End]:
    """Ask once: the text as it comes, then one `End`. Raises ModelError.

    `endpoint` sends it to an OpenAI-compatible address, where the model goes by `wire_model`.
    """
    heard = Heard(request, Wire(streams=request.stream, connect=request.timeouts.connect), Reply())
    WATCHING.set(heard.wire)
    clock = Clock(request)
    response: Any = None
    fault: ModelError | None = None
    try:
        async with clock.running():
            response = await litellm.acompletion(**_arguments(request, endpoint, wire_model))
            async with aclosing(_pieces(response, heard, clock)) as pieces:
                async for piece in pieces:
                    yield Text(piece)
    except TimeoutError:
        fault = None if heard.whole else clock.fault(heard.seen())
    except ModelError as error:
        fault = error
    except Exception as error:  # noqa: BLE001  # whatever LiteLLM raises becomes one of ours
        fault = None if heard.whole else _fault(heard, error, endpoint)
    finally:
        if response is not None and request.stream:
            await response.aclose()
    end = heard.end() if fault is None else heard.cut(fault)
    yield replace(end, usage=replace(end.usage, cost=_cost(request.model, end.usage)))


async def _pieces(response: Any, heard: Heard, clock: Clock) -> AsyncGenerator[str]:  # noqa: ANN401
    """The text of a response in pieces, none empty; `heard` learns the rest. Raises ModelError."""
    wire, reply = heard.wire, heard.reply
    async for chunk in response if heard.request.stream else _alone(response):
        before = reply.received
        text = _learn(reply, chunk)
        if not text and heard.request.schema is not None and heard.request.form == "tool":
            text = _called(chunk)
        piece = reply.hear(text)
        if reply.received > before or _thinks(chunk):
            clock.heard()
        if piece:
            yield piece[: BUDGET - before]
        if reply.received > BUDGET:
            raise classify(Seen(heard.request.model, failure="budget", detail=f"more than {BUDGET:,} characters"))
        if wire.over and 0 < wire.characters <= reply.received:
            break  # what follows is LiteLLM's own count, which costs more than all the rest


async def _alone(response: Any) -> AsyncGenerator[Any]:  # noqa: ANN401
    yield response


def _learn(reply: Reply, chunk: Any) -> str:  # noqa: ANN401
    """The text of one chunk, or of a whole response; `reply` notes what else it says."""
    reply.model = getattr(chunk, "model", None) or reply.model
    reply.request_id = getattr(chunk, "id", None) or reply.request_id
    if usage := getattr(chunk, "usage", None):
        reply.usage = {key: getattr(usage, key, None) for key in ("prompt_tokens", "completion_tokens")}
    if not chunk.choices:
        return ""
    choice = chunk.choices[0]
    reply.finish = choice.finish_reason or reply.finish
    return _part(choice).content or ""


def _called(chunk: Any) -> str:  # noqa: ANN401
    """The arguments of the tool that was called."""
    calls = getattr(_part(chunk.choices[0]), "tool_calls", None) if chunk.choices else None
    return "".join(call.function.arguments or "" for call in (calls or [])[:1])


def _thinks(chunk: Any) -> bool:  # noqa: ANN401
    """Whether a chunk carries reasoning: not for show, but no silence either."""
    return bool(chunk.choices and getattr(_part(chunk.choices[0]), "reasoning_content", None))


def _part(choice: Any) -> Any:  # noqa: ANN401
    """The message of a whole response, or the piece of one that a chunk brings."""
    return getattr(choice, "delta", None) or choice.message


def _fault(heard: Heard, error: Exception, endpoint: Endpoint | None) -> ModelError:
    """What LiteLLM's exception says where nothing was seen on the wire."""
    if heard.wire.status is not None or heard.wire.failure is not None:
        return heard.fault(error)
    model, said = heard.request.model, _CLASSES.sub("", str(error))
    missing = litellm.validate_environment(model)["missing_keys"] if endpoint is None else []
    if missing or said.startswith("Missing credentials"):
        names = " and ".join(missing) or key_name(model)
        return ModelError("auth", f"There is no key for {model}", hint=f"Set {names}.")
    kind: ModelErrorKind | None = None
    if "LLM Provider NOT provided" in said or isinstance(error, NotFoundError):
        kind, said = "model_not_found", ""
    elif isinstance(error, ImportError) or "pip install" in said:
        kind = "not_installed"
    status = getattr(error, "status_code", None)
    return classify(Seen(model, status=status if isinstance(status, int) else None, failure=kind, detail=said))


def _cost(model: str, usage: Usage) -> float | None:
    """US dollars, where LiteLLM's list has the price."""
    if "input_cost_per_token" not in _listed(model):
        return None
    try:
        prompt, completion = litellm.cost_per_token(
            model=model, prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens
        )
    except Exception:  # noqa: BLE001  # a price that cannot be worked out is no reason to lose a reply
        return None
    return float(prompt + completion)


async def warm_up() -> None:
    """Make the first call as fast as later ones: a whole one, to nobody, through all of LiteLLM."""
    canned = b'data: {"id":"","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n'
    kind = {"content-type": "text/event-stream"}
    answer = httpx.MockTransport(lambda _: httpx.Response(200, headers=kind, content=canned))
    request = Request("hosted_vllm/warm-up", (Message("user", "a"),))
    arguments = _arguments(request, Endpoint("http://warm-up.invalid/v1"), "")
    async for _ in await litellm.acompletion(**{**arguments, "client": AsyncHTTPHandler(transport=answer)}):
        pass


def context_window(model: str) -> int | None:
    """The tokens a model reads at most, where LiteLLM's list knows it."""
    window = _listed(model).get("max_input_tokens")
    return window if isinstance(window, int) else None


def _listed(model: str) -> Mapping[str, Any]:
    for name in (model, model.partition("/")[2]):
        if entry := litellm.model_cost.get(name):
            return dict(entry)
    return {}


def _arguments(request: Request, endpoint: Endpoint | None, wire_model: str) -> dict[str, Any]:
    provider, _, name = request.model.partition("/")
    model = request.model
    if endpoint is not None:
        # The cheapest of the routes that speak OpenAI's protocol: 28 CPU ms for a call, `openai/` takes 46.
        known = provider in litellm.provider_list and name
        provider, model = "hosted_vllm", f"hosted_vllm/{wire_model or (name if known else request.model)}"
    elif provider == "ollama":
        provider, model = "ollama_chat", f"ollama_chat/{name}"
        # Of a model it does not list, LiteLLM asks the server with each call, blocking its loop.
        litellm.model_cost.setdefault(model, dict(_OLLAMA))
    arguments: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "stream": request.stream,
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
        "stop": list(request.stop if endpoint else request.stop[:4]) or None,  # four are all that OpenAI takes
        "seed": request.seed,
        "timeout": request.timeouts.total,
        "max_retries": 0,
        "num_retries": 0,
        "no-log": True,
    }
    if request.stream:
        arguments["stream_options"] = {"include_usage": True}
    if request.schema is not None:
        arguments |= _form(request.schema, request.form)
    if endpoint is not None:
        arguments |= {"api_base": endpoint.api_base, "api_key": endpoint.api_key or "none"}
        arguments["extra_body"] = dict(request.sampling) or None
    elif provider == "ollama_chat":
        arguments |= {**request.sampling, "num_ctx": _ollama_window(request)}
    if provider in _OWN_CLIENT:
        arguments["client"] = _CLIENT
    return {key: value for key, value in arguments.items() if value is not None}


def _form(schema: Mapping[str, Any], form: Form | None) -> dict[str, Any]:
    """The schema as the response's form, or as the arguments of a tool that must be called."""
    match form:
        case "schema":
            named = {"name": "answer", "schema": dict(schema), "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": named}}
        case "tool":
            tool = {"name": "answer", "description": "Gives the answer.", "parameters": dict(schema)}
            choice = {"type": "function", "function": {"name": "answer"}}
            return {"tools": [{"type": "function", "function": tool}], "tool_choice": choice}
        case _:
            return {}


def forms(model: str) -> tuple[Form, ...]:
    """The forms in which a model takes a schema, as LiteLLM has it; one it does not know may take the first."""
    taken: tuple[Form, ...] = ("schema",) if litellm.supports_response_schema(model) else ()
    tools: tuple[Form, ...] = ("tool",) if litellm.supports_function_calling(model) else ()
    return (*taken, *tools) or ("schema",)


def _ollama_window(request: Request) -> int:
    """The window to ask of Ollama, which else cuts the prompt silently at its default."""
    tokens = sum(len(message.content) for message in request.messages) // 3 + (request.max_tokens or 1024)
    return max(4096, 1 << tokens.bit_length())
