"""How does a service know us? ``auth:`` of ``services.yaml``; secrets themselves never stand there."""

from ortoo_daemon.policy.callouts.catalogue import Auth, AuthKind
from ortoo_daemon.policy.callouts.request_reading import read_url
from ortoo_daemon.policy.models.amounts import inner, one_of
from ortoo_daemon.policy.parsing.sections import Section

AUTH_KEYS = ("by", "user", "header", "token_url", "client_id", "scope", "audience", "secret_file")

_OF_KIND = {
    AuthKind.BEARER: (),
    AuthKind.BASIC: ("user",),
    AuthKind.HEADER: ("header",),
    AuthKind.OAUTH: ("token_url", "client_id"),
}
"""What each kind can't do without."""

_BESIDE = {AuthKind.OAUTH: ("scope", "audience")}


def read_auth(section: Section, *, internal: bool) -> Auth:
    """``internal`` as of the service: its token is asked for under the same rules."""
    found = inner(section, "auth", AUTH_KEYS)
    if found is None:
        return Auth()
    kind = AuthKind(one_of(found, "by", tuple(each.value for each in _OF_KIND)))
    for key in _OF_KIND[kind]:
        found.required(key, f"auth by {kind.value} can't do without it")
    allowed = {"by", "secret_file", *_OF_KIND[kind], *_BESIDE.get(kind, ())}
    for key, (at, _) in found.node.entries.items():
        if key in AUTH_KEYS and key not in allowed:
            message = f"auth by {kind.value} has no use for {key!r}"
            found.problems.add(at, "unknown_key", message, "leave it out")
    token_url = None
    if kind is AuthKind.OAUTH and found.get("token_url") is not None:
        token_url = read_url(found, internal=internal, key="token_url")
    return Auth(
        kind=kind,
        user=found.text("user") or "",
        header=found.text("header") or "",
        token_url="" if token_url is None else token_url.text,
        client_id=found.text("client_id") or "",
        scope=found.text("scope") or "",
        audience=found.text("audience") or "",
        secret_file=found.text("secret_file"),
    )
