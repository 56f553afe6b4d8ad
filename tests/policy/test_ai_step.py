"""Steps that read a record's text, and their maps: what may be written, and what is told with its place."""

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.interpretation import WantedKind
from ortoo_daemon.policy.ai_model import AiStep
from ortoo_daemon.policy.load import load
from tests.policy.files import HEAD, OTHERWISE

MAP = "field,about,type,length,longer,values,only_empty,confidence,finder\nModel__c,the model,,,,,,,\n"


def loaded(step: str, table: str = MAP):
    text = f"{HEAD}enrichment:\n  - ai: {step}\nownership:\n{OTHERWISE}"
    return load({"policies/a.yaml": text.encode(), "tables/m.csv": table.encode()})


def problems(step: str, table: str = MAP) -> list[str]:
    with pytest.raises(ConfigError) as error:
        loaded(step, table)
    return [f"{each.place}: {each.message}" for each in error.value.problems]


def step_of(policies) -> AiStep:
    (step,) = policies.policies[0].enrichment
    assert isinstance(step, AiStep)
    return step


def test_as_a_rule_the_description_is_read_and_only_empty_fields_are_filled():
    step = step_of(loaded("{task: lead_profile, map: tables/m.csv}"))
    assert (step.label, step.texts) == ("lead_profile", (("description", "Description"),))
    assert [row.mapped.only_empty for row in step.fields] == [True]


def test_a_row_goes_before_the_step_in_whether_a_filled_field_is_left_alone():
    table = MAP + "A__c,a,,,,,true,,\nB__c,b,,,,,false,,\n"
    step = step_of(loaded("{task: lead_profile, map: tables/m.csv, only_empty: false}", table))
    assert [row.mapped.only_empty for row in step.fields] == [False, True, False]


def test_a_text_of_one_field_asks_for_that_field():
    step = step_of(loaded("{task: reply_draft, into: Draft__c, read: {new: Description}}"))
    (row,) = step.fields
    assert (row.field, row.wanted.kind, row.mapped.only_empty) == (
        "Draft__c",
        WantedKind.TEXT,
        True,
    )


WRONG = {
    "{map: tables/m.csv}": "an ai step needs 'task'",
    "{task: triage, map: tables/m.csv}": "no task that reads a record's text is called 'triage'",
    "{task: lead-profile, map: tables/m.csv}": "is called 'lead-profile'",
    "{task: lead_profile}": "an ai step needs 'map'",
    "{task: lead_profile, map: tables/none.csv}": "no file 'tables/none.csv'",
    "{task: lead_profile, map: tables/m.csv, into: A__c}": "it has no 'into'",
    "{task: summary}": "an ai step needs 'into'",
    "{task: summary, into: A__c, map: tables/m.csv}": "it has no 'map'",
    "{task: summary, into: Account.Name}": "not the API name of a field of the record",
    "{task: summary, into: A__c, length: 0}": "'length' is 0",
    "{task: summary, into: A__c, read: {body: Description}}": "'read' knows no 'body'",
    "{task: summary, into: A__c, tell: {phone: Phone}}": "'tell' knows no 'phone'",
    "{task: summary, into: A__c, read: {new: $triage.text}}": "$triage is what intake",
    "{task: summary, into: A__c, label: A b}": "'A b' can't be a label",
    "{task: summary, into: A__c}\n  - ai: {task: summary, into: B__c}": "called 'summary' already",
    "{task: summary, into: A__c, owner: x}": "an ai step has no key 'owner'",
}


@pytest.mark.parametrize("step", WRONG)
def test_what_can_not_be_is_told_with_its_place(step: str):
    told = problems(step)
    assert any(WRONG[step] in each for each in told), told
    assert all(each.startswith("policies/a.yaml:") for each in told)


ROWS = {
    "Account.Name,a,,,,,,,": "not the API name of a field of the record",
    "A__c,,,,,,,,": "say in 1 to 300 characters what is asked for",
    "A__c,a,money,,,,,,": "type: 'money' is not one of",
    "A__c,a,,many,,,,,": "length is not a number of characters",
    "A__c,a,,,shorten,,,,": "longer: 'shorten' is not one of",
    "A__c,a,,,,x=,,,": "'x=' translates nothing",
    "A__c,a,,,,x; X=y,,,": "'X' stands here twice",
    "A__c,a,,,,,yes,,": "only_empty: 'yes' is not one of",
    "A__c,a,,,,,,2,": "confidence is a number from 0 to 1",
    "A__c,a,,,,,,,.*": "no finder is called",
    "A__c,a,,,,,,,words": "'words' needs words to look for",
    "Model__c,a,,,,,,,": "asked for already in line 2",
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_that_can_not_be_used_is_told_with_its_line(row: str):
    (told,) = problems("{task: lead_profile, map: tables/m.csv}", f"{MAP}{row}\n")
    assert told.startswith("tables/m.csv:3:")
    assert ROWS[row] in told


def test_a_policy_that_reads_mail_may_have_its_text_read_by_a_step():
    text = (
        f"{HEAD}intake:\n  triage: {{set: {{Subject: $triage.subject}}}}\n"
        "enrichment:\n  - ai: {task: summary, into: Comments, read: {new: $triage.text}}\n"
        f"ownership:\n{OTHERWISE}"
    )
    (policy,) = load({"policies/a.yaml": text.encode()}).policies
    (step,) = policy.enrichment
    assert isinstance(step, AiStep)
    assert step.texts == (("new", "$triage.text"),)
