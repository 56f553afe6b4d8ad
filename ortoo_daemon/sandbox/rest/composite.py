"""Several calls in one: /composite with references between subrequests, and /composite/batch.

Of the outer call's headers a subrequest inherits only Accept, Authorization and Content-Type, so
Sforce-Auto-Assign and If-Unmodified-Since count only where a subrequest names them itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, unquote, urlsplit

from multidict import CIMultiDict

from ortoo_daemon.sandbox.errors import OrgError, not_found
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.rest.call import Answer, Call, refusal
from ortoo_daemon.sandbox.rest.rows import transaction

MOST_SUBREQUESTS = 25
_MOST_HEAVY = 5
_INHERITED = ("Accept", "Authorization", "Content-Type")
_REFERENCE = re.compile(r"@\{([^}]+)\}")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_URL = re.compile(r"/services/data/v(\d+\.\d)/(.+)", re.DOTALL)
_BATCH_URL = re.compile(r"/?(?:services/data/)?v(\d+\.\d)/(.+)", re.DOTALL)

Dispatch = Callable[[Org, Call], Answer]


def composite(org: Org, call: Call, dispatch: Dispatch) -> Answer:
    body = call.record_body()
    requests = _checked(body.get("compositeRequest"))
    all_or_none = body.get("allOrNone") is True
    if not all_or_none:
        results = _run(org, call, requests, dispatch, halt=False)
        return Answer(body={"compositeResponse": results})
    with transaction(org, call) as unit, unit.part() as part:
        results = _run(org, call, requests, dispatch, halt=True)
        if any(each["httpStatusCode"] >= 400 for each in results):
            part.undo()
            results = [_halted_unless_cause(each) for each in results]
    return Answer(body={"compositeResponse": results})


def batch(org: Org, call: Call, dispatch: Dispatch) -> Answer:
    body = call.record_body()
    requests = body.get("batchRequests")
    if not _objects(requests):
        raise OrgError("JSON_PARSER_ERROR", "batchRequests must be an array of subrequests")
    if len(requests) > MOST_SUBREQUESTS:
        message = f"Limit of {MOST_SUBREQUESTS} subrequests exceeded: {len(requests)}"
        raise OrgError("LIMIT_EXCEEDED", message)
    results: list[dict[str, Any]] = []
    failed = False
    for request in requests:
        if failed and body.get("haltOnError") is True:
            halted = OrgError("BATCH_PROCESSING_HALTED", "Batch processing halted per request")
            results.append({"statusCode": 412, "result": [halted.as_body()]})
            continue
        answer = _batch_step(org, call, request, dispatch)
        failed = failed or answer.status >= 400
        results.append({"statusCode": answer.status, "result": answer.body})
    return Answer(body={"hasErrors": failed, "results": results})


def _batch_step(org: Org, call: Call, request: Mapping[str, Any], dispatch: Dispatch) -> Answer:
    match = _BATCH_URL.fullmatch(str(request.get("url", "")))
    if match is None:
        return refusal(not_found())
    method = str(request.get("method", "GET"))
    sub = _sub_call(call, method, match, request.get("richInput"), {})
    return dispatch(org, sub)


def _objects(requests: Any) -> TypeGuard[list[Mapping[str, Any]]]:
    whole = isinstance(requests, list) and all(isinstance(each, dict) for each in requests)
    return whole and bool(requests)


def _checked(requests: Any) -> list[Mapping[str, Any]]:
    if not _objects(requests):
        raise OrgError("JSON_PARSER_ERROR", "compositeRequest must be an array of subrequests")
    if len(requests) > MOST_SUBREQUESTS:
        message = f"Limit of {MOST_SUBREQUESTS} subrequests exceeded: {len(requests)}"
        raise OrgError("LIMIT_EXCEEDED", message)
    references = [each.get("referenceId") for each in requests]
    if not all(isinstance(each, str) and each for each in references):
        raise OrgError("MISSING_ARGUMENT", "Every subrequest needs a referenceId")
    if len(set(references)) < len(references):
        raise OrgError("INVALID_INPUT", "referenceId must be unique within the request")
    heavy = sum(
        bool(re.search(r"/(query|composite/sobjects)", str(each.get("url")))) for each in requests
    )
    if heavy > _MOST_HEAVY:
        message = f"Limit of {_MOST_HEAVY} query and collection subrequests exceeded: {heavy}"
        raise OrgError("LIMIT_EXCEEDED", message)
    return requests


def _run(
    org: Org,
    call: Call,
    requests: list[Mapping[str, Any]],
    dispatch: Dispatch,
    *,
    halt: bool,
) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    answers: dict[str, Any] = {}
    failed = False
    for request in requests:
        reference = request["referenceId"]
        if failed and halt:
            results.append(_result(reference, _halted()))
            continue
        answer = _step(org, call, request, answers, dispatch)
        if answer.status < 400:
            answers[reference] = answer.body
        else:
            failed = True
        results.append(_result(reference, answer))
    return results


def _step(
    org: Org,
    call: Call,
    request: Mapping[str, Any],
    answers: Mapping[str, Any],
    dispatch: Dispatch,
) -> Answer:
    try:
        url = str(_filled(request.get("url", ""), answers))
        body = _filled(request.get("body"), answers)
    except OrgError as error:
        return refusal(error)
    match = _URL.fullmatch(url)
    if match is None:
        return refusal(not_found())
    own = request.get("httpHeaders") or {}
    if not isinstance(own, Mapping):
        return refusal(OrgError("JSON_PARSER_ERROR", "httpHeaders must be an object"))
    sub = _sub_call(call, str(request.get("method", "GET")), match, body, own)
    if sub.path[0] == "composite" and sub.path[1:2] != ("sobjects",):
        return refusal(OrgError("INVALID_INPUT", "A composite cannot contain this resource"))
    return dispatch(org, sub)


def _sub_call(
    call: Call, method: str, match: re.Match[str], body: Any, own: Mapping[str, Any]
) -> Call:
    headers = CIMultiDict((n, call.headers[n]) for n in _INHERITED if n in call.headers)
    for name, value in own.items():
        headers[name] = str(value)
    url = urlsplit(match[2])
    return replace(
        call,
        method=method.upper(),
        path=tuple(unquote(segment) for segment in url.path.strip("/").split("/")),
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        headers=headers,
        body=body,
        version=match[1],
        client=None,
    )


def _filled(value: Any, answers: Mapping[str, Any]) -> Any:
    """`value` with every `@{reference.path}` replaced by what that subrequest answered."""
    if isinstance(value, dict):
        return {name: _filled(each, answers) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, answers) for each in value]
    if not isinstance(value, str) or "@{" not in value:
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole is not None:
        return _referenced(whole[1], answers)
    return _REFERENCE.sub(lambda match: str(_referenced(match[1], answers)), value)


def _referenced(path: str, answers: Mapping[str, Any]) -> Any:
    found: Any = answers
    for name, index in _STEP.findall(path):
        try:
            found = found[int(index)] if index else found[name]
        except (KeyError, IndexError, TypeError):
            reference = path.partition(".")[0]
            message = f"Invalid reference specified. No value for {path} found in {reference}"
            raise OrgError("PROCESSING_HALTED", message) from None
    return found


def _result(reference: str, answer: Answer) -> dict[str, Any]:
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": reference,
    }


def _halted() -> Answer:
    message = (
        "The transaction was rolled back since another operation in the same transaction failed."
    )
    return refusal(OrgError("PROCESSING_HALTED", message))


def _halted_unless_cause(result: dict[str, Any]) -> dict[str, Any]:
    if result["httpStatusCode"] >= 400:
        return result
    return _result(result["referenceId"], _halted())
