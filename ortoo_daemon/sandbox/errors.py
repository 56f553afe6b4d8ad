"""How does the org say no?  The error codes and bodies of the platform, as one exception."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class OrgError(Exception):
    """A refusal in Salesforce's words.

    `code` is the errorCode (`statusCode` inside collections), `fields` the API names at fault,
    `status` the HTTP status when the call has only this one row or query to answer for, `extra`
    further members of the error body.
    """

    def __init__(
        self,
        code: str,
        message: str,
        fields: tuple[str, ...] = (),
        *,
        status: int = 400,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields
        self.status = status
        self.extra = dict(extra or {})

    def as_body(self) -> dict[str, Any]:
        """One member of the JSON array that a failed call answers with."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields:
            body["fields"] = list(self.fields)
        return body | self.extra

    def as_row_error(self) -> dict[str, Any]:
        """One member of a collection row's `errors`."""
        return {
            "statusCode": self.code,
            "message": self.message,
            "fields": list(self.fields),
        } | self.extra


class SchemaError(Exception):
    """The metadata asks for something that the sandbox does not speak.

    Raised while loading, with the file named: metadata is never silently left out.
    """


def not_found() -> OrgError:
    """No such row or resource."""
    return OrgError("NOT_FOUND", "The requested resource does not exist", status=404)


def entity_is_deleted() -> OrgError:
    """The row was there once."""
    return OrgError("ENTITY_IS_DELETED", "entity is deleted", status=404)
