"""The file of services: what it says is taken, and what is wrong in it is told with its place."""

from datetime import timedelta
from ipaddress import ip_address

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.callouts.addresses import refusal
from ortoo_daemon.policy.callouts.catalogue import AuthKind, Method
from ortoo_daemon.policy.callouts.reading import load_services
from tests.policy.files import ROOT

SHIPPED = (ROOT / "config" / "services.yaml").read_text("utf-8")


def told(entry: str, *, at: str = "https://a.example/x") -> list[str]:
    lines = [line.strip() for line in entry.splitlines() if line.strip()]
    url = [f"url: {at}"] if at else []
    text = "services:\n  s:\n" + "".join(f"    {line}\n" for line in (*url, *lines))
    with pytest.raises(ConfigError) as error:
        load_services("services.yaml", text.encode())
    return [str(problem).partition("services.yaml:")[2] for problem in error.value.problems]


def test_as_shipped_nobody_is_asked():
    found = load_services("services.yaml", SHIPPED.encode()).services
    assert found
    assert not any(service.enabled for service in found.values())


def test_what_is_left_out_is_as_careful_as_can_be():
    text = b"services: {stock: {url: https://a.example/x}}"
    service = load_services("services.yaml", text).services["stock"]
    assert (service.enabled, service.internal, service.reads) == (True, False, True)
    assert (service.method, service.tries, service.parallel) == (Method.GET, 2, 8)
    assert (service.auth.kind, service.cache, service.rate_limit) == (AuthKind.NONE, None, None)
    assert (service.time_limit, service.most_bytes) == (timedelta(seconds=10), 262_144)
    assert (
        not load_services("s", b"services: {a: {url: https://a.example, method: POST}}")
        .services["a"]
        .reads
    )


def test_the_same_file_is_the_same_and_another_is_not():
    one, same = (load_services("s", SHIPPED.encode()) for _ in range(2))
    assert (one.services, one.digest) == (same.services, same.digest)
    other = load_services("s", SHIPPED.replace("5000", "5001").encode())
    assert (other.services["stock"] == one.services["stock"], other.digest == one.digest) == (
        False,
        False,
    )


def test_an_empty_file_has_no_services():
    assert load_services("services.yaml", b"").services == {}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://a.example/x", "no URL"),
        ("//a.example", "no URL"),
        ("http://a.example/x", "without encryption"),
        ("https://user:word@a.example/x", "more than a host and a path"),
        ("https://a.example/x?key=1", "more than a host and a path"),
        ("https://a.example/x#top", "more than a host and a path"),
        ("'https://{{ host }}/x'", "the host can't come from a record"),
        ("'https://a.{{ host }}/x'", "the host can't come from a record"),
        ("'https://a.example:{{ port }}/x'", "no URL"),
        ("https://127.0.0.1/x", "127.0.0.1 is not asked: it is this machine"),
        ("https://[::1]/x", "::1 is not asked: it is this machine"),
        ("https://localhost/x", "localhost is not asked: it is this machine"),
        ("https://10.1.2.3/x", "private or reserved network"),
        ("https://169.254.169.254/x", "link-local"),
        ("https://[::ffff:10.0.0.1]/x", "private or reserved network"),
        ("'https://a.example/{{ model | shout }}'", "no filter 'shout'"),
        ("'https://a.example/{% if x %}'", "template:"),
    ],
)
def test_a_url_leads_to_one_host_that_may_be_asked(url, words):
    found = told("", at=url)
    assert found[0].startswith("3:10: ")
    assert words in found[0]


def test_within_the_own_network_a_service_must_be_said_to_be():
    text = "services: {s: {url: http://10.1.2.3:8080/x, internal: true}}"
    assert load_services("s", text.encode()).services["s"].host == "10.1.2.3"
    assert "link-local" in told("internal: true", at="http://169.254.169.254/latest")[0]


@pytest.mark.parametrize(
    ("entry", "place", "words"),
    [
        ("headers: {Authorization: Bearer abc}", "4:15", "is a secret, and those don't stand"),
        ("headers: {Content-Length: '5'}", "4:15", "written by the client"),
        ("headers: {'X Y': a}", "4:15", "not the name of a header"),
        ("auth: {by: magic}", "4:16", "'by' is 'magic'"),
        ("auth: {by: basic}", "4:11", "needs 'user'"),
        ("auth: {by: bearer, user: me}", "4:24", "has no use for 'user'"),
        ("auth: {by: bearer, token: abc}", "4:24", "no key 'token'"),
        (
            "auth: {by: oauth, client_id: a, token_url: http://b.example}",
            "4:48",
            "without encryption",
        ),
        ("method: FETCH", "4:13", "'method' is 'FETCH'"),
        ("tries: 9", "4:12", "'tries' is 9"),
        ("time_limit: never", "4:17", "not a duration"),
        ("time_limit: 3d", "4:17", "longer than a day"),
        ("rate_limit: {at_most: 5}", "4:17", "needs 'per'"),
        ("cache: {at_most: 5}", "4:12", "needs 'for'"),
        ("method: POST\ncache: {for: 1m}", "5:12", "that only read"),
        ("body: {a: 1}\nform: {a: b}", "5:11", "either a 'body' or a 'form'"),
        ("answer: {site: 'sites[0'}", "4:20", "no JMESPath expression: 'sites[0'"),
        ("answer: {site: {path: a, type: money}}", "4:36", "'type' is 'money'"),
        ("answer: {site: {type: text}}", "4:20", "needs 'path'"),
        ("answer: {'my site': a}", "4:14", "can't be the name of a part"),
        ("answer: {}", "4:13", "nothing of the answer counts"),
        ("retries: 3", "4:5", "no key 'retries'"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(entry, place, words):
    found = told(entry)
    assert any(each.startswith(f"{place}: ") and words in each for each in found), found


def test_names_are_plain():
    with pytest.raises(ConfigError, match="can't be the name of a service"):
        load_services("s", b"services: {Stock: {url: https://a.example}}")


@pytest.mark.parametrize(
    ("address", "public", "internal"),
    [
        ("93.184.215.14", True, True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True, True),
        ("127.0.0.1", False, True),
        ("10.0.0.1", False, True),
        ("172.16.9.9", False, True),
        ("192.168.0.1", False, True),
        ("100.64.0.1", False, True),
        ("fd00::1", False, True),
        ("::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("64:ff9b::a00:1", False, True),
        ("2002:a00:1::", False, True),
        ("::7f00:1", False, True),
        ("fec0::1", False, True),
        ("64:ff9b:1::a00:1", False, True),
        ("::a9fe:a9fe", False, False),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("fe80::1", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
    ],
)
def test_which_addresses_may_be_connected_to(address, public, internal):
    found = ip_address(address)
    assert (refusal(found, internal=False) is None) is public
    assert (refusal(found, internal=True) is None) is internal
