"""Cases say what steps that ask somebody outside are answered; what can't be is told."""

import pytest

from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.parsing.cases import load_tests
from ortoo_daemon.simulation.policy_tests import run_tests
from tests.policy.files import HEAD, OTHERWISE
from tests.world import directory

STEP = "enrichment:\n  - ai: {task: lead_profile, label: profile, map: tables/m.csv}\n"
MAP = b"field,about,finder\nModel__c,the model,line model\nFleetSize__c,how many,\n"
CASE = """\
policy: leads
now: 2026-11-23T10:15:00+01:00
cases:
  - name: one
    given: {{Description: "We look for twelve cars.\\nModel: Clio"}}
    answers: {answers}
    expect: {{fields: {fields}}}
"""


def missed(answers: str, fields: str = "{}") -> tuple[str, ...]:
    policies = load(
        {
            "policies/a.yaml": f"{HEAD}{STEP}ownership:\n{OTHERWISE}".encode(),
            "tables/m.csv": MAP,
        }
    )
    (policy,) = policies.policies
    text = CASE.format(answers=answers, fields=fields).replace("leads", policy.name, 1)
    tests = load_tests({"policies/a_test.yaml": text.encode()})
    (result,) = run_tests(policies, tests, directory()).results
    return result.missed


def test_values_are_given_bare_or_with_words_and_confidence():
    whole = "{profile: {FleetSize__c: {value: twelve, evidence: twelve cars, confidence: 0.9}}}"
    assert missed(whole, "{FleetSize__c: twelve, Model__c: Clio}") == ()
    assert missed("{profile: {FleetSize__c: twelve}}", "{FleetSize__c: twelve}") == ()
    assert missed("{profile: {FleetSize__c: twelve}}", "{FleetSize__c: ~}") != ()
    assert missed(whole.replace("0.9", "0.7"), "{FleetSize__c: ~}") == ()


def test_words_that_do_not_stand_in_the_text_count_for_nothing_in_a_case_either():
    given = "{profile: {FleetSize__c: {value: '12', evidence: a dozen, confidence: 1}}}"
    assert missed(given, "{FleetSize__c: ~}") == ()


def test_nobody_answers_where_a_case_says_so():
    assert missed("{profile: ~}", "{FleetSize__c: ~}") == ()


ODD = {
    "{profil: {}}": "no step of the policy that asks is labelled 'profil' (did you mean profile?)",
    "{profile: 12}": "gives values by field",
    "{profile: {Modell__c: x}}": "does not ask for 'Modell__c' (did you mean Model__c?)",
    "{profile: {Model__c: {value: x, sure: 1}}}": "Model__c of profile has no 'sure'",
    "{profile: {Model__c: {value: x, confidence: 7}}}": "a number from 0 to 1",
}


@pytest.mark.parametrize("answers", ODD)
def test_answers_that_no_step_could_have_are_told_with_their_place(answers):
    told = missed(answers)
    assert any(ODD[answers] in each and each.startswith("policies/a_test.yaml:6:") for each in told)


VEHICLE = (
    "intake:\n  vehicle: {vin: Vin__c, object: Vehicle__c, by: Vin__c, "
    "set: {Vehicle__c: Id, Model__c: Model__c}"
)


def of_vehicle(answers: str, fields: str = "{}", *, makes: bool = True) -> tuple[str, ...]:
    made = ", make: {Model__c: Asked__c}}\n" if makes else "}\n"
    text = f"{HEAD}{VEHICLE}{made}ownership:\n{OTHERWISE}"
    policies = load({"policies/a.yaml": text.encode()})
    (policy,) = policies.policies
    case = CASE.format(answers=answers, fields=fields).replace("leads", policy.name, 1)
    case = case.replace("given: {", "given: {Vin__c: VF3CUHMZ6KY123456, Asked__c: 208, ")
    (result,) = run_tests(
        policies, load_tests({"policies/a_test.yaml": case.encode()}), directory()
    ).results
    return result.missed


def test_a_vehicle_that_is_made_holds_what_the_policy_makes_it_of():
    wanted = "{Vehicle__c: a0V00000000MADEEA4, Model__c: 208}"
    assert of_vehicle("{vehicle: made}", wanted) == ()
    assert of_vehicle("{vehicle: ~}", "{Vehicle__c: ~}") == ()


def test_no_vehicle_is_made_by_a_policy_that_makes_none():
    (told,) = of_vehicle("{vehicle: made}", makes=False)
    assert "the policy's 'vehicle' makes none" in told
