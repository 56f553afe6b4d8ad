"""What did the policies of an earlier revision say? Their content is kept in the org.

Rows of Ortoo_Policy__c beside those of the policies themselves, known by a key that begins with ``@``: base64
of zlib of JSON, cut into as many rows as it takes. With the files go the order of policies and the bindings
of signals, which are no part of the revision's hash: the same files may be kept more than once.
"""

import base64
import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from ortoo_daemon.audit import record as audit
from ortoo_daemon.errors import ConfigError, PermanentOrgError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import FieldValue
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.deleting import delete_rows
from ortoo_daemon.salesforce.org import Org

OBJECT = "Ortoo_Policy__c"
KEY = "Name_Key__c"
MARK = "@"
"""The first letter of a revision's keys. ``@revision/hash/part/parts``; no policy's name may be so."""

FIELDS = (KEY, "Object__c", "Take_From__c", "Revision__c", "Loaded_At__c", "Content__c")
"""Every field that is written, of the policies' own rows and of the revisions'."""

KEPT_FOR = timedelta(days=90)
"""So long a revision is kept in any case, and as long as a decision by it stands in the org."""

_PART = 131_072
_MOST_PARTS = 60
_MOST_FORGOTTEN = 20

_log = structlog.get_logger("ortoo_daemon.policies")


async def keep_revision(org: Org, policies: PolicySet, now: datetime) -> None:
    """Keep the content, where the org does not have it yet. Raises OrgError."""
    rows = _rows(policies, now)
    if len(rows) > _MOST_PARTS:
        error = f"revision {policies.revision} would take {len(rows)} rows, at most {_MOST_PARTS}"
        _log.error("policy.register_refused", code="CONTENT_TOO_LONG", error=error)
        return
    where = [soql.equals("Revision__c", policies.revision)]
    there = {row[KEY] for row in await org.query(soql.select(OBJECT, [KEY], where=where))}
    missing = [row for row in rows if row[KEY] not in there]
    if missing:
        await org.writer.upsert(OBJECT, KEY, missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRevision:
    """What the org has of a revision: the policies, those loaded last first, and why any are missing."""

    policies: tuple[PolicySet, ...]
    troubles: tuple[str, ...] = ()


async def kept_revision(org: Org, revision: str) -> KeptRevision:
    """The policies of a revision. Raises OrgError."""
    where = [soql.equals("Revision__c", revision)]
    fields = [KEY, "Loaded_At__c", "Content__c"]
    parts: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in await org.query(soql.select(OBJECT, fields, where=where)):
        if str(row[KEY]).startswith(MARK):
            parts[str(row[KEY]).rsplit("/", 2)[0]].append(row)
    found, troubles = [], []
    for rows in sorted(parts.values(), key=_loaded_at, reverse=True):
        try:
            found.append(_joined(rows, revision))
        except ValueError as error:
            troubles.append(f"the content kept of revision {revision} can't be read: {error}")
    if not parts:
        troubles.append(f"the org has no content of revision {revision}")
    return KeptRevision(policies=tuple(found), troubles=tuple(troubles))


async def forget_revisions(org: Org, policies: PolicySet, now: datetime) -> None:
    """Take old revisions away by which no decision in the org was made. Raises OrgError."""
    where = [
        soql.below("Loaded_At__c", now - KEPT_FOR),
        soql.differs("Revision__c", policies.revision),
    ]
    old: dict[str, list[str]] = defaultdict(list)
    for row in await org.query(soql.select(OBJECT, ["Id", KEY, "Revision__c"], where=where)):
        if str(row[KEY]).startswith(MARK):
            old[str(row["Revision__c"])].append(str(row["Id"]))
    for revision in sorted(old)[:_MOST_FORGOTTEN]:
        used = soql.select(
            audit.OBJECT, ["Id"], where=[soql.equals("Revision__c", revision)], limit=1
        )
        if await org.query(used):
            continue
        await delete_rows(org.rest, old[revision])


async def keep_and_forget(org: Org, policies: PolicySet, now: datetime) -> None:
    """Keep this revision, let go of old ones. An org that refuses for good costs no more than that.

    Raises other OrgErrors.
    """
    try:
        await keep_revision(org, policies, now)
        await forget_revisions(org, policies, now)
    except PermanentOrgError as error:
        _log.error("policy.register_refused", code=error.code, error=error.message)


def _rows(policies: PolicySet, now: datetime) -> Sequence[dict[str, FieldValue]]:
    text = packed(policies)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    pieces = [text[at : at + _PART] for at in range(0, len(text), _PART)]
    return [
        {
            KEY: f"{MARK}{policies.revision}/{digest}/{number}/{len(pieces)}",
            "Revision__c": policies.revision,
            "Loaded_At__c": instant_text(now),
            "Content__c": piece,
        }
        for number, piece in enumerate(pieces, start=1)
    ]


def packed(policies: PolicySet) -> str:
    """Everything that it takes to read the policies again, as text; the same text for the same policies."""
    content: dict[str, Any] = {
        "v": 1,
        "files": {name: _text(data) for name, data in sorted(policies.files.items())},
        "order": [policy.name for policy in policies.policies],
        "signals": dict(sorted(policies.signals.items())),
    }
    if policies.key_sources:
        content["keys"] = {
            name: asdict(sources) for name, sources in sorted(policies.key_sources.items())
        }
    data = zlib.compress(json.dumps(content, ensure_ascii=False).encode(), 9)
    return base64.b64encode(data).decode("ascii")


def unpacked(text: str) -> PolicySet:
    """The policies that `packed` wrote. Raises ValueError for what are none, or are none any more."""
    try:
        content = json.loads(zlib.decompress(base64.b64decode(text, validate=True)))
        files = {name: _data(value) for name, value in content["files"].items()}
        return load(files, content["order"], content["signals"], key_sources=_sources(content))
    except ConfigError as error:
        problem = error.problems[0]
        raise ValueError(f"this version has a problem with it: {problem}") from error
    except (KeyError, TypeError, AttributeError, zlib.error) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _sources(content: Mapping[str, Any]) -> dict[str, KeySources]:
    """What keys were made from; nothing in what was kept before there were any."""
    return {
        name: KeySources(**{**kept, "email": tuple(kept["email"]), "phone": tuple(kept["phone"])})
        for name, kept in content.get("keys", {}).items()
    }


def _joined(rows: Sequence[Mapping[str, Any]], revision: str) -> PolicySet:
    found = {int(str(row[KEY]).split("/")[-2]): str(row["Content__c"]) for row in rows}
    wanted = int(str(rows[0][KEY]).split("/")[-1])
    if len(found) != wanted:
        raise ValueError(f"{len(found)} of {wanted} rows are there")
    policies = unpacked("".join(found[number] for number in sorted(found)))
    if policies.revision != revision:
        raise ValueError(f"it is that of revision {policies.revision}")
    return policies


def _loaded_at(rows: Sequence[Mapping[str, Any]]) -> str:
    return str(rows[0]["Loaded_At__c"])


def _text(data: bytes) -> str | dict[str, str]:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _data(value: str | Mapping[str, str]) -> bytes:
    return value.encode() if isinstance(value, str) else base64.b64decode(value["base64"])
