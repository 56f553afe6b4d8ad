"""Cases say which other records a customer has, and by what each is found: the policy finds it so, or not."""

import pytest

from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.parsing.cases import load_tests
from ortoo_daemon.simulation.policy_tests import run_tests
from tests.policy.files import HEAD
from tests.world import directory

CUSTOMERS = {
    "Lead": KeySources(
        email=("Email",),
        phone=("Phone",),
        first_name="FirstName",
        last_name="LastName",
        company="Company",
        postal_code="PostalCode",
    )
}
WHO = "FirstName: Ana, LastName: Roy, Email: a@roy.example, Phone: '+33299112233', PostalCode: '35000'"
COMPANY = "Company: Transports Roy et Fils"
BY_COMPANY = "[Email, {company: Company, postal_code: PostalCode}]"


def told(how: str, *, on: str = "[Email, Phone]", given: str = "", also: str = "[]") -> str:
    """What ``$match.how`` was for a case whose other record is found in this way; "" for no match."""
    search = f"{{on: {on}, among: [Lead], within: any, also: {also}}}"
    policies = load(
        {
            "policies/a.yaml": (
                f"{HEAD}intake:\n  find: {{duplicates: {search}}}\n"
                "ownership:\n  otherwise: {queue: Last}\n"
                "action:\n  set: {Description: $match.how}\n"
            ).encode()
        },
        key_sources=CUSTOMERS,
    )
    (policy,) = policies.policies
    known = directory()
    text = (
        f"policy: {policy.name}\nnow: 2026-11-23T10:15:00+01:00\ncases:\n  - name: one\n"
        f"    given: {{{WHO}{', ' + given if given else ''}}}\n"
        f"    match: {{object: Lead, age: 1d, how: {how}}}\n"
        "    expect: {fields: {Description: nothing}}\n"
    )
    tests = load_tests({"policies/a_test.yaml": text.encode()})
    (result,) = run_tests(policies, tests, known).results
    assert result.decision is not None, result.missed
    return str(result.decision.fields.get("Description") or "")


@pytest.mark.parametrize("how", ["email", "phone", "email_and_phone"])
def test_a_record_is_found_by_what_it_shares_and_by_nothing_more(how: str) -> None:
    assert told(how) == how


def test_a_colleague_is_found_by_the_companys_name_and_place_where_the_policy_looks_by_these() -> (
    None
):
    assert told("company", on=BY_COMPANY, given=COMPANY, also="company") == "company"


def test_a_colleague_is_found_by_a_shared_address_where_the_policy_looks_by_that_alone() -> None:
    assert told("company", given=COMPANY, also="company") == "company"


def test_a_colleague_is_somebody_else_where_the_policy_does_not_count_companies() -> None:
    assert told("company", on=BY_COMPANY, given=COMPANY, also="household") == ""


def test_nobody_is_of_the_company_of_a_record_that_names_none() -> None:
    assert told("company", on=BY_COMPANY, also="company") == ""
