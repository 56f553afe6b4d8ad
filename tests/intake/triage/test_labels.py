"""Do the labels of the e-mails name what there is: rooftops of the directory, brands and kinds?

The sets of ``UNREAD`` were labelled before any program read them: only their labels are looked at here,
nothing here reads their mails.
"""

import json
import re
from collections import Counter

import pytest

from tests.scoring import DATA, rows

SETS = sorted({file.stem for file in DATA.glob("*.jsonl")})
UNREAD = ["held_out_fresh", "writer_d", "writer_j"]


def segments(name):
    return [
        (row, segment)
        for row in rows(DATA / f"{name}.jsonl")
        for segment in row["labels"]["segments"]
    ]


def flowing(text):
    return " ".join(text.split())


def known(file, key):
    return {row[key] for row in file}


@pytest.fixture(scope="module")
def directory():
    return json.loads((DATA / "directory.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def taxonomy():
    return json.loads((DATA / "taxonomy.json").read_text("utf-8"))


@pytest.mark.parametrize("name", SETS)
def test_every_labelled_rooftop_is_in_the_directory(directory, name):
    rooftops = known(directory, "Id") | {None}
    assert [row["id"] for row, part in segments(name) if part["account_id"] not in rooftops] == []


@pytest.mark.parametrize("name", SETS)
def test_every_labelled_kind_and_brand_is_in_the_taxonomy(taxonomy, name):
    kinds = known(taxonomy["request_types"], "code")
    brands = known(taxonomy["brands"], "name") | {None}
    unknown = [
        row["id"]
        for row, part in segments(name)
        if part["request_type"] not in kinds or part["brand"] not in brands
    ]
    assert unknown == []


@pytest.mark.parametrize("name", SETS)
def test_every_labelled_mail_asks_something_and_the_clean_body_says_it(name):
    silent = [
        row["id"]
        for row in rows(DATA / f"{name}.jsonl")
        if not row["labels"]["segments"] or not row["labels"]["clean_body"].strip()
    ]
    assert silent == []


@pytest.mark.parametrize("name", SETS)
def test_no_two_mails_of_a_set_have_one_id(name):
    ids = Counter(row["id"] for row in rows(DATA / f"{name}.jsonl"))
    assert [one for one, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("name", UNREAD)
def test_the_evidence_of_an_unread_set_is_a_part_of_its_clean_body(name):
    missing = [
        row["id"]
        for row, part in segments(name)
        if flowing(part["evidence"]) not in flowing(row["labels"]["clean_body"])
    ]
    assert missing == []


@pytest.mark.parametrize("name", UNREAD)
def test_every_vin_labelled_in_an_unread_set_stands_in_its_clean_body(name):
    missing = [
        (row["id"], vin)
        for row, part in segments(name)
        for vin in part["vins"]
        if vin not in re.sub(r"[\s-]", "", row["labels"]["clean_body"]).upper()
    ]
    assert missing == []
