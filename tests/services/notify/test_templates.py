"""Claims about the words of notices."""

from pathlib import Path

import pytest
from jinja2.exceptions import SecurityError

from ortoo_daemon.services.notify.templates import (
    DIGEST,
    Message,
    Templates,
    nested,
    read_templates,
)

SHIPPED = Path(__file__).parents[3] / "config" / "templates"
FILES = {
    "new_record.en.txt": "New: {{ record.Account.Name }}\nby {{ respond_by }}\n{{ coaching(record.Kind) }}",
    "new_record.fr.txt": "Nouveau : {{ record.Account.Name }}",
    "late.en.txt": "Late{% for each in notices %} {{ each.title }}{% endfor %}",
    "coaching/test_drive.en.txt": "Offer a date.\n",
    "coaching/other.fr.txt": "Appelez.",
    "coaching/other.en.txt": "Call.",
}
TEMPLATES = Templates(FILES, usual="en")


def rendered(name: str, language: str = "en", **values) -> Message:
    return TEMPLATES.render(name, language, values)


def record(**fields):
    return nested({name.replace("__", "."): value for name, value in fields.items()})


def test_the_first_line_is_the_title():
    found = rendered("new_record", record=record(Account__Name="Acme"), respond_by="noon")
    assert found == Message(title="New: Acme", text="by noon\nCall.")


def test_a_recipient_reads_their_own_language_and_the_usual_one_where_there_is_none():
    acme = record(Account__Name="Acme")
    assert rendered("new_record", "fr_BE", record=acme).title == "Nouveau : Acme"
    assert rendered("new_record", "fi", record=acme).title == "New: Acme"


def test_coaching_is_by_kind_then_for_any_kind():
    found = rendered("new_record", record=record(Kind="Test drive"))
    assert found.text.endswith("Offer a date.")


def test_what_is_not_known_is_empty():
    assert rendered("new_record").title == "New:"


def test_a_value_that_looks_like_a_template_stays_what_it_is():
    found = rendered("new_record", record=record(Account__Name="{{ 7*7 }}{% raw %}"))
    assert found.title == "New: {{ 7*7 }}{% raw %}"


def test_a_value_of_many_lines_makes_no_second_title():
    found = rendered("new_record", record=record(Account__Name="Acme\nInc"))
    assert found.title == "New: Acme Inc"


def test_the_fields_that_a_template_reads_are_known():
    assert TEMPLATES.fields("new_record") == {"Account.Name", "Kind"}


def test_what_is_wrong_is_told_with_its_place():
    files = {
        "a.en.txt": "Hello {{ reccord.Name }}",
        "b.en.txt": "Hello\n{% if record %}",
        "c.txt": "Hello",
        "d.en.txt": " ",
        "coaching/x.en.txt": "{{ anything }}",
    }
    told = [str(problem) for problem in Templates(files, usual="en").problems()]
    assert [each.split(" (")[0] for each in told] == [
        "templates/a.en.txt:1:1: templates know no 'reccord'",
        told[1].split(" (")[0],
        "templates/c.txt:1:1: no name of a template",
        "templates/d.en.txt:1:1: a template without a title [template]",
    ]
    assert told[1].startswith("templates/b.en.txt:2:1: no Jinja template: Unexpected end")


def test_a_template_can_not_reach_out_of_its_sandbox():
    escape = "{{ record.__class__.__mro__[1].__subclasses__() }}"
    with pytest.raises(SecurityError):
        Templates({"a.en.txt": escape}, usual="en").render("a", "en", {"record": {}})


def test_shipped_templates_are_right_and_whole_in_each_language():
    files = read_templates(SHIPPED)
    templates = Templates(files, usual="en")
    assert list(templates.problems()) == []
    names = {"new_record", "unrouted", "sla_warning", "sla_violation", DIGEST}
    assert names <= templates.names
    languages = {path.split(".")[1] for path in files}
    assert languages >= {"en", "fr", "de", "es", "it", "nl"}
    missing = {
        f"{name}.{language}.txt" for name in templates.names for language in languages
    } - files.keys()
    assert missing == set()


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it", "nl"])
def test_a_shipped_template_reads_well_with_all_and_with_nothing_known(language):
    templates = Templates(read_templates(SHIPPED), usual="en")
    values = {
        "object": "Lead",
        "link": "https://org.example/00Q",
        "record": {"Name": "Ana Lopez", "Request__c": "test_drive", "Brand__c": "Peugeot"},
        "owner": {"Name": "Max"},
        "rooftop": {"Name": "Peugeot Lyon Vaise"},
        "recipient": {"Name": "Max"},
        "respond_by": "Mon 23 Nov 10:45",
        "clock": "first_response",
        "notices": [{"title": "One"}, {"title": "Two"}],
        "about": {"absences": [{"name": "Ana", "begins_at": "now", "holds": 3, "moves": 1}] * 9},
    }
    for name in templates.names:
        message = templates.render(name, language, values)
        assert message.title
        assert "{" not in message.title + message.text
        assert templates.render(name, language, {}).title
