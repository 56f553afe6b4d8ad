"""The JSON Schema keeps in step with the parser."""

import json

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.schema.policy_file import policy_schema
from ortoo_daemon.policy.schema.terms import section
from tests.policy.files import DEFECTS, defect_files
from tests.policy.schema_fits import fits, read


def test_every_key_of_the_parser_has_a_schema_and_the_other_way_round():
    assert json.loads(json.dumps(policy_schema())) == policy_schema()
    with pytest.raises(ValueError, match="disagree on"):
        section(("a", "b"), {"a": {}})


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in DEFECTS.glob("*.yaml") if "not_supported" in path.stem)
)
def test_what_is_not_supported_does_not_fit(name):
    with pytest.raises(ConfigError):
        load(defect_files(name))
    whole = policy_schema()
    data = (DEFECTS / f"{name}.yaml").read_bytes()
    assert not fits(read("p", data), whole, whole)
