"""How does the platform word its refusal of a query?"""

from __future__ import annotations

from ortoo_daemon.sandbox.errors import OrgError

_APPEND = (
    "be sure to append the '__c' after the {what} name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)

_APPEND_R = (
    "be sure to append the '__r' after the custom relationship name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)


def malformed(message: str) -> OrgError:
    return OrgError("MALFORMED_QUERY", message)


def located(code: str, source: str, at: int, message: str) -> OrgError:
    """A refusal that points into the statement, as the platform's do."""
    return OrgError(code, f"\n{_excerpt(source, at)}\n{message}")


def unexpected_token(source: str, at: int, token: str) -> OrgError:
    return located("MALFORMED_QUERY", source, at, f"unexpected token: '{token}'")


def no_such_column(source: str, at: int, name: str, entity: str) -> OrgError:
    message = (
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom "
        f"field, {_APPEND.format(what='custom field')}"
    )
    return located("INVALID_FIELD", source, at, message)


def no_such_relationship(source: str, at: int, name: str) -> OrgError:
    message = (
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a "
        f"custom relationship, {_APPEND_R}"
    )
    return located("INVALID_FIELD", source, at, message)


def no_such_children(source: str, at: int, name: str) -> OrgError:
    message = (
        f"Didn't understand relationship '{name}' in FROM part of query call. If you are "
        f"attempting to use a custom relationship, {_APPEND_R}"
    )
    return located("INVALID_TYPE", source, at, message)


def no_such_type(source: str, at: int, name: str) -> OrgError:
    message = (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, "
        f"{_APPEND.format(what='entity')}"
    )
    return located("INVALID_TYPE", source, at, message)


def wrong_value_type(source: str, at: int, field: str, wanted: str, *, quoted: bool) -> OrgError:
    enclosed = "should be" if wanted == "string" else "should not be"
    tail = f" and {enclosed} enclosed in quotes" if quoted or wanted == "string" else ""
    message = f"value of filter criterion for field '{field}' must be of type {wanted}{tail}"
    return located("INVALID_FIELD", source, at, message)


def _excerpt(source: str, at: int) -> str:
    row = source.count("\n", 0, at) + 1
    start = source.rfind("\n", 0, at) + 1
    column = at - start
    left = max(start, at - 40)
    line = source[left : at + 20].split("\n")[0]
    return f"{line}\n{' ' * (at - left)}^\nERROR at Row:{row}:Column:{column + 1}"
