"""What does a text, or a file, in ADF 1.0 say? Read as meant, however it breaks the standard.

Bounded and without surprises: nothing outside the text is looked up, declarations are refused, and what
can't be read comes back with the reason. Pure.
"""

from dataclasses import replace

from ortoo_daemon.intake.adf.decoding import decoded
from ortoo_daemon.intake.adf.fragments import declares_entities, fragment
from ortoo_daemon.intake.adf.model import (
    AdfReading,
    Odd,
    Oddity,
    Prospect,
    Refusal,
)
from ortoo_daemon.intake.adf.prospects import ProspectReader
from ortoo_daemon.intake.adf.tree import Element, Oddities, Refused, tree

LONGEST = 1_000_000
"""Characters, or bytes; what is longer is not looked at."""

MOST_PROSPECTS = 100


def read_adf(source: str | bytes) -> AdfReading:
    """All prospects in a text or in the bytes of a file, with everything that was odd about them."""
    if len(source) > LONGEST:
        return _refused(Refusal.TOO_LARGE, f"{len(source):,} characters, {LONGEST:,} are read")
    before: list[Oddity] = []
    if isinstance(source, bytes):
        source, before = decoded(source)
    text, wrapped = fragment(source.removeprefix("\ufeff"))
    if text is None:
        return AdfReading(found=False)
    if declares_entities(text):
        return _refused(Refusal.ENTITIES, "the document declares entities of its own")
    oddities = Oddities(text, [*before, *wrapped])
    try:
        prospects = _prospects(tree(text, oddities), oddities)
    except Refused as refused:
        return _refused(refused.reason, str(refused), oddities)
    if not prospects:
        return _refused(Refusal.NO_PROSPECT, "no prospect stands in the document", oddities)
    said = tuple(each for each in prospects if not each.is_blank)
    if not said:
        message = "the document names no customer and no vehicle"
        return _refused(Refusal.NOTHING_IN_IT, message, oddities)
    return AdfReading(
        found=True, prospects=said, oddities=tuple(oddities.kept), left_out=oddities.left_out
    )


def _prospects(document: Element, oddities: Oddities) -> list[Prospect]:
    roots = list(document.all("adf"))
    if len(roots) > 1:
        oddities.tell(Odd.SEVERAL_ROOTS, roots[1].at, f"{len(roots)} roots, one is allowed")
    loose = list(document.all("prospect"))
    if loose and not roots:
        oddities.tell(Odd.NO_ROOT, loose[0].at, "the root adf is missing")
    found: list[Prospect] = []
    reader = ProspectReader(oddities)
    for root in roots:
        found += _of_root(root, reader, oddities)
    found += [reader.prospect(each) for each in loose]
    if len(found) > MOST_PROSPECTS:
        message = f"{len(found)} prospects, {MOST_PROSPECTS} are read"
        raise Refused(Refusal.TOO_MANY_ELEMENTS, message)
    return found


def _of_root(root: Element, reader: ProspectReader, oddities: Oddities) -> list[Prospect]:
    """Its prospects; what stands beside them belongs to those that lack it."""
    prospects = list(root.all("prospect"))
    beside = [child for child in root.children if child.name != "prospect"]
    if not prospects:
        if not beside:
            return []
        oddities.tell(Odd.MISSING, root.at, "the element prospect is missing")
        return [reader.prospect(root)]
    if not beside:
        return [reader.prospect(each) for each in prospects]
    oddities.tell(Odd.MISPLACED, beside[0].at, f"{beside[0].name} stands beside the prospects")
    shared = reader.prospect(root, quiet=True)
    return [_completed(reader.prospect(each, quiet=True), shared) for each in prospects]


def _completed(prospect: Prospect, shared: Prospect) -> Prospect:
    return replace(
        prospect,
        requested=prospect.requested or shared.requested,
        vehicles=prospect.vehicles or shared.vehicles,
        customer=shared.customer if prospect.customer.contact.is_blank else prospect.customer,
        vendor=prospect.vendor if prospect.vendor.name or prospect.vendor.ids else shared.vendor,
        provider=prospect.provider if prospect.provider.name else shared.provider,
    )


def _refused(reason: Refusal, message: str, oddities: Oddities | None = None) -> AdfReading:
    return AdfReading(
        found=True,
        refusal=reason,
        message=message,
        oddities=tuple(oddities.kept) if oddities else (),
        left_out=oddities.left_out if oddities else 0,
    )
