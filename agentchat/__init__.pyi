from agentchat.errors import (
    AgentchatError as AgentchatError,
    HumanNeededError as HumanNeededError,
    UsageError as UsageError,
)
from agentchat.program import (
    Asked as Asked,
    Persona as Persona,
    PersonaResult as PersonaResult,
    Result as Result,
    open_room as open_room,
)

__version__: str
