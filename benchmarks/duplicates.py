"""What does it cost to know a customer again, among a million others, in a burst?

One incoming lead in five is of somebody whom the org knows, typed otherwise. The leads stand in the org
before the clock starts, as in `burst`.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.burst import LATENCY, Run, routed
from benchmarks.dealers import advisers
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.known_customers import KnownCustomer, customer, make_patterns, put_in, surname
from benchmarks.leads import Place, leads, places
from benchmarks.org import Org, sandbox

_INCOMING_OF = 100
_KNOWN_OF = 5
_WITHIN = timedelta(days=89)
"""The shipped policy looks for leads of 90 days; what is a day younger is found for certain."""


def about(count: int) -> str:
    return (
        f"{incoming(count):,} leads at once, one in {_KNOWN_OF} of a customer among {count:,} leads and "
        f"contacts; {LATENCY * 1000:.0f} ms before each call; shipped policies"
    )


def incoming(count: int) -> int:
    return max(20, count // _INCOMING_OF)


def measure(count: int) -> list[Figure]:
    with TemporaryDirectory() as name:
        folder, state = Path(name), Path(name) / "org.db"
        began = time.monotonic()
        with sandbox(folder, state=state) as org:
            found, holders = places(org), advisers(org)
            make_patterns(org, holders[0])
        put_in(state, found, holders, count, now=datetime.now(UTC))
        loading = time.monotonic() - began
        with sandbox(folder, state=state) as org:
            run = routed(org, folder, list(_incoming(found, count)))
            again = _found_again(org)
    return [
        *_figures(run),
        Figure(
            name="earlier leads found, of those that may be",
            value=again / _young(found, count),
            unit="×",
            goal=at_least(0.95),
        ),
        Figure(name="making the customers", value=loading, unit="s"),
    ]


def _figures(run: Run) -> list[Figure]:
    return [
        Figure(name="calls per record", value=run.calls_a_record, unit="calls", goal=at_most(0.05)),
        Figure(name="rate", value=run.rate, unit="records/s"),
        Figure(name="peak memory", value=run.peak_mib, unit="MiB"),
        Figure(name="CPU per 1,000 records", value=run.cpu_a_thousand, unit="s"),
    ]


def _incoming(found: Sequence[Place], count: int) -> Iterator[dict[str, Any]]:
    random = Random(11)
    for number, lead in enumerate(leads(found, incoming(count), seed=9)):
        if number % _KNOWN_OF:
            yield lead | {"LastName": surname(random)}
        else:
            yield lead | _typed_again(customer(_asked(number), found), number)


def _asked(number: int) -> int:
    """Customers of leads, spread over all of them."""
    return number * (_INCOMING_OF // 10) * 10


def _typed_again(known: KnownCustomer, number: int) -> dict[str, Any]:
    """The same person by address, by number, or by name and place with a slip."""
    same = {
        "FirstName": known.first_name.upper(),
        "LastName": known.last_name,
        "Country": known.place.country,
        "PostalCode": known.place.postal_code,
        "Brand__c": known.place.brand,
    }
    if number // _KNOWN_OF % 2:
        return same | {"Email": known.email.upper()}
    return same | {"Email": None, "Phone": f"00{known.phone[1:]}"}


def _found_again(org: Org) -> int:
    return org.count("SELECT COUNT() FROM Lead WHERE Ortoo_Duplicate_Of__c != null")


def _young(found: Sequence[Place], count: int) -> int:
    """Of the customers that come again, those whose lead is young enough for the shipped policy."""
    asked = (customer(_asked(n), found) for n in range(0, incoming(count), _KNOWN_OF))
    return sum(each.came_ago < _WITHIN for each in asked)
