"""What is the JSON Schema of ``repeats:`` — what earlier records get whose customer asks again?"""

from ortoo_daemon.policy.parsing import repeats as parse_repeats
from ortoo_daemon.policy.schema.terms import (
    FIELD,
    FLAG,
    NAME,
    TEXT,
    Schema,
    map_of,
    one_or_several,
    ref,
    section,
)


def repeat() -> Schema:
    word: Schema = {"enum": [str(each) for each in parse_repeats.WORDS]}
    merged = section(
        parse_repeats.MERGE_KEYS, {"from": FIELD, "keep": word, "sources": one_or_several(TEXT)}
    )
    attach = section(
        parse_repeats.ATTACH_KEYS,
        {"subject": ref("expression"), "text": ref("expression"), "done": FLAG},
        ("subject", "text"),
    )
    return section(
        parse_repeats.REPEAT_KEYS,
        {
            "of": NAME,
            "when": ref("condition"),
            "count": FIELD,
            "attach": attach,
            "merge": map_of({"anyOf": [word, merged]}),
            "set": map_of(ref("expression")),
        },
        ("of",),
    )
