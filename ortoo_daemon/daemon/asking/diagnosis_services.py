"""Can the services of ``services.yaml`` be reached, and do they take our secrets? Asked for by hand.

The start page of each host is fetched, without credentials and without anything about a record: any answer
will do. Tokens of OAuth are fetched, as that shows whether client and secret are right.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from ortoo_daemon.daemon.asking.findings import Finding, failed, passed
from ortoo_daemon.daemon.calling.calls import FILE
from ortoo_daemon.daemon.calling.service_secret import service_secret
from ortoo_daemon.daemon.loading.services_file import read_services
from ortoo_daemon.daemon.settings import Settings, load_settings
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.callouts.catalogue import Service
from ortoo_daemon.policy.callouts.request import Rendered
from ortoo_daemon.services.callouts.credentials import Credentials
from ortoo_daemon.services.callouts.line import CallFailedError, Line


async def diagnose_services(config: Path) -> AsyncIterator[Finding]:
    """One finding for each service, and for each that is on whether its secret is there."""
    try:
        settings = load_settings(config)
        services = read_services(settings.folder / FILE).services
    except ConfigError as error:
        yield failed("services", str(error), f"mend {FILE}, beside the settings")
        return
    for name, service in services.items():
        if not service.enabled:
            yield passed(f"service {name}", f"off ({FILE}); nobody is asked")
            continue
        async for finding in _about(service, settings):
            yield finding


async def _about(service: Service, settings: Settings) -> AsyncIterator[Finding]:
    ca_file = settings.path(Path(service.ca_file)) if service.ca_file else None
    line = Line(service, ca_file=ca_file)
    credentials = Credentials(service.auth, line, lambda: service_secret(service, settings))
    try:
        yield await _reached(service, line)
        yield await _known(service, credentials)
    finally:
        await line.close()


async def _reached(service: Service, line: Line) -> Finding:
    parts = urlsplit(service.url.text)
    began = monotonic()
    request = Rendered(method="GET", url=f"{parts.scheme}://{parts.netloc}/", headers={})
    limit = service.time_limit.total_seconds()
    check = f"service {service.name}"
    try:
        async with asyncio.timeout(limit):
            reply = await line.send(request)
    except TimeoutError:
        return failed(check, f"{service.host} has not answered for {limit:g} s", "is it up?")
    except CallFailedError as error:
        mend = "see docs/services.md, where requests go"
        return failed(check, f"{service.host}: {error.outcome.value}, {error}", mend)
    took = round(1000 * (monotonic() - began))
    return passed(check, f"{service.host} answers (HTTP {reply.status}, {took} ms)")


async def _known(service: Service, credentials: Credentials) -> Finding:
    check, kind = f"service {service.name}", service.auth.kind.value
    try:
        async with asyncio.timeout(service.time_limit.total_seconds()):
            await credentials.headers()
    except ConfigError as error:
        problem = error.problems[0]
        return failed(check, problem.message, problem.mend)
    except TimeoutError:
        return failed(check, "no token in time", "look at auth: token_url")
    except CallFailedError as error:
        return failed(check, str(error), "look at auth: token_url, client_id and the secret")
    text = "a token is given" if credentials.may_renew else f"auth: {kind}, its secret is there"
    return passed(check, text if kind != "none" else "it asks for no secret")
