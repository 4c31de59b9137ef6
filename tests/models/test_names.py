from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agentchat.errors import UsageError
from agentchat.models.choice import USUAL
from agentchat.models.names import check, window


@pytest.mark.parametrize(
    "model",
    [
        *USUAL.values(),
        "gpt-4o",
        "ollama/llama3.2:latest",
        "ollama_chat/x",
        "hosted_vllm/mine",
        "azure/mine",
        "local/starter",
    ],
)
def test_a_name_that_litellm_knows_is_let_be(model: str) -> None:
    check(model)


@pytest.mark.parametrize(
    ("model", "says", "near"),
    [
        ("opnai/gpt-5", "no provider is called 'opnai'", "openai/gpt-5"),
        ("gpt-4oo", "there is no model 'gpt-4oo'", "gpt-4o"),
        ("openai/", "names a provider and no model", "PROVIDER/MODEL"),
        ("local/nowhere.gguf", r"there is no file nowhere\.gguf", "models list"),
        ("scripted/nowhere.toml", r"there is no file nowhere\.toml", "models list"),
    ],
)
def test_a_name_that_cannot_be_is_answered_with_the_nearest(model: str, says: str, near: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        check(model)
    assert near in caught.value.hint


def test_an_address_of_ones_own_knows_its_models_better() -> None:
    check("my-model", anywhere=True)


def test_a_file_that_is_there_is_a_model(tmp_path: Path) -> None:
    file = tmp_path / "demo.toml"
    file.touch()
    check(f"scripted/{file}")


def test_names_are_checked_without_loading_litellm() -> None:
    code = "import sys; from agentchat.models.names import check; check('gpt-4o'); sys.exit('litellm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_a_model_reads_at_most_is_known_with_and_without_its_provider() -> None:
    assert window("openai/gpt-4o") == window("gpt-4o") == 128_000
    assert window("local/starter") == window("openai/nobody-knows") == 0
