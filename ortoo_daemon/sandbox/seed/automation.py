"""What has the example network's org beside its data?  Actions that its policies start: its own, and those
of the platform."""

from __future__ import annotations

from collections.abc import Mapping

from ortoo_daemon.sandbox.told import Invocable

AUTOMATION: Mapping[str, Invocable] = {
    "apex/CreditCheck": Invocable(outputs={"rating": "good"}, needs=("accountId",)),
    "flow/Fleet_Terms": Invocable(outputs={"terms": "6 % from 50 vehicles on"}),
    "generateAiAgentResponse/Deal_Briefing": Invocable(
        outputs={"agentResponse": "A company asks for many vehicles."}, needs=("userMessage",)
    ),
    "standard/chatterPost": Invocable(
        outputs={"feedItemId": "0D5000000000001AAA"}, needs=("subjectNameOrId", "text")
    ),
}
"""By the names that the control endpoint knows them by; gone with the process, so loaded at each start."""
