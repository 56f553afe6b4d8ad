"""Claims about what `doctor --services` tells of services, without asking them anything about a record."""

from __future__ import annotations

from pathlib import Path

import yaml

from ortoo_daemon.daemon.asking.diagnosis_services import diagnose_services
from tests.asynchronous import asynchronous
from tests.daemon.calling.test_calls import settings
from tests.services.callouts.server import said, serving
from tests.services.callouts.test_desk import Shop


async def told(folder: Path, **services: object) -> list[str]:
    settings(folder)
    (folder / "services.yaml").write_text(yaml.safe_dump({"services": services}))
    return [
        f"{'pass' if each.passed else 'FAIL'} {each.check}: {each.text}"
        async for each in diagnose_services(folder / "ortoo.yaml")
    ]


@asynchronous
async def test_a_service_is_tried_without_credentials_and_without_a_record(tmp_path, monkeypatch):
    monkeypatch.setenv("ORTOO_SERVICE_STOCK", "s3cret")
    async with serving(said({}, 404)) as server:
        entry = {
            "url": server.url + "/cars/{{ model }}",
            "internal": True,
            "auth": {"by": "bearer"},
        }
        off = {"url": "https://a.example", "enabled": False}
        found = await told(tmp_path, stock=entry, off=off)
    assert [request.path for request in server.seen] == ["/"]
    assert "Authorization" not in server.seen[0].headers
    off_, reached, known = found
    assert off_ == "pass service off: off (services.yaml); nobody is asked"
    assert reached.startswith("pass service stock: 127.0.0.1 answers (HTTP 404, ")
    assert known == "pass service stock: auth: bearer, its secret is there"


@asynchronous
async def test_what_is_wrong_is_told_of_each(tmp_path, monkeypatch):
    async with serving(said({})) as server:
        gone = server.url
    found = await told(
        tmp_path, stock={"url": gone + "/cars", "internal": True, "auth": {"by": "bearer"}}
    )
    assert found[0].startswith("FAIL service stock: 127.0.0.1: unreachable, no connection")
    assert found[1] == "FAIL service stock: the service stock has no secret"


@asynchronous
async def test_a_token_is_fetched_to_see_whether_the_client_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("ORTOO_SERVICE_STOCK", "s3cret")
    shop = Shop()
    async with serving(shop) as server:
        auth = {
            "by": "oauth",
            "token_url": server.url + "/token",
            "client_id": "id:1",
            "scope": "cars",
        }
        found = await told(
            tmp_path, stock={"url": server.url + "/cars", "internal": True, "auth": auth}
        )
    assert found[1] == "pass service stock: a token is given"
    assert shop.given == 1


@asynchronous
async def test_a_file_that_is_wrong_is_told(tmp_path):
    (found,) = await told(tmp_path, stock={"url": "nowhere"})
    assert found.startswith("FAIL services: ")
