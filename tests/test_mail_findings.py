from ortoo_daemon.mail_findings import (
    LONGEST_KEPT,
    findings_in,
    findings_text,
    kept_findings,
    made_findings,
    restored_findings,
)
from ortoo_daemon.records import record_id

MAIL = record_id("02s000000000001")
PARIS = {"account": "001000000000001AAA", "type": "parts_order", "brand": "Peugeot"}
LYON = {"account": "001000000000002AAA", "type": "parts_order", "brand": "Peugeot"}


def found(*requests, **mail):
    return made_findings(mail, requests, key="k" * 32, id=MAIL)


def test_of_several_requests_a_name_means_what_all_have_in_common():
    both = found(PARIS, LYON)
    assert both.value("brand") == "Peugeot"
    assert both.value("account") is None
    assert both.value("split") is True
    assert both.value("requests") == 2
    assert both.only(1).value("account") == LYON["account"]
    assert both.only(1).value("split") is False


def test_a_request_without_rooftop_or_kind_needs_a_person_and_so_does_its_mail():
    assert found(PARIS, {"type": "parts_order"}).value("needs_person") is True
    assert found(PARIS, {"account": "001000000000002AAA"}).value("needs_person") is True
    assert found(PARIS, LYON).value("needs_person") is False


def test_the_key_of_a_request_does_not_depend_on_its_place_in_the_mail():
    one, other = found(PARIS, LYON), found(LYON, PARIS)
    assert one.split_key(0) == other.split_key(1) != one.split_key(1)


def test_two_requests_of_one_rooftop_and_kind_have_two_keys():
    twice = found(PARIS, PARIS)
    assert twice.split_key(0) != twice.split_key(1)


def test_keys_fit_the_external_id():
    kind = {"account": "001000000000001AAA", "type": "a_kind_with_a_very_long_name" * 8}
    assert len(found(kind, kind).split_key(1)) <= 120


def test_findings_come_back_as_they_were_kept():
    both = found(PARIS, LYON, sender="a@example.com")
    assert restored_findings(kept_findings(both)) == both
    assert findings_in(findings_text(both)) == both


def test_what_is_too_long_for_its_field_loses_texts_and_never_what_routes():
    long = [{**PARIS, "evidence": "x" * 9_000, "evidence_1": "x" * 9_000}] * 3
    text = findings_text(found(*long, text="y" * 20_000))
    assert len(text) <= LONGEST_KEPT
    kept = findings_in(text)
    assert kept is not None
    assert kept.value("account") == PARIS["account"]
    assert kept.value("text") is None


def test_text_that_holds_no_findings_is_none():
    assert [findings_in(text) for text in ("", "{}", "[1]", "no json", '{"key": 1}')] == [None] * 5
