"""Which campaign does a record belong to? Values of ``action: campaign:``."""

from dataclasses import dataclass

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition, Expression

CAMPAIGN = "Campaign"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRule:
    """``of`` is what the Campaign's field ``by`` holds; ``status`` is that of the member."""

    of: Expression
    by: str = "Name"
    status: str | None = None
    when: Condition | None = None
    place: Place
