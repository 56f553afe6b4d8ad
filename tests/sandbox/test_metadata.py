from pathlib import Path

import pytest

from ortoo_daemon.sandbox.errors import SchemaError
from ortoo_daemon.sandbox.ids import checksum, make_id, to_18
from ortoo_daemon.sandbox.schema import FieldType, Schema
from tests.sandbox.small_org import write_metadata

PROJECT = Path(__file__).parents[2] / "config" / "salesforce"


def field_file(root: Path, name: str) -> Path:
    return root / "main/default/objects/Lead/fields" / f"{name}.field-meta.xml"


@pytest.mark.parametrize(
    ("id15", "id18"),
    [
        ("0017Q000005kEzU", "0017Q000005kEzUQAU"),
        ("0015f00000KjWeF", "0015f00000KjWeFAAV"),
    ],
)
def test_the_checksum_is_the_platforms(id15: str, id18: str) -> None:
    assert id15 + checksum(id15) == id18
    assert to_18(id15) == to_18(id18) == to_18(id18.upper()[:15] + id18[15:]) == id18


@pytest.mark.parametrize(
    "text", ["", "abc", "0017Q000005kEz", "0017Q000005kEzUQ", "0017Q000005kEz-"]
)
def test_what_is_no_id_is_none(text: str) -> None:
    assert to_18(text) is None


def test_ids_of_a_prefix_rise_with_their_numbers() -> None:
    ids = [make_id("00Q", number) for number in (*range(300), 62**3 - 1, 62**3)]
    assert ids == sorted(set(ids))


def test_the_projects_own_metadata_loads_whole() -> None:
    schema = Schema.load(PROJECT)
    declared = list(PROJECT.rglob("*.field-meta.xml"))
    for path in declared:
        entity, name = path.parent.parent.name, path.name.split(".")[0]
        known = schema.objects | schema.events
        for each in ("Task", "Event") if entity == "Activity" else (entity,):
            assert name in known[each].fields, path
    rules = list(PROJECT.rglob("*.validationRule-meta.xml"))
    assert len(rules) == sum(len(each.validation_rules) for each in schema)
    assert len(declared) > 80


def test_declared_fields_keep_their_types_and_limits(tmp_path: Path) -> None:
    lead = Schema.load(write_metadata(tmp_path)).object("lead")
    key, brand = lead.fields["Key__c"], lead.fields["Brand__c"]
    assert (key.type, key.length, key.unique, key.external_id) == (FieldType.STRING, 20, True, True)
    assert (brand.picklist, brand.restricted) == (("Renault", "Dacia"), True)
    assert lead.fields["Hot__c"].default is False
    assert lead.fields["Site__c"].relationship == "Site__r"
    assert (lead.fields["Score__c"].precision, lead.fields["Score__c"].scale) == (5, 2)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ('REGEX(Company, "a")', "REGEX"),
        ("Nope__c = 1", "Nope__c"),
        ("AND(ISNEW()", "cannot read"),
        ("$Profile.Name = 'x'", "$Profile"),
        ("ISCHANGED(1)", "ISCHANGED"),
        ("ISNEW(Company)", "ISNEW"),
    ],
)
def test_a_rule_beyond_the_sandbox_is_refused_by_file(
    tmp_path: Path, rule: str, complaint: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        Schema.load(write_metadata(tmp_path, rule=rule))
    assert "Owner_Unchanged.validationRule-meta.xml" in str(caught.value)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "<type>Summary</type>",
        "<type>Text</type><formula>1</formula>",
        "<type>Lookup</type><referenceTo>Nowhere__c</referenceTo>",
        "<type>Picklist</type><valueSet><valueSetName>Nowhere</valueSetName></valueSet>",
    ],
)
def test_a_field_beyond_the_sandbox_is_refused(tmp_path: Path, body: str) -> None:
    path = field_file(write_metadata(tmp_path), "Odd__c")
    head = '<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">'
    path.write_text(f"{head}<fullName>Odd__c</fullName>{body}</CustomField>", "utf-8")
    with pytest.raises(SchemaError, match="Odd__c"):
        Schema.load(tmp_path)
