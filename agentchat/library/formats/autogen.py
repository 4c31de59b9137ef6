"""AutoGen's components: an agent, or a team and each agent in it."""

from __future__ import annotations

from pathlib import Path

from pydantic import JsonValue

from agentchat.library.formats.brought import Brought, first_sentence, flawed, line_of, text_of, without_secrets

FORMAT = "AutoGen component"
_PROVIDERS = {
    "OpenAIChatCompletionClient": "openai",
    "AnthropicChatCompletionClient": "anthropic",
    "OllamaChatCompletionClient": "ollama",
}
_ADDRESSES = {"base_url", "azure_endpoint", "host"}


def is_component(value: dict[str, JsonValue]) -> bool:
    """Whether this JSON is one."""
    return isinstance(value.get("provider"), str) and isinstance(value.get("config"), dict)


def read(value: dict[str, JsonValue], path: Path) -> list[Brought]:
    """The personas of a component. Raises FlawError if no agent in it has a system message."""
    found = _agents(value)
    if not found:
        raise flawed(path, f"is an {FORMAT} without an agent that has a system message", "export an AssistantAgent")
    return found


def _agents(value: dict[str, JsonValue]) -> list[Brought]:
    config = value.get("config")
    if not isinstance(config, dict):
        return []
    if isinstance(members := config.get("participants"), list):
        return [one for member in members if isinstance(member, dict) for one in _agents(member)]
    message, about = text_of(config.get("system_message")), text_of(config.get("description"))
    name = line_of(text_of(config.get("name")).replace("_", " "), 60)
    if not name or not message:
        return []
    kept, secrets = without_secrets(value)
    model, why = _model(config.get("model_client"))
    own: dict[str, JsonValue] = {"description": first_sentence(about), "model": [model] if model else []}
    unused = [key for key in ("tools", "workbench", "handoffs", "memory") if config.get(key)]
    ignored = (*secrets, *(f"{key}: kept, and means nothing here" for key in unused), *why)
    return [Brought(FORMAT, name.title() if name.islower() else name, message, own, kept, ignored)]


def _model(client: JsonValue) -> tuple[str, tuple[str, ...]]:
    """The model a client asks, as LiteLLM names it; none where an address of its own would be needed."""
    config = client.get("config") if isinstance(client, dict) else None
    if not isinstance(client, dict) or not isinstance(config, dict):
        return "", ()
    name = line_of(text_of(config.get("model")), 100)
    provider = _PROVIDERS.get(text_of(client.get("provider")).rpartition(".")[2])
    if not name or " " in name or "," in name:
        return "", ()
    if provider is None or config.keys() & _ADDRESSES:
        return "", (f"the model {name} is no wish here: it is asked at an address of its own",)
    return f"{provider}/{name}", ()
