"""Which enquiry in ADF stands in the e-mails of a record, or in files attached to them or to it?

Looked for in an order: bodies of e-mails that came in, the oldest first, then files by their names. Only
small files that look like XML or text are fetched. Many askers share the queries; a file is its own call.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from ortoo_daemon.daemon.mails.enquiries import enquiry_in
from ortoo_daemon.errors import PermanentOrgError, TemporaryOrgError
from ortoo_daemon.facts import Answer, EnquiryQuestion, NotAsked
from ortoo_daemon.records import FieldValue, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.records")

LONGEST = 64_000
"""Characters of a document: what is read must be kept with the decision."""

LARGEST = 256 * 1024
"""Bytes of a file that is fetched."""

MOST_MAILS, MOST_FILES, MOST_FETCHED = 5, 20, 5

_RECORDS_IN_A_QUERY = 20
_WAIT_FOR_MAIL = 1.0

_KINDS = frozenset({"xml", "adf", "txt"})
_CONTENT = frozenset({"text/xml", "application/xml", "text/plain", "application/adf+xml"})
_BODIES = ("TextBody", "HtmlBody")

MAIL_FIELDS = ("Id", "ParentId", *_BODIES, "MessageDate")
FILE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Attachment": ("Id", "ParentId", "Name", "ContentType", "BodyLength"),
    "ContentDocumentLink": (
        "LinkedEntityId",
        "ContentDocument.Title",
        "ContentDocument.FileExtension",
        "ContentDocument.ContentSize",
        "ContentDocument.LatestPublishedVersionId",
    ),
}
RELATION_FIELDS = ("RelationId", "EmailMessageId")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class _File:
    name: str
    path: str
    size: int
    fits: bool


@dataclass(slots=True)
class _Found:
    """What hangs from one record. ``files`` are of the record and of its e-mails."""

    mails: list[Row] = field(default_factory=list)
    files: list[_File] = field(default_factory=list)


class MailedEnquiries:
    """Asks the org. Raises TemporaryOrgError where a young record has no e-mail and no file yet."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._batcher: Batcher[EnquiryQuestion, _Found | None] = Batcher(
            self._look, at_most=_RECORDS_IN_A_QUERY, collect_for=0.008, in_flight=2
        )

    async def ask(self, question: EnquiryQuestion) -> Answer:
        """As `facts.EnquiryQuestion` says."""
        found = await self._batcher.ask(question)
        if found is None:
            return NotAsked.REFUSED
        if not found.mails and not found.files and question.patient:
            error = TemporaryOrgError("NO_MAIL_YET", "neither e-mail nor file is there yet")
            error.retry_after = _WAIT_FOR_MAIL
            raise error
        return await self._document(found)

    async def close(self) -> None:
        await self._batcher.close()

    async def _document(self, found: _Found) -> Mapping[str, FieldValue]:
        left: list[str] = []
        for row in found.mails[:MOST_MAILS]:
            if not (text := enquiry_in(row)):
                continue
            if len(text) <= LONGEST:
                return {"text": text, "where": "the body of an e-mail", **_told(left)}
            left.append(f"the body of an e-mail: {len(text):,} characters, {LONGEST:,} are read")
        fitting = [each for each in sorted(found.files)[:MOST_FILES] if each.fits]
        for each in fitting[:MOST_FETCHED]:
            if each.size > LARGEST:
                left.append(f"{each.name}: {each.size:,} bytes, {LARGEST:,} are read")
                continue
            text = await self._read(each, left)
            if text:
                return {"text": text, "where": f"the file {each.name}", **_told(left)}
        left += [f"{each.name}: {MOST_FETCHED} files are read" for each in fitting[MOST_FETCHED:]]
        return {"text": None, **_told(left)}

    async def _read(self, file: _File, left: list[str]) -> str:
        """The file, where a document stands in it."""
        try:
            data = await self._org.rest.call("GET", file.path, raw=True)
        except PermanentOrgError as error:
            left.append(f"{file.name}: {error.code}")
            return ""
        from ortoo_daemon.intake.adf.decoding import decoded  # with the first file
        from ortoo_daemon.intake.adf.reading import read_adf

        text, _ = decoded(data)
        if not read_adf(text).found:
            return ""
        if len(text) > LONGEST:
            left.append(f"{file.name}: {len(text):,} characters, {LONGEST:,} are read")
            return ""
        return text

    async def _look(self, asked: Sequence[EnquiryQuestion]) -> list[_Found | None]:
        try:
            found = await self._found(asked)
        except PermanentOrgError as error:
            _log.warning("enquiries.refused", code=error.code, error=str(error))
            return [None] * len(asked)
        return [found[each.record] for each in asked]

    async def _found(self, asked: Sequence[EnquiryQuestion]) -> Mapping[str, _Found]:
        records = sorted({each.record for each in asked})
        cases = sorted({each.record for each in asked if each.object == "Case"})
        others = sorted(set(records) - set(cases))
        of: dict[str, str] = {each: each for each in records}
        found: dict[str, _Found] = defaultdict(_Found)
        related = await self._related(others)
        for row in [*await self._mails("ParentId", cases), *await self._mails("Id", related)]:
            mail = record_id(str(row["Id"]))
            parent = related[mail] if mail in related else record_id(str(row["ParentId"]))
            of[mail] = parent
            found[parent].mails.append(row)
        for holder, file in await self._files(sorted(of)):
            found[of[holder]].files.append(file)
        return found

    async def _related(self, records: Sequence[str]) -> dict[str, str]:
        """E-mails of leads and the like, by the record that they are from or to."""
        if not records:
            return {}
        where = [soql.one_of("RelationId", records)]
        rows = await self._org.query(
            soql.select("EmailMessageRelation", RELATION_FIELDS, where=where)
        )
        return {
            record_id(str(row["EmailMessageId"])): record_id(str(row["RelationId"])) for row in rows
        }

    async def _mails(self, by: str, ids: Iterable[str]) -> list[Row]:
        wanted = sorted(ids)
        if not wanted:
            return []
        where = [soql.one_of(by, wanted), soql.equals("Incoming", True)]
        query = soql.select(
            "EmailMessage", MAIL_FIELDS, where=where, order_by=["MessageDate", "Id"]
        )
        return list(await self._org.query(query))

    async def _files(self, holders: Sequence[str]) -> list[tuple[str, _File]]:
        found: list[tuple[str, _File]] = []
        for name, by in (("Attachment", "ParentId"), ("ContentDocumentLink", "LinkedEntityId")):
            where = [soql.one_of(by, holders)]
            rows = await self._org.query(soql.select(name, FILE_FIELDS[name], where=where))
            made = _attachment if name == "Attachment" else _content
            found += [(record_id(str(row[by])), made(row)) for row in rows]
        return found


def _attachment(row: Row) -> _File:
    name = str(row["Name"] or "")
    kind = str(row["ContentType"] or "").partition(";")[0].strip().casefold()
    return _File(
        name=name,
        path=f"sobjects/Attachment/{row['Id']}/Body",
        size=int(row["BodyLength"] or 0),
        fits=kind in _CONTENT or _extension(name) in _KINDS,
    )


def _content(row: Row) -> _File:
    title, kind, size, version = (row[name] for name in FILE_FIELDS["ContentDocumentLink"][1:])
    kind = str(kind or "").casefold()
    return _File(
        name=f"{title}.{kind}" if kind else str(title),
        path=f"sobjects/ContentVersion/{version}/VersionData",
        size=int(size or 0),
        fits=kind in _KINDS,
    )


def _extension(name: str) -> str:
    return name.rpartition(".")[2].casefold() if "." in name else ""


def _told(left: Sequence[str]) -> dict[str, FieldValue]:
    return {"left": "; ".join(left)} if left else {}
