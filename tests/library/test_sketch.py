from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from agentchat.library import shipped
from agentchat.library.persona_file import parse_persona
from agentchat.library.sketch import Sketch, prompt_of, sketched, written

HERE = Path("zofia.md")
LINE = st.text("abc XYZ0123:#-'\"[]{}&*!|>%@`é◆", max_size=20).map(lambda text: " ".join(text.split()))


@given(LINE, LINE, st.lists(LINE.filter(bool), max_size=3, unique=True))
def test_whatever_is_typed_is_read_back_as_it_was_typed(title: str, focus: str, tags: list[str]) -> None:
    sketch = Sketch("Zofia", title, "", focus, ", ".join(tags), prompt="You are Zofia.\n\nReally.")
    text = written(sketch)
    persona = parse_persona(text, HERE).persona
    assert persona
    assert (persona.title, persona.focus, persona.tags) == (title, focus, tuple(tags))
    assert sketched(text, HERE) == sketch


@pytest.mark.parametrize("path", sorted(shipped().glob("*.md")), ids=lambda path: path.stem)
def test_a_file_that_is_only_looked_at_stays_byte_for_byte(path: Path) -> None:
    text = path.read_text("utf-8")
    assert written(sketched(text, path), text) == text
    crlf = text.replace("\n", "\r\n")
    assert written(sketched(crlf, path).changed("title", "smith"), crlf).count("\r\n") == crlf.count("\r\n")


def test_another_name_is_meant_where_the_prompt_says_it_too_and_nowhere_else() -> None:
    sketch = Sketch("Ada", prompt="You are Ada. Adam is not Ada's name; Ada knows.")
    assert sketch.renamed("Maja").prompt == "You are Maja. Adam is not Maja's name; Maja knows."


@pytest.mark.parametrize(
    ("voice", "said"),
    [("you whisper", "You whisper."), ("dry, short", "You speak like this: dry, short."), ("", "")],
)
def test_a_prompt_is_made_of_what_was_said_of_it(voice: str, said: str) -> None:
    prompt = prompt_of(Sketch("Otto", "economist", focus="prices."), "grief", voice)
    paragraphs = prompt.split("\n\n")
    assert paragraphs[0] == "You are Otto, an economist."
    assert paragraphs[1].startswith("You care about prices. ")
    assert (paragraphs[2] == said) == bool(said)
    assert "Your blind spot is grief." in prompt
