"""Ballots and the rules that count them: pure, the same ballots the same result (EVIDENCE §3)."""

from agentchat.voting.ballot import Approval, Ballot, Opinion, Pick, Ranking, Scores, Status, Tier
from agentchat.voting.decision import Decision, decision
from agentchat.voting.early import unassailable
from agentchat.voting.result import Condorcet, Round, Tally, TieBreak
from agentchat.voting.rules import RULES, tally
from agentchat.voting.ties import Chain
from agentchat.voting.xray import XRay, xray

__all__ = [
    "RULES",
    "Approval",
    "Ballot",
    "Chain",
    "Condorcet",
    "Decision",
    "Opinion",
    "Pick",
    "Ranking",
    "Round",
    "Scores",
    "Status",
    "Tally",
    "TieBreak",
    "Tier",
    "XRay",
    "decision",
    "tally",
    "unassailable",
    "xray",
]
