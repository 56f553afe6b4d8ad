"""Compiled SOQL against a plain reading of it in Python, over random rows and conditions.

The reference knows nothing of the compiler: it evaluates each condition on API-form rows with
two-valued logic, and sorts and groups with Python's own tools.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.schema import Schema
from tests.sandbox.small_org import Clock, new_user, write_metadata

Row = dict[str, Any]
Test = Callable[[Row], bool]
TEXTS = ["Lyon", "LYON", "lyon 3", "Évry", "évry", "50%", "a_b", "O'Neil", "back\\slash", ""]
DAYS = [date(2026, 11, 20) + timedelta(days=n) for n in range(6)]
STAMPS = [f"2026-11-{d}T{h}:15:30.000+0000" for d in (22, 23) for h in ("00", "09", "23")]
LIKES = ["EV", "Van", "SUV"]
NUMBERS = [-2.5, 0.0, 1.0, 2.25]

rows = st.fixed_dictionaries(
    {
        "City": st.none() | st.sampled_from(TEXTS),
        "Score__c": st.none() | st.sampled_from(NUMBERS),
        "NumberOfEmployees": st.none() | st.integers(-3, 3),
        "Hot__c": st.booleans(),
        "Due__c": st.none() | st.sampled_from([d.isoformat() for d in DAYS]),
        "CreatedDate": st.sampled_from(STAMPS),
        "Likes__c": st.none() | st.lists(st.sampled_from(LIKES), min_size=1).map(";".join),
        "owner": st.sampled_from(["anne", "ben"]),
    }
)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def order(left: Any, symbol: str, right: Any) -> bool:
    if left is None:
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[symbol]


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[str, Test]:
    """One comparison as SOQL, and what it means."""
    name, values, show = draw(
        st.sampled_from(
            [
                ("City", TEXTS[:-1], quoted),
                ("Score__c", NUMBERS, str),
                ("NumberOfEmployees", [-1, 0, 2], str),
                ("Due__c", DAYS, str),
                ("CreatedDate", STAMPS, lambda s: s.replace("+0000", "Z")),
                ("Owner.Name", ["anne", "BEN", "carl"], quoted),
            ]
        )
    )
    field = "owner" if name == "Owner.Name" else name

    def of(row: Row) -> Any:
        return folded(row[field])

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else folded(value)

    kind = draw(st.sampled_from(["equal", "order", "in", "null"]))
    if kind == "null":
        return (f"{name} = null", lambda row: of(row) is None)
    if kind == "in":
        some = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3))
        text = f"{name} IN ({', '.join(show(each) for each in some)})"
        return text, lambda row: of(row) in [plain(each) for each in some]
    value = draw(st.sampled_from(values))
    if kind == "equal":
        if draw(st.booleans()):
            return f"{name} != {show(value)}", lambda row: of(row) != plain(value)
        return f"{name} = {show(value)}", lambda row: of(row) == plain(value)
    symbol = draw(st.sampled_from(["<", "<=", ">", ">="]))
    return f"{name} {symbol} {show(value)}", lambda row: order(of(row), symbol, plain(value))


@st.composite
def patterns(draw: st.DrawFn) -> tuple[str, Test]:
    parts = draw(st.lists(st.sampled_from(["%", "_", "l", "Y", "é", "\\%", "3", "o"]), max_size=4))
    meaning = {"%": ".*", "_": ".", "\\%": "%"}
    wanted = re.compile("".join(meaning.get(p, re.escape(p.lower())) for p in parts), re.DOTALL)

    def holds(row: Row) -> bool:
        return row["City"] is not None and bool(wanted.fullmatch(row["City"].lower()))

    return f"City LIKE '{''.join(parts)}'", holds


@st.composite
def memberships(draw: st.DrawFn) -> tuple[str, Test]:
    some = draw(st.lists(st.lists(st.sampled_from(LIKES), min_size=1), min_size=1, max_size=2))
    text = ", ".join(f"'{';'.join(each)}'" for each in some)

    def holds(row: Row) -> bool:
        chosen = set((row["Likes__c"] or "").split(";"))
        return any(set(each) <= chosen for each in some)

    return f"Likes__c INCLUDES ({text})", holds


periods = st.sampled_from(
    [
        ("TODAY", DAYS[3], DAYS[4]),
        ("YESTERDAY", DAYS[2], DAYS[3]),
        ("LAST_N_DAYS:1", DAYS[2], DAYS[4]),
        ("NEXT_N_DAYS:1", DAYS[4], DAYS[5]),
    ]
)


@st.composite
def spans(draw: st.DrawFn) -> tuple[str, Test]:
    """Date literals; the clock stands at 2026-11-23 and the user lives in UTC."""
    name, first, behind = draw(periods)
    symbol = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
    field = draw(st.sampled_from(["Due__c", "CreatedDate"]))

    def holds(row: Row) -> bool:
        if row[field] is None:
            return symbol == "!="
        day = date.fromisoformat(row[field][:10])
        inside = first <= day < behind
        return {
            "=": inside,
            "!=": not inside,
            "<": day < first,
            "<=": day < behind,
            ">": day >= behind,
            ">=": day >= first,
        }[symbol]

    return f"{field} {symbol} {name}", holds


simple = comparisons() | patterns() | memberships() | spans()
simple |= st.sampled_from([("Hot__c = true", lambda row: bool(row["Hot__c"]))])


def combined(inner: st.SearchStrategy[tuple[str, Test]]) -> st.SearchStrategy[tuple[str, Test]]:
    def junction(word: str, terms: list[tuple[str, Test]]) -> tuple[str, Test]:
        text = f" {word} ".join(f"({each})" for each, _ in terms)
        judge = all if word == "AND" else any
        return text, lambda row: judge(holds(row) for _, holds in terms)

    several = st.lists(inner, min_size=2, max_size=3)
    joined = st.builds(junction, st.sampled_from(["AND", "OR"]), several)
    return joined | inner.map(lambda c: (f"NOT ({c[0]})", lambda row: not c[1](row)))


conditions = st.recursive(simple, combined, max_leaves=6)


@cache
def schema() -> Schema:
    with TemporaryDirectory() as folder:
        return Schema.load(write_metadata(Path(folder)))


def filled(content: list[Row]) -> tuple[Org, list[Row]]:
    """An org with these leads; the rows with their ids, empty text as null."""
    org = Org(schema(), clock=Clock())
    org.storage.update("User", org.system_user_id, {"TimeZoneSidKey": "UTC"})
    owners = {name: new_user(org, name) for name in ("anne", "ben")}
    made = []
    for number, row in enumerate(content):
        values = {k: v for k, v in row.items() if k not in ("owner", "CreatedDate")}
        values |= {"OwnerId": owners[row["owner"]], "LastName": f"L{number}", "Company": "C"}
        lead = org.create("Lead", values, user_id=org.system_user_id)
        org.storage.update("Lead", lead, {"CreatedDate": row["CreatedDate"]})
        made.append(row | {"Id": lead, "City": row["City"] or None})
    return org, made


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, max_size=8), conditions)
def test_a_condition_selects_what_its_plain_reading_selects(
    content: list[Row], condition: tuple[str, Test]
) -> None:
    org, made = filled(content)
    text, holds = condition
    found = {each["Id"] for each in org.query(f"SELECT Id FROM Lead WHERE {text}")}
    org.close()
    assert found == {row["Id"] for row in made if holds(row)}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(rows, max_size=10),
    st.sampled_from(["City", "Score__c", "Due__c", "NumberOfEmployees"]),
    st.booleans(),
    st.sampled_from([None, True, False]),
    st.integers(0, 10),
    st.integers(0, 4),
)
def test_sorting_and_limits_are_those_of_a_stable_sort(
    content: list[Row],
    field: str,
    descending: bool,
    nulls_first: bool | None,
    limit: int,
    offset: int,
) -> None:
    org, made = filled(content)
    words = f"{'DESC' if descending else 'ASC'} "
    words += "" if nulls_first is None else f"NULLS {'FIRST' if nulls_first else 'LAST'} "
    soql = f"SELECT Id FROM Lead ORDER BY {field} {words}LIMIT {limit} OFFSET {offset}"
    found = [each["Id"] for each in org.query(soql)]
    org.close()
    blank = [row for row in made if row[field] is None]
    full = [row for row in made if row[field] is not None]
    full.sort(key=lambda row: folded(row[field]), reverse=descending)
    first = (not descending) if nulls_first is None else nulls_first
    whole = blank + full if first else full + blank
    assert found == [row["Id"] for row in whole][offset : offset + limit]


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, max_size=10), conditions)
def test_groups_count_and_sum_as_a_plain_loop_does(
    content: list[Row], condition: tuple[str, Test]
) -> None:
    org, made = filled(content)
    text, holds = condition
    soql = (
        "SELECT City, COUNT(Id) n, COUNT(Score__c) m, SUM(Score__c) s, MIN(Due__c) d, "
        f"COUNT_DISTINCT(Score__c) u FROM Lead WHERE {text} GROUP BY City"
    )
    found = {folded(each["City"]): tuple(each[k] for k in "nmsdu") for each in org.query(soql)}
    org.close()

    def key(row: Row) -> tuple[bool, str]:
        return (row["City"] is None, folded(row["City"]) or "")

    wanted = {}
    for (blank, city), group in groupby(sorted(filter(holds, made), key=key), key):
        members = list(group)
        scores = [each["Score__c"] for each in members if each["Score__c"] is not None]
        days = [each["Due__c"] for each in members if each["Due__c"] is not None]
        wanted[None if blank else city] = (
            len(members),
            len(scores),
            sum(scores) if scores else None,
            min(days, default=None),
            len(set(scores)),
        )
    assert found == wanted
