"""Values to write: constants, references, templates, the first that holds."""

import pytest

from ortoo_daemon.policy import templates
from ortoo_daemon.policy.naming import FOUND_SO_FAR
from tests.policy.scopes import FixedScope, expression, scope

FIELDS = {
    "FirstName": "Zoë", "LastName": "O'Neil", "FleetSize__c": 12.0, "Account.Name": "{{ secret }}",
    "$rooftop.Id": "001", "$owner.Name": "Ana",
}  # fmt: skip
RECORD = FixedScope(fields=FIELDS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Warm", "Warm"),
        ("12", 12),
        ("true", True),
        ("null", None),
        ("'01234'", "01234"),
        ("$5 voucher", "$5 voucher"),
        ("$rooftop.Id", "001"),
        ("'{{ FleetSize__c }}'", 12.0),
        ("'{{ FleetSize__c }} cars'", "12 cars"),
        ("'{{ FirstName|upper ~ \" \" ~ LastName }}'", "ZOË O'Neil"),
        ("'{{ owner.Name }} for {{ Account.Name }}'", "Ana for {{ secret }}"),
        ("'{{ Nothing__c|default(\"unknown\") }} '", "unknown"),
        ('\'{{ LastName|replace("O", "Mc")|truncate(3) }}\'', "Mc'"),
        ("' {{ Nothing__c }} '", None),
        (
            "{first: [{when: {FleetSize__c: {above: 20}}, then: A}, {else: '{{ FirstName }}'}]}",
            "Zoë",
        ),
    ],
)
def test_the_value_is(text, value):
    found = expression(text)
    assert (found.evaluate(RECORD), type(found.evaluate(RECORD))) == (value, type(value))


def test_fields_are_the_names_a_value_depends_on():
    found = expression("{first: [{when: {A: 1}, then: '{{ B.C }}x'}, {else: $rooftop.Id}]}")
    assert found.fields() == {"A", "B.C", "$rooftop.Id"}


@pytest.mark.parametrize(
    "text",
    [
        "{{ FirstName.__class__ }}", "{{ [].append(1) }}", "{{ 1 + 1 }}", "{{ FirstName[0] }}",
        "{{ FirstName|attr('x') }}", "{% set a = 1 %}", "{# hidden #}{{ range(9) }}", "{{ lipsum() }}",
        "{{ A if B else C }}", "{{ match.Id }}", "{{ A|replace(B, 'x') }}", "{{ A", "{{ A is defined }}",
        "{{ A|truncate('x') }}", "{{ self }}{{ self.x() }}",
    ],
)  # fmt: skip
def test_templates_refuse_everything_but_names_filters_and_joining(text):
    with pytest.raises(templates.TemplateError):
        templates.compiled(text, FOUND_SO_FAR)


def test_a_chain_of_filters_can_not_grow_without_bound():
    grow = "|replace('a', '" + "a" * 100 + "')"
    found = expression(f'"{{{{ A{grow * 8} }}}}"')
    value = found.evaluate(scope(A="a"))
    assert isinstance(value, str)
    assert len(value) == templates.LONGEST_RESULT
