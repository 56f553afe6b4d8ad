"""docs/services.md and the code say the same: keys, outcomes; its example works."""

from ortoo_daemon.callouts import CallOutcome
from ortoo_daemon.policy.callouts import reading
from ortoo_daemon.policy.callouts.catalogue import AnswerType, AuthKind, Method
from ortoo_daemon.policy.callouts.reading import load_services
from tests.docs.pages import blocks, first_cells, section
from tests.policy.files import ROOT

NAME = "docs/services.md"


def test_every_key_of_a_service_is_told_and_no_other():
    assert set(first_cells(section(NAME, "## A service"))) == set(reading.SERVICE_KEYS)


def test_every_way_to_be_known_method_and_type_is_told():
    text = section(NAME, "## A service")
    words = {*Method, *AnswerType, *AuthKind} - {AuthKind.NONE}
    assert {word for word in words if f"`{word}`" not in text} == set()


def test_every_shipped_service_is_told_and_no_other():
    shipped = load_services(NAME, (ROOT / "config" / "services.yaml").read_bytes()).services
    assert set(first_cells(section(NAME, "## The shipped ones"))) == set(shipped)


def test_every_outcome_is_told_and_no_other():
    assert set(first_cells(section(NAME, "## What can happen"))) == {str(o) for o in CallOutcome}


def test_the_example_is_a_file_of_services():
    (block,) = blocks(NAME, "yaml")
    assert set(load_services(NAME, block.text.encode()).services) == {"stock", "credit"}
