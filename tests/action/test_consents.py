"""What the record says of who sees it by consent is read back as it was written."""

from ortoo_daemon.action.consents import Standing, read_sharing, sharing_text, standing_of
from ortoo_daemon.consequences import RecordShare, ShareState


def share(name: str, state: ShareState) -> RecordShare:
    return RecordShare(name=name, to=None, access="read", state=state)


def test_what_is_written_is_read_back():
    standing = Standing(shared=frozenset({"a", "b"}), held=frozenset({"anna@partner.example"}))
    text = sharing_text(standing)
    assert text == "Held: no consent: anna@partner.example; Shared: a, b"
    assert read_sharing(text) == standing
    assert (sharing_text(Standing()), read_sharing(None)) == (None, Standing())
    assert read_sharing("somebody's own words") == Standing()


def test_who_may_see_it_by_one_entry_waits_by_none():
    shares = [share("a", ShareState.HELD), share("a", ShareState.GIVEN)]
    assert standing_of(shares) == Standing(shared=frozenset({"a"}))
    assert standing_of([share("a", ShareState.WITHDRAWN)]) == Standing(held=frozenset({"a"}))


def test_only_who_waited_and_may_or_who_saw_it_and_may_not_is_a_change():
    held, shared = Standing(held=frozenset({"a"})), Standing(shared=frozenset({"a"}))
    assert held.changes(shared)
    assert shared.changes(held)
    for nothing_new in (held, Standing(), Standing(shared=frozenset({"b"}))):
        assert not held.changes(nothing_new)
