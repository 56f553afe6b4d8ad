"""What every handling reads: fields, watched fields, and owners whom the org refused for a while."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ortoo_daemon.action.stamps import READ
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.policy.model import Triggers
from ortoo_daemon.policy.share_model import ShareRule
from ortoo_daemon.policy.sla_model import SlaRule, SlaTarget
from ortoo_daemon.records import RecordId
from tests.world import (
    DESK,
    NOW,
    PLACE,
    an_id,
    directory,
    is_,
    minutes,
    person,
    policies,
    policy,
    rule,
)

ANN, BEN = person(1), person(2)
LEAD = an_id("00Q", 1)


@pytest.fixture
def knowledge() -> Knowledge:
    found = policy(rule("all", when=is_("Brand__c", "Peugeot")), enter=is_("Status", "New"))
    return Knowledge(
        policies=Policies(policies(found)),
        directory=directory(people=(ANN, BEN)),
        ledger=Ledger(),
        daemon_user=RecordId(an_id("005", 99)),
    )


def test_stamps_and_what_the_policies_look_at_are_read(knowledge: Knowledge) -> None:
    assert knowledge.policies.fields("Lead") >= {*READ, "Brand__c", "Status"}


def test_owner_and_entry_are_watched_and_the_rules_fields_are_not(knowledge: Knowledge) -> None:
    watched = knowledge.policies.watched("Lead")
    assert watched >= {"OwnerId", "Status"}
    assert "Brand__c" not in watched


def test_entry_is_not_watched_where_a_policy_takes_creations_only() -> None:
    only = policy(rule("all"), enter=is_("Status", "New"), on=Triggers(enters=False))
    assert "Status" not in Policies(policies(only)).watched("Lead")


def test_what_stops_a_clock_is_read_and_watched() -> None:
    target = SlaTarget(choices=((None, minutes(5)),))
    clock = SlaRule(
        clock="c", target=target, hours="24x7", stopped_by=(is_("Answered__c", "yes"),), place=PLACE
    )
    only = Policies(policies(policy(rule("all"), sla=(clock,))))
    assert "Answered__c" in only.watched("Lead")
    assert only.fields("Lead") >= {"Answered__c", "IsConverted"}


def test_the_consent_by_which_records_are_shared_is_read_and_watched() -> None:
    gate = is_("Agreed__c", "yes")
    share = ShareRule(group="Partners", consent=gate, place=PLACE)
    asking = Policies(policies(replace(policy(rule("all")), share=(share,))))
    assert "Agreed__c" in asking.watched("Lead")
    assert asking.watches_decided("Lead")
    assert asking.fields("Lead") >= {"Agreed__c", "Ortoo_Sharing__c"}
    plain = Policies(policies(policy(rule("all"))))
    assert "Ortoo_Sharing__c" not in plain.fields("Lead")


def test_a_barred_person_is_inactive_and_a_barred_queue_is_gone_for_a_while(
    knowledge: Knowledge,
) -> None:
    knowledge.bar(ANN.id, LEAD, NOW)
    knowledge.bar(DESK.id, LEAD, NOW)
    usable = knowledge.usable_directory(NOW)
    assert not usable.people[ANN.id].active
    assert usable.people[BEN.id].active
    assert (DESK.name in usable.queues, "Last" in usable.queues) == (False, True)
    later = knowledge.usable_directory(NOW + timedelta(seconds=31))
    assert later.people[ANN.id].active
    assert DESK.name in later.queues


def test_an_owner_who_is_refused_for_one_record_after_another_is_left_out_for_longer(
    knowledge: Knowledge,
) -> None:
    """One record, however often, or many in one moment, may be refused for a reason of their own."""
    now, waits = NOW, []
    for number in (1, 1, 1, 2, 3, 4, 5, 6, 7):
        knowledge.bar(ANN.id, an_id("00Q", number), now)
        knowledge.bar(ANN.id, an_id("00Q", number + 100), now)
        knowledge.bar(ANN.id, an_id("00Q", number), now)
        wait = knowledge.bars_end_in(now)
        assert wait is not None
        waits.append(wait.total_seconds())
        now += wait
    assert waits == [30, 30, 30, 60, 120, 240, 480, 600, 600]
    assert knowledge.bars_end_in(now) is None


def test_a_newer_directory_gives_barred_owners_another_chance(knowledge: Knowledge) -> None:
    knowledge.bar(ANN.id, LEAD, NOW)
    assert not knowledge.usable_directory(NOW).people[ANN.id].active
    knowledge.replace_directory(directory(people=(ANN, BEN)))
    assert knowledge.usable_directory(NOW).people[ANN.id].active


def test_the_directory_is_not_copied_for_every_record(knowledge: Knowledge) -> None:
    assert knowledge.usable_directory(NOW) is knowledge.directory
    knowledge.bar(ANN.id, LEAD, NOW)
    assert knowledge.usable_directory(NOW) is knowledge.usable_directory(NOW)
