"""The open end of the vocabulary: kinds of turns, each with what its answer holds and how it is shown.

A kind nobody registered is kept and shown as plain speech.
"""

from agentchat.kinds import ballot, bid, committee, critique, hub, perspectives, pipeline, plan, reactive, staged, tasks
from agentchat.kinds.conclusion import Conclusion, Sheet, conclude, conclusion_of
from agentchat.kinds.kind import Kind, Look, Payload, Question, counted, kind_of, register
from agentchat.kinds.talk import Position, nomination
from agentchat.kinds.titles import entitle, title_of

__all__ = [
    "Conclusion",
    "Kind",
    "Look",
    "Payload",
    "Position",
    "Question",
    "Sheet",
    "ballot",
    "bid",
    "committee",
    "conclude",
    "conclusion_of",
    "counted",
    "critique",
    "entitle",
    "hub",
    "kind_of",
    "nomination",
    "perspectives",
    "pipeline",
    "plan",
    "reactive",
    "register",
    "staged",
    "tasks",
    "title_of",
]
