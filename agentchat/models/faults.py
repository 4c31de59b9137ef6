"""What went wrong with a call, in our own words: from what was seen on the wire to one ModelError.

LiteLLM's exception classes blur (refused, unknown host, reset and garbage are all a 500), so the status, the
provider's own error code and the network's failure decide. No message ever holds a key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from pydantic import JsonValue

from agentchat.errors import ModelError, ModelErrorKind
from agentchat.text import legible

LENGTH = 300
"""Characters of a provider's own message that are kept."""

_KEY = re.compile(r"(?i)\b(?:sk|pk|gsk|xai|key|AIza)[-_A-Za-z0-9*]{12,}|\bbearer\s+\S+")

_ENVIRONMENT = {
    "azure": "AZURE_API_KEY",
    "bedrock": "AWS_ACCESS_KEY_ID",
    "fireworks_ai": "FIREWORKS_AI_API_KEY",
    "huggingface": "HF_TOKEN",
    "together_ai": "TOGETHERAI_API_KEY",
    "vertex_ai": "GOOGLE_APPLICATION_CREDENTIALS",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the wire knows of a call that failed."""

    model: str
    """The name the person knows it by."""
    host: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    """The start of an error's body."""
    failure: ModelErrorKind | None = None
    """The network's failure, if there was no answer or it broke."""
    detail: str = ""
    """What the network, or the library, said of it."""
    now: datetime | None = None
    """For a Retry-After that is a date."""


def key_name(model: str) -> str:
    """The environment variable LiteLLM reads a model's key from."""
    provider = model.partition("/")[0] if "/" in model else "openai"
    return _ENVIRONMENT.get(provider, f"{provider.upper().replace('-', '_')}_API_KEY")


def cleaned(text: str, limit: int = LENGTH) -> str:
    """A foreign text fit to be part of a message: one line, no control characters, no key, not too long."""
    plain = _KEY.sub("…", " ".join(legible(text).split()))
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The seconds a provider asks to be left alone, from `retry-after-ms` or `retry-after` (seconds or a date)."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        with suppress(ValueError):
            if isfinite(seconds := float(headers.get(name, "")) * scale):
                return max(0.0, seconds)
    try:
        until = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def classify(seen: Seen) -> ModelError:
    """The one error that says what `seen` shows."""
    code, said = _provider_words(seen.body)
    said = said or cleaned(seen.detail)
    kind = seen.failure or _kind(seen.status, code, said)
    return ModelError(
        kind,
        _message(kind, seen, said),
        hint=_hint(kind, seen),
        retry_after=retry_after(seen.headers, seen.now),
        status=seen.status,
    )


def from_error_object(seen: Seen, error: JsonValue) -> ModelError:
    """The error a provider sent as an object, inside a stream or as the whole of a reply with status 200."""
    body = json.dumps({"error": error})
    code, _ = _provider_words(body)
    status = int(code) if code.isdigit() and 400 <= int(code) < 600 else 500
    return classify(replace(seen, status=status, body=body))


def _provider_words(body: str) -> tuple[str, str]:
    """The machine-readable code and the message of an error's body, each "" if it has none."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return "", "" if body.lstrip().startswith("<") else cleaned(body)
    if isinstance(content, list) and content:
        content = content[0]
    error = content.get("error", content) if isinstance(content, dict) else content
    if not isinstance(error, dict):
        return "", cleaned(str(error)) if error else ""
    code = error.get("code") or error.get("type") or error.get("status") or ""
    return str(code), cleaned(str(error.get("message") or error.get("detail") or ""))


def _kind(status: int | None, code: str, said: str) -> ModelErrorKind:
    words = f"{code} {said}".lower()
    if status in (400, 413, 422) and re.search(r"context|too (long|many tokens|large)|maximum.{0,20}tokens", words):
        return "context"
    if status in (400, 403, 422) and re.search(r"content.?(filter|polic)|safety|moderation|refus", words):
        return "filter"
    if status == 402 or (status == 429 and re.search(r"quota|billing|credit|balance", words)):
        return "quota"
    match status:
        case 401:
            return "auth"
        case 403:
            return "forbidden"
        case 404:
            return "model_not_found"
        case 408 | 504:
            return "timeout_first"
        case 429:
            return "rate_limit"
        case int() if 300 <= status < 400:
            return "protocol"
        case int() if status >= 500:
            return "server"
        case int() if status >= 400:
            return "bad_request"
        case _:
            return "protocol"


def _message(kind: ModelErrorKind, seen: Seen, said: str) -> str:
    at = seen.host or "the provider"
    told = f": {said}" if said else ""
    match kind:
        case "auth":
            return f"The key for {seen.model} was refused{told}"
        case "quota":
            return f"Out of credit for {seen.model}{told}"
        case "forbidden":
            return f"{seen.model} is not allowed here{told}"
        case "model_not_found":
            return f"There is no model {seen.model} at {at}{told}"
        case "rate_limit":
            rest = retry_after(seen.headers, seen.now)
            return f"Too many requests to {seen.model}{f' (it asks for {rest:.0f} s of rest)' if rest else ''}{told}"
        case "context":
            return f"Too long for {seen.model}{told}"
        case "filter":
            return f"Blocked by the provider's filter{told}"
        case "server":
            return f"{at} failed with status {seen.status or 500}{told}"
        case "network":
            return f"{'Lost the' if seen.status else 'No'} connection to {at}{told}"
        case "protocol":
            return f"The answer of {at} could not be read{told}"
        case "timeout_first":
            return f"{seen.model} did not begin to answer in time{told}"
        case "timeout_idle":
            return f"{seen.model} fell silent in the middle of its reply{told}"
        case "timeout_total":
            return f"{seen.model} did not finish its reply in time{told}"
        case "not_installed":
            return f"{seen.model} needs a package that is not installed{told}"
        case "budget":
            return f"{seen.model} would not stop{told}"
        case "bad_request" | "invalid_answer":
            return f"{seen.model} did not take the request{told}"


def _hint(kind: ModelErrorKind, seen: Seen) -> str:
    at = seen.host or "the provider"
    match kind:
        case "auth":
            return f"Set {key_name(seen.model)} to a valid key."
        case "quota":
            return "Add credit at the provider, or choose another model with --model."
        case "forbidden" | "model_not_found" | "bad_request" | "budget":
            return "Choose another model with --model; `agentchat models list` shows some."
        case "context":
            return "Choose a model with a larger window, or start from a shorter topic."
        case "network":
            return f"Is the server running at {at}, and are you online? `agentchat doctor` looks."
        case "protocol":
            return "Is this the right address? A proxy or a login page may be in between. `agentchat doctor` looks."
        case "rate_limit" | "server" | "timeout_first":
            return "Try again in a while, or choose another model with --model."
        case "not_installed":
            return "Install it, or choose another model with --model."
        case "filter" | "timeout_idle" | "timeout_total" | "invalid_answer":
            return ""
