"""The catalogue of models: what it says is taken, and what is wrong in it is told with its place."""

from datetime import timedelta

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.intake.mail.model import IdentifierKind, PartKind
from ortoo_daemon.policy.models.catalogue import SENDABLE, Batching, TaskName, Tokens
from ortoo_daemon.policy.models.reading import load_catalogue
from tests.policy.files import ROOT

SHIPPED = (ROOT / "config" / "models.yaml").read_text("utf-8")
TASK = """\
    models: [quick]
    send: {fields: [subject]}
    prompt: triage/1
    answer: triage/1
    budget: {day: 5.00, record: 0.05}
"""
WHOLE = (
    """\
catalogue: 1
enabled: true
providers:
  anthropic: {speaks: anthropic, url: https://api.anthropic.com}
models:
  quick: {provider: anthropic, name: claude-haiku-4-5, price: {input: 1.00, output: 5.00}}
tasks:
  triage:
    enabled: true
"""
    + TASK
)


def told(text: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        load_catalogue("models.yaml", text.encode())
    return [str(problem) for problem in error.value.problems]


def test_as_shipped_nothing_is_asked():
    found = load_catalogue("models.yaml", SHIPPED.encode())
    assert not found.enabled
    assert all(found.task(name) is None for name in TaskName)
    assert found.in_use == {}
    assert set(found.tasks) == set(TaskName)


def test_a_task_needs_its_own_switch_and_the_main_one():
    assert load_catalogue("m", WHOLE.encode()).task(TaskName.TRIAGE) is not None
    for off in (
        WHOLE.replace("enabled: true\nproviders", "enabled: false\nproviders"),
        WHOLE.replace("    enabled: true", "    enabled: false"),
    ):
        assert load_catalogue("m", off.encode()).task(TaskName.TRIAGE) is None


def test_an_empty_file_asks_nobody():
    assert not load_catalogue("models.yaml", b"").enabled


def test_nothing_is_sent_that_is_not_named():
    sending = load_catalogue("m", WHOLE.encode()).tasks[TaskName.TRIAGE].sending
    assert sending.fields == {"subject"}
    assert not sending.parts | sending.rooftop | sending.clear


def test_costs_are_exact_and_rounded_up():
    model = load_catalogue("m", WHOLE.encode()).models["quick"]
    assert model.cost(Tokens(input=1_000_000, output=1_000_000)) == 6_000_000
    assert model.cost(Tokens(cache_read=1, cache_write=1)) == 2, "no price of its own: as input"
    assert model.most_cost(input=10, output=10) == 60


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("enabled: true\nproviders", "providers", "1:1", "needs 'enabled'"),
        ("catalogue: 1", "catalogue: 2", "1:12", "between 1 and 1"),
        ("speaks: anthropic", "speaks: gopher", "4:23", "'speaks' is 'gopher'"),
        ("https://api", "http://api", "4:39", "without encryption"),
        ("https://api.anthropic.com", "https://me:pw@h", "4:39", "more than a host"),
        ("https://api.anthropic.com", "ftp://h", "4:39", "no URL"),
        ("https://api.anthropic.com", '"https://[::1"', "4:39", "no URL"),
        ("provider: anthropic", "provider: antropic", "6:21", "did you mean anthropic?"),
        ("input: 1.00, ", "", "6:63", "needs 'input'"),
        ("output: 5.00", "output: -5.00", "6:85", "between 0 and"),
        ("models: [quick]", "models: [quik]", "10:14", "did you mean quick?"),
        ("models: [quick]", "models: []", "10:13", "at least one model"),
        ("models: [quick]", "models: [quick, quick]", "10:13", "twice"),
        ("fields: [subject]", "fields: [subjekt]", "11:21", "did you mean subject?"),
        ("    send: {fields: [subject]}\n", "", "9:5", "needs 'send'"),
        ("prompt: triage/1", "prompt: triage/9", "12:13", "did you mean triage/1?"),
        ("    budget: {day: 5.00, record: 0.05}\n", "", "9:5", "needs 'budget'"),
        ("day: 5.00", "day: lots", "14:19", "must be a number"),
        ("  triage:", "  triages:", "8:3", "did you mean triage?"),
        ("  triage:", "  summary:", "12:13", "known are summary/1"),
        ("  triage:\n", "  triage:\n    time_limit: 20\n", "9:17", "not a duration"),
        ("  triage:\n", "  triage:\n    time_limit: 1h\n", "9:17", "at most 10m"),
        ("  triage:\n", "  triage:\n    otherwise: guess\n", "9:16", "did you mean rules?"),
        ("  triage:\n", "  summary:\n    otherwise: person\n", "9:16", "no person to turn to"),
        ("  triage:\n", "  triage:\n    tries: 1.5\n", "9:12", "no whole number"),
        ("  triage:\n", "  triage:\n    confidence: 0.1\n", "9:17", "between 0.5 and 1"),
        ("  triage:\n", "  triage:\n    colour: red\n", "9:5", "has no key 'colour'"),
        (
            "  triage:\n",
            "  triage:\n    choose: [{when: {}, models: [quick]}]\n",
            "9:21",
            "always holds",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old, new, place, words):
    assert old in WHOLE
    problems = told(WHOLE.replace(old, new, 1))
    assert any(f"models.yaml:{place}:" in each and words in each for each in problems), problems


def test_everything_that_is_wrong_is_told_at_once():
    bad = WHOLE.replace("speaks: anthropic", "speaks: x").replace("[quick]", "[no]")
    assert len(told(bad)) >= 2


@pytest.mark.parametrize("text", ["[]", "7", "catalogue: [1]\nenabled: {}", "a: &x 1", "tasks: 1"])
def test_nonsense_is_told_and_breaks_nothing(text):
    assert told(text)


def test_what_could_be_sent_of_a_mail_is_what_reading_finds_in_it():
    could = SENDABLE[TaskName.TRIAGE]
    assert set(could.parts) == {str(kind) for kind in PartKind}
    assert set(could.clear) == {*map(str, IdentifierKind), "name", "account_number", "link"}


PROFILE = WHOLE.replace("triage", "lead_profile").replace(
    "answer: lead_profile/1", "answer: values/1"
)
PROFILE = PROFILE.replace("[subject]", "[language]")


def test_nothing_is_shared_unless_it_is_written():
    found = load_catalogue("m", PROFILE.encode()).task(TaskName.LEAD_PROFILE)
    assert found is not None
    assert found.batch is None
    text = PROFILE + "    batch: {window: 1s, most: 4, text: 200, answer: 500}\n"
    found = load_catalogue("m", text.encode()).task(TaskName.LEAD_PROFILE)
    assert found is not None
    assert found.batch == Batching(window=timedelta(seconds=1), most=4, text=200, answer=500)
    found = load_catalogue("m", (PROFILE + "    batch: {}\n").encode()).task(TaskName.LEAD_PROFILE)
    assert found is not None
    assert found.batch == Batching()


@pytest.mark.parametrize(
    ("text", "batch", "says"),
    [
        (WHOLE, "{}", "e-mails share no request"),
        (PROFILE, "{window: 10s}", "wait too long for others"),
        (PROFILE, "{most: 1}", "'most' is 1"),
        (PROFILE, "{most: 50, answer: 1000}", "keep most x answer at 32000"),
        (PROFILE, "{often: 1}", "often"),
    ],
)
def test_what_can_not_be_shared_is_told_with_its_place(text, batch, says):
    (problem,) = told(text + f"    batch: {batch}\n")
    assert says in problem
    assert problem.startswith("models.yaml:")
