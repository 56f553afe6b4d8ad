"""Chatter: posting on a record, with mentions.

POST chatter/feed-elements with `messageSegments`; of Connect's feed elements only a plain post is spoken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.ids import to_18
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.rest.call import Answer, Call
from ortoo_daemon.sandbox.rest.rows import transaction

MOST_MENTIONS = 25
LONGEST_POST = 10_000


def post(org: Org, call: Call) -> Answer:
    body = call.record_body()
    subject = to_18(str(body.get("subjectId") or ""))
    kind = org.schema.of_id(subject) if subject else None
    if body.get("feedElementType") != "FeedItem" or kind is None or subject is None:
        raise OrgError("INVALID_API_INPUT", "feedElementType FeedItem and a subjectId are required")
    org.existing(kind.name, subject)
    segments = (body.get("body") or {}).get("messageSegments")
    if not isinstance(segments, list) or not segments:
        raise OrgError("INVALID_API_INPUT", "body.messageSegments is required")
    mentions = sum(each.get("type") == "Mention" for each in segments)
    if mentions > MOST_MENTIONS:
        raise OrgError("LIMIT_EXCEEDED", f"a post mentions {MOST_MENTIONS} at most")
    text = "".join(_text(org, each) for each in segments)
    if len(text) > LONGEST_POST:
        raise OrgError("INVALID_API_INPUT", f"a post has {LONGEST_POST} characters at most")
    row = {"ParentId": subject, "Body": text, "Type": "TextPost"}
    with transaction(org, call):
        item = org.create("FeedItem", row, user_id=call.user_id)
    answer = {"id": item, "feedElementType": "FeedItem", "parent": {"id": subject}}
    return Answer(status=201, body=answer)


def _text(org: Org, segment: Mapping[str, Any]) -> str:
    if segment.get("type") == "Text":
        return str(segment.get("text") or "")
    if segment.get("type") != "Mention":
        raise OrgError("INVALID_API_INPUT", f"a segment is Text or Mention, not {segment!r}")
    user = org.storage.get("User", to_18(str(segment.get("id") or "")) or "")
    if user is None or not user["IsActive"]:
        raise OrgError("INVALID_ID_FIELD", "a mention needs the id of an active user", status=400)
    return f"@{user['Name']}"
