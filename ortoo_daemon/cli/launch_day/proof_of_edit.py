"""Did the wrong edit change nothing, and is the mended one in force? By the revisions on decisions."""

from ortoo_daemon.cli.launch_day.editing import Editing
from ortoo_daemon.cli.launch_day.evidence import Evidence, Row
from ortoo_daemon.cli.launch_day.verdict import Check
from ortoo_daemon.instants import instant

_NAME = "a wrong edit changed nothing, the mended one is in force"


def edited(evidence: Evidence, editing: Editing) -> Check:
    """Decisions while the files were wrong bear the revision before; the org's register has the one after."""
    proofs = [each for record in evidence.rows for each in evidence.decided(record)]
    wrong_at, mended_at = int(editing.wrong_at), int(editing.mended_at)  # as the org keeps moments
    meanwhile = [each for each in proofs if wrong_at <= _at(each) < mended_at]
    strange = [
        each for each in proofs if each["Revision__c"] not in (editing.before, editing.after)
    ]
    early = [each for each in meanwhile if each["Revision__c"] != editing.before]
    later = sum(each["Revision__c"] == editing.after for each in proofs)
    registered = bool(evidence.policies) and set(evidence.policies) == {editing.after}
    if strange or early:
        named = ", ".join(sorted({str(each["Record_Id__c"]) for each in (*strange, *early)})[:5])
        return Check(name=_NAME, holds=False, detail=f"decided by other files: {named}")
    told = f"{len(meanwhile)} decisions meanwhile by {editing.before}, {later} since by {editing.after}"
    return Check(name=_NAME, holds=bool(meanwhile and later and registered), detail=told)


def _at(proof: Row) -> float:
    at = instant(proof["Decided_At__c"])
    return at.timestamp() if at else 0.0
