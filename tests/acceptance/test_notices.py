"""People are told of what was decided: in the org and outside it, once, and never at routing's cost."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.services.notify.channels import KEY_HEADER
from tests.acceptance.network import Network
from tests.processes import ROOT, DaemonProcess, Row, wait_until


class Hook:
    """A web hook on this machine: what it was told, by the keys of notices. ``down``: it answers 503."""

    def __init__(self) -> None:
        self.down = False
        self.keys: list[str] = []
        self.bodies: list[Row] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                body = json.loads(self.rfile.read(length))
                if not hook.down:
                    hook.keys.append(self.headers.get(KEY_HEADER, ""))
                    hook.bodies.append(body)
                self.send_response(503 if hook.down else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Tests read what came in, not a log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"json://127.0.0.1:{self._server.server_port}/hook"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def hook() -> Iterator[Hook]:
    found = Hook()
    yield found
    found.close()


def channel(network: Network, hook: Hook) -> dict[str, Any]:
    """The settings of a channel ``desk`` that leads to the hook."""
    urls = network.folder / "desk.urls"
    urls.write_text(f"# the desk\n{hook.url}\n")
    urls.chmod(0o600)
    return {"channels": {"desk": {"urls_file": "desk.urls"}}}


def daemon_of(
    network: Network, *notify: Any, settings: dict[str, Any] | None = None, **policy: Any
) -> DaemonProcess:
    templates = network.folder / "templates"
    if not templates.exists():
        copytree(ROOT / "config" / "templates", templates)
    return network.daemon(
        policy={"action": {"notify": list(notify), **policy}}, settings=settings or {}
    )


def bells(network: Network, ids: list[str]) -> list[Row]:
    told = network.sandbox.control("GET", "/told")
    return [each for each in told["bells"] if each["target"] in ids]


def tasks(network: Network, ids: list[str]) -> list[Row]:
    fields = ("Id", "OwnerId", "WhoId", "Subject", "Description", "ActivityDate")
    return network.sandbox.rows_of("Task", fields, ids, "WhoId")


def posts(network: Network, ids: list[str]) -> list[Row]:
    return network.sandbox.rows_of("FeedItem", ("Id", "ParentId", "Body"), ids, "ParentId")


def test_the_owner_is_told_by_every_way_of_the_org_and_the_desk_outside(
    network: Network, hook: Hook
):
    network.sandbox.control("POST", "/email-alerts", {"object": "Lead", "name": "Hello"})
    notices = channel(network, hook) | {"email_alerts": {"Lead": "Hello"}}
    ways = ["salesforce", "chatter", "task", "email_alert"]
    entries = [{"to": "owner", "by": way} for way in ways] + [{"to": "on_call", "by": "desk"}]
    clock = {"clock": "first_response", "target": "30m", "hours": "24x7"}
    with daemon_of(network, *entries, settings={"notices": notices}, sla=[clock]) as daemon:
        daemon.until_ready()
        (id,) = network.leads(1, Request__c="test_drive")
        network.until_routed([id])
        owner = network.lead(id)["OwnerId"]
        (bell,) = wait_until(lambda: bells(network, [id]), 20, "a bell")
        (task,) = wait_until(lambda: tasks(network, [id]), 20, "a task")
        (post,) = wait_until(lambda: posts(network, [id]), 20, "a post")
        wait_until(lambda: hook.bodies, 20, "the hook")
        told = network.sandbox.control("GET", "/told")
        assert [each["record"] for each in told["alerts"]] == [id]
    assert bell["recipients"] == [owner]
    assert "Nouvelle demande pour vous" in bell["title"]  # in the owner's own language
    assert "test drive" in bell["body"]
    assert "deux dates" in bell["body"]  # what helps with such requests
    assert id in bell["body"]
    assert task["OwnerId"] == owner
    assert task["ActivityDate"]
    assert post["Body"].startswith("@")
    (body,) = hook.bodies
    assert "New lead" in body["title"]
    assert hook.keys[0].startswith(f"{id}:first:")


def test_a_channel_that_is_down_holds_nothing_up_and_is_told_later(network: Network, hook: Hook):
    hook.down = True
    entry = {"to": "on_call", "by": "desk"}
    settings = {"notices": channel(network, hook), "sweeps": {"sla_every": "1s"}}
    with daemon_of(network, entry, settings=settings) as daemon:
        daemon.until_ready()
        ids = network.leads(5)
        network.until_routed(ids)
        failed = daemon.until_logged("notice.failed")
        assert failed["way"] == "desk"
        assert "127.0.0.1" not in json.dumps(failed)
        hook.down = False
        network.sandbox.shift_clock(60)
        wait_until(lambda: len(hook.keys) >= 5, 30, "the notices")
    assert Counter(hook.keys) == Counter(set(hook.keys))
    assert len(hook.keys) == 5


def test_after_kill_9_everybody_is_told_and_no_task_is_made_twice(network: Network, hook: Hook):
    entries = [{"to": "owner", "by": "task"}, {"to": "on_call", "by": "desk"}]
    notices = channel(network, hook)
    ids: list[str] = []
    kills = 4
    for _ in range(kills):
        daemon = daemon_of(network, *entries, settings={"notices": notices})
        with daemon:
            daemon.until_ready()
            ids += network.leads(15)
            before = len(set(hook.keys))
            wait_until(lambda before=before: _more_than(before, hook), 30, "somebody is told")
            daemon.kill()
    with daemon_of(network, *entries, settings={"notices": notices}) as daemon:
        daemon.until_ready()
        network.until_routed(ids)
        wait_until(lambda: len(set(hook.keys)) == len(ids), 90, "all are told")
        wait_until(lambda: len(tasks(network, ids)) >= len(ids), 30, "all have their task")
    by_lead = Counter(each["WhoId"] for each in tasks(network, ids))
    assert by_lead == Counter(ids)
    again = sum(count - 1 for count in Counter(hook.keys).values())
    assert again <= 8 * kills  # those on their way at the moment of a kill


def test_at_night_people_are_left_alone_and_told_together_in_the_morning(network: Network):
    quiet = {"quiet_hours": "00:00 .. 23:59"}
    settings = {"notices": quiet, "sweeps": {"sla_every": "1s"}}
    with daemon_of(network, "owner", settings=settings) as daemon:
        daemon.until_ready()
        ids = network.leads(12)
        network.until_routed(ids)
        assert not bells(network, ids)
        network.sandbox.shift_clock(24 * 3600)
        owners = Counter(row["OwnerId"] for row in network.read(ids).values())
        told = wait_until(lambda: _all_told(network, ids, owners), 30, "the morning")
    assert len(told) == len(owners) < len(ids)
    assert any("notifications" in each["title"] for each in told)


def _more_than(before: int, hook: Hook) -> bool:
    return len(set(hook.keys)) > before


def _all_told(network: Network, ids: list[str], owners: Counter[str]) -> list[Row] | None:
    told = bells(network, ids)
    return told if {each["recipients"][0] for each in told} == set(owners) else None


def test_somebody_who_lost_the_record_meanwhile_is_not_told(network: Network):
    entry = {"to": "owner", "by": "salesforce", "digest": "1h"}
    with daemon_of(network, entry, settings={"sweeps": {"sla_every": "1s"}}) as daemon:
        daemon.until_ready()
        kept, moved = ids = network.leads(2)
        network.until_routed(ids)
        network.sandbox.change(moved, OwnerId=seed.ADMIN_USER_ID)
        network.sandbox.shift_clock(3700)
        wait_until(lambda: bells(network, [kept]), 30, "the digest")
        assert daemon.until_logged("notice.dropped")["notices"] == 1
    assert not bells(network, [moved])


def test_an_owner_who_is_deactivated_before_they_are_told_has_a_stand_in(
    network: Network,
):
    entry = {"to": "owner", "by": "salesforce", "digest": "1h"}
    with daemon_of(network, entry, settings={"sweeps": {"sla_every": "1s"}}) as daemon:
        daemon.until_ready()
        (id,) = network.leads(1)
        network.until_routed([id])
        owner = network.lead(id)["OwnerId"]
        network.sandbox.change(owner, IsActive=False)
        network.sandbox.shift_clock(3700)
        (bell,) = wait_until(lambda: bells(network, [id]), 30, "the stand-in is told")
        assert daemon.until_logged("notice.stood_in")["people"] == [owner]
    assert bell["recipients"] != [owner]


def test_who_is_told_of_unrouted_leads_is_in_the_way_out(network: Network, hook: Hook):
    queue = {"queue": seed.UNROUTED_QUEUE}
    (Path(network.folder) / "templates").mkdir()
    copytree(ROOT / "config" / "templates", network.folder / "templates", dirs_exist_ok=True)
    daemon = network.daemon(
        assign={"team": {"role": "nobody"}},
        otherwise={**queue, "notify": ["desk", {"to": "queue"}]},
        settings={"notices": channel(network, hook)},
    )
    with daemon:
        daemon.until_ready()
        (id,) = network.leads(1)
        network.until_routed([id])
        wait_until(lambda: hook.bodies, 20, "the hook")
        (bell,) = wait_until(lambda: bells(network, [id]), 20, "a bell")
    assert bell["recipients"] == [network.lead(id)["OwnerId"]]
    assert "Unrouted Leads" in hook.bodies[0]["title"]


def test_parked_leads_tell_whom_the_policy_names_in_one_message_and_the_mended_are_left_out(
    network: Network,
):
    copytree(ROOT / "config" / "templates", network.folder / "templates")
    told_to = {"to": {"user": "admin@ortoo.example"}, "digest": "4s"}
    policy = {
        "intake": {"require": {"any": ["Email"], "else": {"park": "no_mail"}}},
        "action": {"on_park": {"notify": told_to}},
    }
    with network.daemon(policy=policy) as daemon:
        daemon.until_ready()
        ids = network.leads(3, Email=None)
        network.until_proven(ids)
        network.sandbox.change(ids[0], Ortoo_Parked__c=None)
        (bell,) = wait_until(lambda: bells(network, ids), 30, "the admin is told")
        assert daemon.terminate() == 0
    assert bell["recipients"] == [seed.ADMIN_USER_ID]
    assert bell["title"] == "2 notices"
    assert bell["body"].count("Lead parked: no_mail") == 2
    assert len(bells(network, ids)) == 1


def test_an_edited_template_is_used_without_a_restart_and_a_wrong_one_is_not(network: Network):
    template = network.folder / "templates" / "new_record.fr.txt"  # the flagship's language
    with daemon_of(network, "owner") as daemon:
        daemon.until_ready()
        template.write_text("Fresh from the press\nOpen it: {{ link }}\n")
        daemon.until_logged("notices.reloaded")
        template.write_text("Hello {{ salary }}\n")
        assert "salary" in daemon.until_logged("notices.refused")["problems"][0]
        ids = network.leads(1)
        (bell,) = wait_until(lambda: bells(network, ids), 30, "the owner is told")
        assert daemon.terminate() == 0
    assert bell["title"] == "Fresh from the press"


def test_a_channel_that_is_added_is_told_by_policies_without_a_restart(
    network: Network, hook: Hook
):
    with daemon_of(network, "owner") as daemon:
        daemon.until_ready()
        entry = {"to": "on_call", "by": "desk"}
        network.write(policy={"action": {"notify": [entry]}})
        refused = daemon.until_logged("policies.refused")
        assert "no channel of the settings" in refused["problems"][0]
        network.settings({"notices": channel(network, hook)})
        assert daemon.until_logged("notices.reloaded")["channels"] == ["desk"]
        daemon.until_logged("policies.reloaded")
        network.until_routed(network.leads(1))
        wait_until(lambda: hook.bodies, 20, "the desk is told")
        assert daemon.terminate() == 0
    assert not daemon.events("settings.edited")
