import pytest

from ortoo_daemon.errors import (
    ApiLimitError,
    LoginError,
    OutcomeUnknownError,
    PermanentOrgError,
    RecordGoneError,
    StaleRecordError,
    TemporaryOrgError,
)
from ortoo_daemon.salesforce.responses import (
    STALE_OWNER_MARK,
    cleared,
    error_of,
    is_overload,
    row_error,
)
from tests.salesforce.answers import problem


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, problem("INVALID_SESSION_ID"), LoginError),
        (401, "<html><title>Login</title></html>", LoginError),
        (401, {"error": "invalid_token"}, LoginError),
        (403, problem("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), ApiLimitError),
        (400, problem("UNABLE_TO_LOCK_ROW"), TemporaryOrgError),
        (404, problem("NOT_FOUND"), RecordGoneError),
        (404, problem("ENTITY_IS_DELETED"), RecordGoneError),
        (400, problem("CANNOT_UPDATE_CONVERTED_LEAD"), RecordGoneError),
        (412, [], StaleRecordError),
        (412, "", StaleRecordError),
        (400, problem("INACTIVE_OWNER_OR_USER", "x", "OwnerId"), PermanentOrgError),
        (400, problem("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Set a brand"), PermanentOrgError),
        (500, problem("UNKNOWN_EXCEPTION"), TemporaryOrgError),
        (503, problem("SERVER_UNAVAILABLE"), TemporaryOrgError),
        (503, "<html><title>Down for maintenance</title></html>", TemporaryOrgError),
        (420, "", TemporaryOrgError),
        (429, problem("TOO_MANY_REQUESTS"), TemporaryOrgError),
        (400, problem("INVALID_FIELD")[0], PermanentOrgError),
        (400, [{"errorCode": "INVALID_FIELD", "message": None, "fields": None}], PermanentOrgError),
        (404, "<html><title>URL No Longer Exists</title></html>", TemporaryOrgError),
        (403, "<html><title>Request blocked</title></html>", TemporaryOrgError),
        (400, "", TemporaryOrgError),
        (302, "", LoginError),
        (307, "<html>elsewhere</html>", LoginError),
        (403, problem("API_CURRENTLY_DISABLED"), TemporaryOrgError),
        (400, problem("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"), TemporaryOrgError),
        (502, "", TemporaryOrgError),
        (403, problem("TXN_SECURITY_NO_ACCESS"), PermanentOrgError),
    ],
)
def test_each_refusal_becomes_the_error_it_stands_for(status, body, kind):
    assert type(error_of(status, body)) is kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, problem("NOT_FOUND"), PermanentOrgError),
        (404, "<html><title>Not Found</title></html>", TemporaryOrgError),
        (403, "<html><title>Blocked</title></html>", TemporaryOrgError),
    ],
)
def test_a_call_that_names_no_record_never_says_that_one_is_gone(status, body, kind):
    error = error_of(status, body, resource="PATCH composite/sobjects/Ortoo_Decision__c")
    assert type(error) is kind
    assert status == 403 or "Ortoo_Decision__c" in str(error)


def test_the_two_request_limits_are_told_apart_by_their_message():
    concurrent = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    error = error_of(403, problem("REQUEST_LIMIT_EXCEEDED", concurrent))
    assert type(error) is TemporaryOrgError


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, problem("UNKNOWN_EXCEPTION")), (502, ""), (503, "<html></html>"), (504, "")],
)
def test_a_write_that_met_a_gateway_error_has_an_unknown_outcome(status, body):
    assert type(error_of(status, body, writing=True)) is OutcomeUnknownError


def test_a_write_the_org_was_too_busy_for_was_certainly_not_carried_out():
    error = error_of(503, problem("SERVER_UNAVAILABLE"), writing=True)
    assert type(error) is TemporaryOrgError


@pytest.mark.parametrize("kind", ["lead", "case"])
def test_the_shipped_validation_rule_means_a_stale_record(kind):
    message = f"{STALE_OWNER_MARK}{kind} after the routing daemon had read it"
    error = row_error([{"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": message}])
    assert type(error) is StaleRecordError


def test_the_shipped_validation_rules_messages_begin_with_the_mark(repository):
    found = list(repository.glob("config/salesforce/**/Ortoo_Owner_Unchanged.*"))
    assert len(found) == 2
    for path in found:
        assert f"<errorMessage>{STALE_OWNER_MARK}" in path.read_text()


def test_a_trigger_that_wraps_a_lock_may_pass_later_and_any_other_does_not():
    wrapped = "OrtooTrigger: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access"
    locked = row_error([{"statusCode": "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "message": wrapped}])
    broken = row_error([{"statusCode": "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "message": "null"}])
    assert is_overload(locked)
    assert type(locked) is TemporaryOrgError
    assert not is_overload(broken)
    assert type(broken) is PermanentOrgError


def test_a_row_s_refusal_is_read_as_a_list_and_alone():
    refusal = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "x", "fields": []}
    assert row_error([refusal]).code == row_error(refusal).code == "UNABLE_TO_LOCK_ROW"


def test_an_unknown_field_is_named():
    message = "No such column 'Brnd__c' on entity 'Lead'. If you are attempting ..."
    assert error_of(400, problem("INVALID_FIELD", message)).fields == ("Brnd__c",)


@pytest.mark.parametrize(
    ("message", "secret"),
    [
        ("Email: invalid email address: jo.doe@example.com", "jo.doe"),
        ("First Name: data value too large: Maximiliane (max length=5)", "Maximiliane"),
        ("bad value for restricted picklist field: my private words", "private"),
        ("duplicate value: +49 (151) 2345-6789 exists", "2345"),
    ],
)
def test_values_of_fields_are_not_repeated_in_messages(message, secret):
    assert secret not in cleared(message)


def test_record_ids_stay_readable_in_messages():
    text = "duplicates value on record with id: 00Q000000000001AAA, owner 005000000000042AAA"
    assert cleared(text) == text


def test_a_long_answer_is_cut():
    assert len(cleared("x" * 5000)) == 300
