"""How do the budgets stand, as a document for `/status`?"""

import math
from typing import Any

from ortoo_daemon.daemon.budgets.allowance import BudgetWatch
from ortoo_daemon.daemon.budgets.shedding import ASKS_BELOW, PUT_OFF, STRETCHED, Budget, Level
from ortoo_daemon.instants import instant_text

Document = dict[str, Any]


def budgets_document(watch: BudgetWatch) -> Document:
    """Each allocation the org has told of, and what is shed for the API calls."""
    level = watch.level
    return {
        "level": level.word,
        "shed": shed(level),
        **{
            allocation.value: _budget(budget)
            for allocation, budget in watch.budgets.items()
            if budget.use is not None
        },
    }


def shed(level: Level) -> Document:
    """Sweeps with how many times rarer they run (None: not at all), ways in that wait, questions."""
    stretched = STRETCHED.get(level, {})
    return {
        "sweeps": {name: None if math.isinf(times) else times for name, times in stretched.items()},
        "put_off": sorted(reason.value for reason in PUT_OFF.get(level, ())),
        "questions": level >= ASKS_BELOW,
    }


def _budget(budget: Budget) -> Document:
    use, runs_out_at = budget.use, budget.runs_out_at
    assert use is not None
    return {
        "used": use.used,
        "allowed": use.allowed,
        "share": round(use.share, 4),
        "level": budget.level.word,
        "runs_out_at": instant_text(runs_out_at) if runs_out_at else None,
        "noted_at": instant_text(budget.noted_at) if budget.noted_at else None,
    }
