"""What word groups say adds up over a request, as an admin has written it down."""

from dataclasses import replace

from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.triage.taxonomy import ANY_REQUEST, Taxonomy
from ortoo_daemon.intake.triage.triager import Triager
from tests.intake.triage.network import DEALERS, taxonomy
from tests.learned_points import Request, learned

PLAIN = replace(taxonomy(), examples={}, speaks_for={})
QUEUE = "The photo is here. The handset of the user is here."


def kind(text: str, words: Taxonomy, subject: str = "") -> str | None:
    mail = Mail(subject=subject, from_address="paule.aubry@valmont-auto.example", text_body=text)
    return Triager.of(DEALERS, words).understand(mail).triage.segments[0].request_type


def saying(**points: dict[str, float]) -> Taxonomy:
    return replace(PLAIN, speaks_for=points)


def test_groups_of_two_sentences_add_up():
    little = {"parts_order": 1.0}
    assert kind(QUEUE, saying(photo=little)) != "parts_order"
    assert kind(QUEUE, saying(photo=little, device=little)) == "parts_order"


def test_a_group_without_a_line_says_nothing():
    assert kind("A photo.", saying(device={"parts_order": 9.0})) is None


def test_what_any_request_begins_with_is_no_request_by_itself():
    always = {ANY_REQUEST: {"complaint": 9.0}}
    assert kind("Lorem ipsum.", saying(**always)) is None


def test_the_subject_of_the_only_request_says_half():
    words = saying(photo={"parts_order": 3.0}, device={"complaint": 2.0})
    assert kind("The handset.", words) == "complaint"
    assert kind("The handset.", words, subject="A photo of it") == "complaint"
    more = saying(photo={"parts_order": 5.0}, device={"complaint": 2.0})
    assert kind("The handset.", more, subject="A photo of it") == "parts_order"


def test_kinds_that_the_taxonomy_lacks_are_never_chosen():
    left = tuple(each for each in PLAIN.request_types if each.code != "complaint")
    words = replace(saying(photo={"complaint": 9.0}), request_types=left)
    assert kind("A photo.", words) is None


def test_learning_gives_points_to_what_many_mails_of_a_kind_have():
    mails = [
        *(Request(kind="billing", said={"invoice": 1.0, "car": 1.0}) for _ in range(30)),
        *(Request(kind="parts", said={"part": 1.0, "car": 1.0}) for _ in range(30)),
    ]
    points = learned(mails)
    assert points["invoice"]["billing"] > 1
    assert points["invoice"]["parts"] < -1
    assert "car" not in points
    assert learned(mails) == points
    fewer = learned(mails[25:35])
    assert fewer["invoice"]["billing"] < points["invoice"]["billing"]
