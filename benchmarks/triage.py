"""How many dealer e-mails a second are read and understood, over how large a directory?

The mails are the tests' own, in six languages, a third of them with signatures and history; CPU time of one
thread, after a first round that fills the indexes. A larger directory repeats the groups in other towns.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from benchmarks.figures import Figure, at_least
from ortoo_daemon.daemon.asking.triaging import NamedMail, mails_of, taxonomy_of
from ortoo_daemon.intake.triage.dealers import Dealer, load_dealers
from ortoo_daemon.intake.triage.triager import Triager

_ROOT = Path(__file__).parents[1]
_EMAILS = _ROOT / "tests" / "data" / "emails"
_TAXONOMY = _ROOT / "config" / "taxonomy.yaml"
_LASTS = 5.0
_LONGEST = 131_072
"""Characters that an org keeps of a mail's text."""


def about(count: int) -> str:
    return f"mails of the tests, read, cut and understood with {count:,} rooftops, by CPU time of one core"


def measure(count: int, *, lasts: float = _LASTS) -> list[Figure]:
    """``lasts``: CPU seconds of understanding."""
    began = time.process_time()
    triager = Triager.of(_dealers(count), taxonomy_of(_TAXONOMY, words=_TAXONOMY))
    mails = mails_of(_EMAILS / "samples.jsonl") + mails_of(_EMAILS / "development.jsonl")
    for each in mails:
        triager.understand(each.mail)
    first = time.process_time() - began
    done = 0
    began = time.process_time()
    for each in cycle(mails):
        triager.understand(each.mail)
        done += 1
        if time.process_time() - began >= lasts:
            break
    return [
        Figure(
            name="mails understood",
            value=done / (time.process_time() - began),
            unit="mails/s",
            goal=at_least(200),
        ),
        Figure(name="start and the first round", value=first, unit="s"),
        Figure(
            name="a mail of the greatest length, in one line",
            value=_one_line(triager, mails),
            unit="s",
        ),
    ]


def _one_line(triager: Triager, mails: Sequence[NamedMail]) -> float:
    """CPU seconds for all mails as one text without an end of line, as long as an org keeps."""
    text = " ".join(" ".join(each.mail.text_body.split()) for each in mails)
    mail = replace(mails[0].mail, text_body=text[:_LONGEST])
    began = time.process_time()
    triager.understand(mail)
    return time.process_time() - began


def _dealers(count: int) -> list[Dealer]:
    """So many rooftops: the tests' own, then the same groups again under other names in other towns."""
    path = _EMAILS / "directory.json"
    known = load_dealers(path.name, path.read_bytes())
    found = list(known)
    for number in range(len(known), count):
        like = known[number % len(known)]
        again = number // len(known)
        found.append(
            replace(
                like,
                account_id=f"001{number:012d}AAA",
                name=f"{like.name} Quartier{again}",
                code=f"{like.code}-{again}" if like.code else "",
                group=f"{like.group} Region{again}" if like.group else "",
                city=f"{like.city} Quartier{again}",
                domains=tuple(f"{again}.{domain}" for domain in like.domains),
                phone="",
                contacts=(),
            )
        )
    return found
