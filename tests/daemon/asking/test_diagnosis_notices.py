"""Claims about what the doctor says of the ways by which people are told, on a live sandbox."""

from pathlib import Path
from tempfile import mkdtemp

import yaml

from ortoo_daemon.daemon.asking.diagnosis_notices import about_notices
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.tokens import ClientCredentials
from ortoo_daemon.sandbox.seed import identities as seed
from tests.daemon.rig import policy_set
from tests.sandbox.live import Live, live

POLICIES = policy_set(
    action={
        "notify": [
            "owner",
            {"to": "owner", "by": "task"},
            {"to": "owner", "by": "email_alert"},
        ]
    }
)


async def findings(org: Org, folder: Path, **notices: object) -> list[tuple[bool, str]]:
    auth = {"flow": "client_credentials", "client_id": "x", "client_secret_file": "secret"}
    org_settings = {"login_url": "http://localhost:1", "auth": auth}
    (folder / "ortoo.yaml").write_text(yaml.safe_dump({"org": org_settings, "notices": notices}))
    settings = load_settings(folder / "ortoo.yaml")
    return [(each.passed, each.text) async for each in about_notices(org, settings, POLICIES)]


@live()
async def test_each_way_is_looked_at_and_what_is_missing_is_told(sandbox: Live) -> None:
    tmp_path = Path(mkdtemp())
    auth = ClientCredentials(client_id=seed.CLIENT_ID, client_secret=seed.CLIENT_SECRET)
    org = Org.of(auth=auth, login_url=sandbox.url)
    try:
        assert await findings(org, tmp_path, email_alerts={"Lead": "Hello"}) == [
            (True, "custom notification type Ortoo_Notice"),
            (True, "tasks with Ortoo_Notice_Key__c"),
        ]
        urls = tmp_path / "desk.urls"
        urls.write_text("nonsense://s3cret\n")
        urls.chmod(0o600)
        found = await findings(
            org, tmp_path, type="Gone", channels={"desk": {"urls_file": str(urls)}}
        )
    finally:
        await org.close()
    assert found == [
        (False, "the org has no custom notification type Gone"),
        (True, "tasks with Ortoo_Notice_Key__c"),
        (False, "no e-mail alert for Lead"),
        (False, "channel desk, address 1: apprise can't use it"),
    ]
