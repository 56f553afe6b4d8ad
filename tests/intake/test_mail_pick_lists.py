"""What a map finds in an e-mail is held against the org's pick-lists before rules see it."""

from dataclasses import replace

import yaml

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Answer, Facts, MailQuestion, Unlisted, UnlistedQuestion
from ortoo_daemon.flow import Needs, decide, resume
from ortoo_daemon.mail_findings import MailFindings
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.simulation.past_facts import Now
from ortoo_daemon.simulation.replay import replay
from tests.intake.test_mail_step import LYON, PARIS, facts, mail

MAP = b"field,from,type,values,only_empty\nBrand__c,brand,,,true\nPriority,urgency,,high=High; low=Low,\n"
LADA = frozenset({("Brand__c", "Lada")})


def policies() -> PolicySet:
    document = {
        "policy": "cases",
        "object": "Case",
        "take_from": "2020-01-01T00:00:00Z",
        "intake": {"triage": {"map": "tables/m.csv", "split": {"copy": ["Subject"]}}},
        "ownership": {
            "rules": [
                {"name": "brand", "when": {"Brand__c": "Lada"}, "assign": {"queue": "Cases"}}
            ],
            "otherwise": {"queue": "Cases"},
        },
    }
    return load({"policies/a.yaml": yaml.safe_dump(document).encode(), "tables/m.csv": MAP})


def decided(
    found: MailFindings, unlisted: Answer, **fields: object
) -> tuple[Decision, Facts, list[UnlistedQuestion]]:
    about, asked = facts(**fields), []
    came = decide(policies(), about)
    while isinstance(came, Needs):
        (question,) = came.questions
        answer: Answer = unlisted
        if isinstance(question, MailQuestion):
            answer = found
        else:
            assert isinstance(question, UnlistedQuestion)
            asked.append(question)
        about = replace(about, answers={**about.answers, question: answer})
        came = resume(came, about)
    assert isinstance(came, Decision)
    assert came == decide(policies(), about)
    return came, about, asked


def test_a_value_that_the_org_would_refuse_is_left_out_and_told_and_no_rule_believes_it() -> None:
    found = mail({**PARIS, "brand": "Lada", "urgency": "high"})
    decision, _, (asked,) = decided(found, LADA)
    assert asked.values == (("Brand__c", "Lada"), ("Priority", "High"))
    assert decision.rule is None
    assert "Brand__c" not in decision.fields
    assert decision.fields["Priority"] == "High"
    (report,) = decision.trace.reports
    assert (report.field, report.code) == ("Brand__c", "map_value")
    assert report.message == "Brand__c has no active value 'Lada'"


def test_values_that_the_org_takes_are_written_as_ever() -> None:
    none: Unlisted = frozenset()
    for answer in (none, None):
        decision, _, _ = decided(mail({**PARIS, "brand": "Lada"}), answer)
        assert (decision.rule, decision.fields["Brand__c"]) == ("brand", "Lada")


def test_what_the_map_gives_no_field_is_not_asked_about() -> None:
    _, _, asked = decided(mail({"brand": "Lada"}), LADA, Brand__c="Fiat")
    assert asked == []


def test_of_several_requests_each_is_judged_by_itself() -> None:
    found = mail({**PARIS, "brand": "Lada"}, LYON)
    decision, _, (asked,) = decided(found, LADA)
    assert asked.values == (("Brand__c", "Lada"), ("Brand__c", "Peugeot"))
    assert [each.fields.get("Brand__c") for each in decision.children] == [None, "Peugeot"]


def test_what_was_refused_is_kept_and_the_decision_replays_without_asking() -> None:
    for answer in (LADA, None):
        decision, whole, _ = decided(mail({**PARIS, "brand": "Lada"}), answer)
        landed = Written(fields=owner_write(decision, whole.record).whole)
        row = decision_row(decision, whole, timings={}, written=landed)
        again = replay(policies(), row, Now(facts=whole, record=whole.record))
        assert again.same, again.differences
        assert not again.gaps
