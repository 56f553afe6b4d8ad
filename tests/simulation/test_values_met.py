"""Claims about the values that an explanation shows of conditions on several fields."""

from ortoo_daemon.audit.explain import explain, plain_lines
from ortoo_daemon.errors import Place
from ortoo_daemon.flow import decide
from ortoo_daemon.policy.conditions import AnyOf, Named, Not
from ortoo_daemon.policy.intake_model import Cleanse, CleanseKind
from ortoo_daemon.simulation.values_met import values_met
from tests.world import PLACE, directory, every, facts, is_, lead, policies, policy, rule, to_queue

HERE, THERE = Place(PLACE.file, 20, 9), Place(PLACE.file, 30, 9)


def rules_told(*conditions, record, **given):
    rules = [rule(f"rule {n}", when=each) for n, each in enumerate(conditions)]
    asked = policies(policy(*rules, rule("rest", assign=to_queue("Last")), **given))
    known = facts(record, directory())
    decision = decide(asked, known)
    lines = plain_lines(explain(decision, values_met(asked, known, decision)))
    return [line.strip().partition(": ")[2] for line in lines if " fails, " in line]


def test_of_an_any_every_field_is_told_wherever_it_is_nested():
    either = AnyOf(HERE, (is_("Fleet__c", "yes"), is_("Source__c", "Web", "Phone")))
    nested = every(is_("Country", "France"), Named(THERE, "big", either, 2))
    told = 'Fleet__c is empty, Source__c is "Fax" (policies/leads.yaml:20:9)'
    record = lead(Country="France", Source__c="Fax")
    assert [
        line.partition(" fails, ")[2] for line in rules_told(either, nested, record=record)
    ] == [
        told,
        told,
    ]


def test_of_a_not_every_field_is_told():
    both = Not(HERE, every(is_("Brand__c", "Fiat"), is_("Country", "Italy")))
    (line,) = rules_told(both, record=lead(Brand__c="Fiat", Country="Italy"))
    assert line.endswith('Brand__c is "Fiat", Country is "Italy" (policies/leads.yaml:20:9)')


def test_of_a_single_test_its_own_field_is_told_alone():
    (line,) = rules_told(every(is_("Brand__c", "Fiat"), is_("Country", "Italy")), record=lead())
    assert "Country is" not in line
    assert "Brand__c is empty" in line


def test_values_are_those_that_intake_had_left():
    either = AnyOf(HERE, (is_("Brand__c", "Fiat"), is_("Email", "x@y.example")))
    cleanse = (Cleanse(field="Email", kind=CleanseKind.EMAIL, country=None, place=PLACE),)
    (line,) = rules_told(either, record=lead(Email="Ann@B.EXAMPLE"), cleanse=cleanse)
    assert 'Email is "Ann@b.example"' in line
