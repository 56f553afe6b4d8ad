"""Claims about answers of services in a past that is lived through again: nobody is called."""

from dataclasses import replace

from ortoo_daemon.callouts import CallAnswer, CallOutcome
from ortoo_daemon.simulation.backtest.comparison import Side
from ortoo_daemon.simulation.backtest.history import decision_from, decision_text
from ortoo_daemon.simulation.backtest.placement import Fate
from tests.enrichment.test_calling import sets, step
from tests.simulation.backtest.past import past, replayed
from tests.world import directory, is_, policies, policy, rule, to_queue

R1 = CallAnswer(outcome=CallOutcome.ANSWERED, value={"site": "R1"}, took_for=9, requests=1)
ASKS = policies(
    policy(
        rule("here", when=is_("Site__c", "R1"), assign=to_queue()),
        enrichment=(step(orelse=sets(Site__c="R0")),),
    )
)


def test_answers_of_then_count_and_what_was_not_asked_then_is_not_known():
    asked = past(0, after=0, fields={"Model__c": "e-208"})
    kept = replace(asked, calls={("service", "stock", '{"model":"e-208"}'): R1})
    other = past(1, after=1, fields={"Model__c": "e-2008"})
    found = replayed(directory(), ASKS, kept, other)
    assert found.values.calls == {"kept": 1, "not_known": 1}
    assert found.totals[Side.LIVE].fates[Fate.ROUTED] == 1


def test_answers_stand_in_an_export():
    kept = replace(
        past(0, after=0, fields={}), calls={("service", "stock", '{"model":"e-208"}'): R1}
    )
    assert decision_from(decision_text(kept)).calls == kept.calls
