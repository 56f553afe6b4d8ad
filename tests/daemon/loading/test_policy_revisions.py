"""The content of every revision stands in the org, and is read again as it was."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from ortoo_daemon.daemon.loading.policy_register import register_policies
from ortoo_daemon.daemon.loading.policy_revisions import (
    KEPT_FOR,
    KEY,
    OBJECT,
    kept_revision,
    packed,
    unpacked,
)
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.sandbox.seed import identities as seed
from tests.daemon.rig import handler_on, policy_set
from tests.sandbox.live import Live, live

ELSEWHERE = {"queue": seed.UNROUTED_QUEUE}


def large() -> PolicySet:
    """With a comment that no compression makes small."""
    files = dict(policy_set().files)
    noise = random.Random(7).randbytes(150_000).hex()
    (name,) = files
    return load({name: files[name] + f"\n# {noise}\n".encode()})


def content_rows(live: Live) -> list[dict[str, object]]:
    rows = live.sandbox.org.storage.find(OBJECT)
    return [row for row in rows if str(row["Name_Key__c"]).startswith("@")]


def test_policies_are_read_again_as_they_were_with_order_signals_and_keys() -> None:
    first = (policy_set().files["policies/leads.yaml"]).decode()
    files = {
        "policies/a.yaml": first.encode(),
        "policies/b.yaml": first.replace("policy: leads", "policy: earlier").encode(),
    }
    policies = load(
        files,
        ["earlier", "leads"],
        {"customer_choice": "Chosen__c"},
        key_sources={"Lead": KeySources(email=("Email",), phone=("Phone",), country="Country")},
    )
    assert unpacked(packed(policies)) == policies
    assert packed(unpacked(packed(policies))) == packed(policies)


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "error: Error -5"), ("no base64!", "Only base64 data"), ("AAAA", "error: Error -3")],
)
def test_what_is_no_content_is_told(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        unpacked(text)


@live()
async def test_each_revision_is_kept_once_and_earlier_ones_stay(live: Live) -> None:
    first, second = policy_set(), policy_set(assign=ELSEWHERE)
    async with handler_on(live) as handler:
        for policies in (first, second, first):
            await register_policies(handler.org, policies)
        assert len(content_rows(live)) == 2
        for policies in (first, second):
            kept = await kept_revision(handler.org, policies.revision)
            assert (kept.policies, kept.troubles) == ((policies,), ())
        nothing = await kept_revision(handler.org, "0123456789ab")
        assert nothing.troubles == ("the org has no content of revision 0123456789ab",)


@live()
async def test_a_long_content_is_cut_and_put_together_again(live: Live) -> None:
    policies = large()
    async with handler_on(live) as handler:
        await register_policies(handler.org, policies)
        rows = content_rows(live)
        assert len(rows) > 1
        assert (await kept_revision(handler.org, policies.revision)).policies == (policies,)
        live.sandbox.org.storage.delete(OBJECT, str(rows[0]["Id"]))
        lost = await kept_revision(handler.org, policies.revision)
        assert lost.policies == ()
        assert f"{len(rows) - 1} of {len(rows)} rows are there" in lost.troubles[0]


@live()
async def test_a_revision_is_forgotten_when_it_is_old_and_no_decision_names_it(live: Live) -> None:
    used, unused, current = policy_set(), policy_set(assign=ELSEWHERE), large()
    async with handler_on(live, used) as handler:
        for policies in (used, unused):
            await register_policies(handler.org, policies)
        long_ago = datetime.now(UTC) - KEPT_FOR - timedelta(days=1)
        moment = instant_text(long_ago)
        aged = [{KEY: str(row[KEY]), "Loaded_At__c": moment} for row in content_rows(live)]
        await handler.org.writer.upsert(OBJECT, KEY, aged)
        proof = {"Ortoo_Key__c": "k", "Revision__c": used.revision}
        await handler.org.writer.upsert("Ortoo_Decision__c", "Ortoo_Key__c", [proof])
        await register_policies(handler.org, current)
        left = {row["Revision__c"] for row in content_rows(live)}
        assert left == {used.revision, current.revision}
