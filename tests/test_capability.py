from __future__ import annotations

import pytest

from agentchat.capability import fit, tools
from agentchat.persona import Persona


def persona(**about: object) -> Persona:
    return Persona.model_validate({"id": "ada", "name": "Ada", "prompt": "You are Ada.", **about})


def test_what_stands_in_tools_tags_and_title_counts_for_more_than_what_stands_in_prose() -> None:
    one = persona(title="billing clerk", tags=["refunds"], focus="invoices", extra={"tools": ["ledger"]})
    assert fit("A refund for two invoices", one) == fit("A refund for the invoices", one)
    assert fit("A refund for two invoices", one).score == 4
    assert fit("Look into the ledgers, then the invoice", one).words == ("ledgers", "invoice")
    assert fit("The server is down", one).score == 0


@pytest.mark.parametrize("named", [["ledger", "search"], "ledger, search", ["ledger", 3, " search "]])
def test_tools_are_a_list_or_one_text_with_commas(named: object) -> None:
    assert tools(persona(extra={"tools": named})) == ("ledger", "search")
    assert tools(persona()) == ()
