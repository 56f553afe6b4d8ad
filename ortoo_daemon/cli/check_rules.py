"""How are the rules of `check` shown: all in a table, or one at length?"""

from collections.abc import Iterator
from typing import Any

from ortoo_daemon.cli.terminal import say, show_table
from ortoo_daemon.daemon.loading.cross_checks import MANUALS
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.policy.lint import RULES, LintRule
from ortoo_daemon.policy.naming import did_you_mean


def show(name: str | None) -> None:
    """Every rule in a line, or everything there is to say of one. Raises ConfigError for no rule."""
    if name is None:
        show_table(("Rule", "Needs", "Can be allowed", "What it finds"), _rows())
        return
    rule = _named(name)
    say(f"{rule.id}\n", "bold")
    say(rule.manual.text.rstrip())
    say(f"\nneeds: {_needs(rule) or 'nothing but the policies'}")
    if rule.may_be_allowed:
        say(f"let it stand in a line: # check: allow {rule.id} because REASON")
    else:
        say("can't be allowed")


def as_json(name: str | None) -> list[dict[str, Any]]:
    """One object a rule; ``samples`` with what each gives."""
    rules = RULES.values() if name is None else [_named(name)]
    return [
        {
            "rule": rule.id,
            "summary": rule.manual.summary,
            "needs": [need.value for need in rule.needs],
            "may_be_allowed": rule.may_be_allowed,
            "manual": rule.manual.text,
            "samples": [
                {
                    "passes": sample.passes,
                    "about": sample.about,
                    "parts": list(sample.parts),
                    "told": [{"line": line, "message": said} for line, said in sample.told],
                }
                for sample in rule.manual.samples
            ],
        }
        for rule in rules
    ]


def _rows() -> Iterator[tuple[str, str, str, str]]:
    for rule in RULES.values():
        allowed = "yes" if rule.may_be_allowed else ""
        yield rule.id, _needs(rule), allowed, rule.manual.summary
    for name, summary in MANUALS.items():
        yield name, "", "", summary


def _needs(rule: LintRule) -> str:
    return ", ".join(need.value for need in rule.needs)


def _named(name: str) -> LintRule:
    if name in RULES:
        return RULES[name]
    mend = did_you_mean(name, RULES)
    problem = Problem(
        place=Place("check --rules"), rule="unknown_name", message=f"no rule {name!r}", mend=mend
    )
    raise ConfigError([problem])
