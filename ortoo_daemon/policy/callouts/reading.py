"""What does ``services.yaml`` say, and what is wrong with it, with the place of each problem?"""

import hashlib
from datetime import timedelta

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.callouts.answer_reading import read_answer
from ortoo_daemon.policy.callouts.auth_reading import read_auth
from ortoo_daemon.policy.callouts.catalogue import CacheRule, Method, Rate, Service, Services
from ortoo_daemon.policy.callouts.request import Written
from ortoo_daemon.policy.callouts.request_reading import (
    read_body,
    read_headers,
    read_query,
    read_url,
)
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.models.amounts import count, inner, one_of, section_of
from ortoo_daemon.policy.nodes import Node, Problems
from ortoo_daemon.policy.parsing.calls import NAME
from ortoo_daemon.policy.parsing.sections import Section, duration_in

FILE_KEYS = ("services",)
SERVICE_KEYS = (
    "enabled", "url", "method", "query", "headers", "body", "form", "auth", "internal", "ca_file",
    "time_limit", "tries", "idempotency_key", "reads", "parallel", "rate_limit", "cache", "most_bytes",
    "pause_after", "pause_for", "answer",
)  # fmt: skip
RATE_KEYS = ("at_most", "per")
CACHE_KEYS = ("for", "at_most")

_KB, _MB = 1_024, 1_048_576
_LONGEST = timedelta(days=1)


def load_services(file: str, data: bytes) -> Services:
    """The services in ``data``; raises ConfigError with everything that is wrong in it."""
    problems = Problems()
    node = read_document(file, data, problems)
    found: dict[str, Service] = {}
    if node is not None:
        whole = section_of(node, problems, "a file of services", FILE_KEYS)
        mapping = whole.mapping("services")
        for name, (key, value) in mapping.entries.items() if mapping else ():
            if not NAME.fullmatch(name):
                mend = "use small letters, digits, - and _, beginning with a letter"
                problems.add(key, "wrong_name", f"{name!r} can't be the name of a service", mend)
            found[name] = _service(name, value, problems)
    if problems.found:
        raise ConfigError(problems.found)
    return Services(services=found, digest=hashlib.sha256(data).hexdigest()[:12])


def _service(name: str, node: Node, problems: Problems) -> Service:
    """What can't be used of it is told and replaced; then nothing of the file is used."""
    section = section_of(node, problems, "a service", SERVICE_KEYS)
    internal = section.flag("internal")
    url = read_url(section, internal=internal)
    method = Method(one_of(section, "method", Method, Method.GET))
    plain = Service(name=name, url=Written("", ()), place=section.place)
    return Service(
        name=name,
        enabled=section.flag("enabled", default=True),
        url=url or plain.url,
        method=method,
        query=read_query(section),
        headers=read_headers(section),
        body=read_body(section),
        auth=read_auth(section, internal=internal),
        internal=internal,
        ca_file=section.text("ca_file"),
        time_limit=_duration(section, "time_limit", plain.time_limit),
        tries=count(section, "tries", least=1, most=5, usual=plain.tries),
        idempotency_key=section.text("idempotency_key"),
        reads=section.flag("reads", default=method is Method.GET),
        parallel=count(section, "parallel", least=1, most=256, usual=plain.parallel),
        rate_limit=_rate(section),
        cache=_cache(section, method),
        most_bytes=count(section, "most_bytes", least=_KB, most=16 * _MB, usual=plain.most_bytes),
        pause_after=count(section, "pause_after", least=1, most=100, usual=plain.pause_after),
        pause_for=_duration(section, "pause_for", plain.pause_for),
        answer=read_answer(section),
        place=section.place,
    )


def _rate(section: Section) -> Rate | None:
    found = inner(section, "rate_limit", RATE_KEYS)
    if found is None:
        return None
    most = count(found, "at_most", least=1, most=100_000)
    found.required("per", "write per: 1s")
    return Rate(at_most=most, per=_duration(found, "per", timedelta(seconds=1)))


def _cache(section: Section, method: Method) -> CacheRule | None:
    """Only what changes nothing can be answered by what was said before."""
    found = inner(section, "cache", CACHE_KEYS)
    if found is None:
        return None
    if not section.flag("reads", default=method is Method.GET):
        message = "answers are kept of services that only read"
        section.problems.add(found.node, "wrong_cache", message, "write reads: true if it does")
    found.required("for", "write for: 5m")
    return CacheRule(
        keep_for=_duration(found, "for", timedelta(minutes=1)),
        at_most=count(found, "at_most", least=1, most=100_000, usual=1_000),
    )


def _duration(section: Section, key: str, usual: timedelta) -> timedelta:
    node = section.get(key)
    if node is None:
        return usual
    found = duration_in(node, section.problems, what=f"{key!r}")
    if found is not None and found > _LONGEST:
        section.problems.add(node, "out_of_bounds", f"{key!r} is longer than a day")
        return usual
    return found or usual
