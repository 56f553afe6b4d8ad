import pytest

from ortoo_daemon.salesforce.stream.failures import FailureKind, StreamPauses, failure_in


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("403::Unknown client", FailureKind.SESSION),
        ("402::Unknown client", FailureKind.SESSION),
        ("403::Client has not completed handshake", FailureKind.SESSION),
        ("403:denied_by_security_policy:create_denied", FailureKind.SESSION),
        ("401::Authentication invalid", FailureKind.AUTHENTICATION),
        ("401::Request requires authentication", FailureKind.AUTHENTICATION),
        ("503::Server is too busy. Please try your request again later.", FailureKind.BUSY),
        ("403::Organization total events daily limit exceeded", FailureKind.DAILY_LIMIT),
        ("403::Organization concurrent user limit exceeded", FailureKind.CLIENT_LIMIT),
        ("400::The replayId {12} you provided was invalid. Please ...", FailureKind.REPLAY),
        ("400::The replay id {12} you provided was invalid", FailureKind.REPLAY),
        ("400::The channel you requested to subscribe to doesn't exist", FailureKind.REFUSED),
        ("403::Restricted channel", FailureKind.REFUSED),
        ("403::User not enabled for streaming", FailureKind.REFUSED),
        ("403::Cannot create channel {/u/x}", FailureKind.REFUSED),
        ("404::Unknown channel", FailureKind.REFUSED),
        ("400::Client c has established a session, but no x cookie present", FailureKind.SESSION),
        ("403::Subscriber does not have access to the entity in this topic", FailureKind.REFUSED),
        ("413::Maximum Request Size Exceeded", FailureKind.REFUSED),
        (None, FailureKind.NETWORK),
    ],
)
def test_each_error_text_has_its_kind(error, kind):
    message = {"successful": False} if error is None else {"successful": False, "error": error}
    assert failure_in(message).kind is kind


def test_the_inner_reason_counts_before_the_outer_error():
    reason = "403::To protect all customers ... limit the number of simultaneous connections"
    message = {"error": "401::Authentication invalid", "ext": {"sfdc": {"failureReason": reason}}}
    assert failure_in(message).kind is FailureKind.CLIENT_LIMIT


@pytest.mark.parametrize("kind", FailureKind)
def test_pauses_grow_and_are_bounded(kind):
    pauses = [StreamPauses().after(kind, failures) for failures in range(1, 40)]
    assert pauses == sorted(pauses)
    assert pauses[1] > 0
    assert pauses[-1] <= 3600


def test_a_lost_session_is_tried_again_at_once_and_a_limit_never():
    pauses = StreamPauses()
    assert pauses.after(FailureKind.SESSION, 1) == 0
    assert pauses.after(FailureKind.BUSY, 1) >= 60
    assert pauses.after(FailureKind.DAILY_LIMIT, 1) >= 600
