"""Is everything an admin edits fit to run? Every problem of all files at once, each where it stands.

Parse, lint, cross-checks between files, and the tests beside the policies. Asks no org: what is known
of one is handed in, or read from the saved copy.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from ortoo_daemon.daemon.loading.call_checks import call_checks, services_beside
from ortoo_daemon.daemon.loading.catalogue_file import FILE as CATALOGUE
from ortoo_daemon.daemon.loading.catalogue_file import read_catalogue
from ortoo_daemon.daemon.loading.config_files import ConfigFiles
from ortoo_daemon.daemon.loading.cross_checks import MANUALS, cross_checks
from ortoo_daemon.daemon.loading.handoff_checks import handoff_checks
from ortoo_daemon.daemon.loading.notice_checks import notice_checks
from ortoo_daemon.daemon.loading.other_file_checks import other_file_checks
from ortoo_daemon.daemon.loading.policy_files import FilesFound, read_policy_files
from ortoo_daemon.daemon.loading.postal_file import load_postal_index, needs_geography
from ortoo_daemon.daemon.loading.report_checks import report_checks
from ortoo_daemon.daemon.loading.saved_org import KnownOrg, load_saved_org
from ortoo_daemon.daemon.loading.shift_table import (
    among,
    directory_mapping,
    on_disk,
    table_named,
)
from ortoo_daemon.daemon.mails.triagers import taxonomy_beside
from ortoo_daemon.daemon.settings import Settings, load_settings
from ortoo_daemon.daemon.yaml_settings import mapping_of, place_of, read_mapping
from ortoo_daemon.errors import ConfigError, Level, Problem
from ortoo_daemon.policy.cases import PolicyTests
from ortoo_daemon.policy.lint import RULES, asked, lint, unbound_signal, untested_rule, unused_file
from ortoo_daemon.policy.lint.allowances import Allowance, read_allowances, without_allowed
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.load import ORDER_FILE, load
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.nodes import ListNode, MapNode, Scalar
from ortoo_daemon.policy.parsing.cases import load_tests
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.simulation.coverage import may_pass
from ortoo_daemon.simulation.policy_tests import TestsReport, run_tests

if TYPE_CHECKING:  # loaded where there are services
    from ortoo_daemon.policy.callouts.catalogue import Services

Value = TypeVar("Value")


@dataclass(slots=True, kw_only=True)
class Parsed:
    """What could be read of the files; None for what could not, and ``problems`` with it."""

    settings: Settings | None = None
    settings_node: MapNode | None = None
    mapping: DirectoryMapping | None = None
    mapping_node: MapNode | None = None
    policies: PolicySet | None = None
    tests: tuple[PolicyTests, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    services: "Services | None" = None
    problems: list[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """``problems`` in file order. ``tests`` is None where they could not be run.

    ``checked_against`` names where the org's fields, queues and people were looked up; None: nowhere.
    ``known`` is what was found there.
    """

    problems: tuple[Problem, ...]
    policies: PolicySet | None
    tests: TestsReport | None
    checked_against: str | None
    known: KnownOrg | None = None

    @property
    def passed(self) -> bool:
        """Hints stop nothing."""
        return not any(problem.level is Level.ERROR for problem in self.problems)


def parse(files: ConfigFiles) -> Parsed:
    """Read everything, going on after what can't be read. Raises nothing for what is in the files."""
    parsed = Parsed(problems=[])
    keep = parsed.problems
    if files.settings is not None:
        settings_file = files.settings
        parsed.settings = _kept(lambda: load_settings(settings_file), keep)
        parsed.settings_node = _kept(lambda: read_mapping(settings_file), [])
    settings = parsed.settings
    directory = settings.path(settings.directory) if settings else files.directory
    if directory is not None:
        parsed.mapping_node = _kept(lambda: read_mapping(directory), keep)
    if parsed.mapping_node is not None:
        node = parsed.mapping_node
        parsed.mapping = _kept(lambda: directory_mapping(node, on_disk), keep)
    if files.settings is not None and (files.settings.parent / CATALOGUE).is_file():
        catalogue = files.settings.parent / CATALOGUE
        _kept(lambda: read_catalogue(catalogue), keep)
    _parse_policies(files, parsed)
    if settings is not None:
        _services_beside(parsed, settings)
    read = parsed.policies.policies if parsed.policies is not None else ()
    if settings is not None and any(policy.triage is not None for policy in read):
        _kept(lambda: taxonomy_beside(settings), keep)
    keep[:] = [_in_settings(problem, files, parsed.settings_node) for problem in keep]
    return parsed


def parse_anew(settings: Settings, found: FilesFound) -> Parsed:
    """Directory file, policies and tests from files that were read already, under settings in force."""
    parsed = Parsed(settings=settings, problems=list(found.problems))
    if found.problems:
        return parsed
    if found.directory is not None:
        name, data = found.directory
        node = parsed.mapping_node = _kept(lambda: mapping_of(name, data), parsed.problems)
        if node is not None:
            files = among(found.contents)
            parsed.mapping = _kept(lambda: directory_mapping(node, files), parsed.problems)
    _understand(found.contents, parsed)
    _services_beside(parsed, settings)
    return parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a check by hand looks at beside files and org: rules that need it are silent without."""

    today: date | None = None
    postal: PostalIndex | None = None


def check(
    files: ConfigFiles,
    parsed: Parsed,
    known: KnownOrg | None = None,
    *,
    beside: Beside | None = None,
) -> Checkup:
    """Everything there is to say. Without ``known`` the saved org is used, if there is one."""
    found: list[Problem] = []
    if known is None and files.saved_org.is_file():
        known = _kept(lambda: load_saved_org(files.saved_org), found)
    parsed = replace(parsed, problems=[*parsed.problems, *found])
    return checkup(parsed, known, beside=beside)


def checkup(parsed: Parsed, known: KnownOrg | None, *, beside: Beside | None = None) -> Checkup:
    """Everything there is to say of what was read, against an org as far as one is known."""
    problems = list(parsed.problems)
    tests = None
    if parsed.policies is not None:
        subject = _subject(parsed.policies, parsed, known, beside or Beside())
        problems += _about(subject, parsed, known)
        allowances, wrong = _allowances(parsed)
        stands = [*wrong, *without_allowed(problems, allowances, asked=())]
        if known is not None and not _errors(stands):
            tests = run_tests(
                subject.policies, subject.tests, known.directory, postal=_geography(subject)
            )
            subject = replace(subject, reached=tests.reached)
            problems += [*tests.problems, *untested_rule.check(subject)]
        ids = {rule.id for rule in asked(subject)}
        problems = [*wrong, *without_allowed(problems, allowances, asked=ids)]
    return Checkup(
        problems=tuple(sorted(dict.fromkeys(problems))),
        policies=parsed.policies,
        tests=tests,
        checked_against=known.source if known else None,
        known=known,
    )


def _parse_policies(files: ConfigFiles, parsed: Parsed) -> None:
    settings = parsed.settings
    folder = settings.path(settings.policies) if settings else files.policies
    contents = _kept(lambda: read_policy_files(folder), parsed.problems)
    if contents is not None:
        _understand(contents, parsed)


def _understand(contents: Mapping[str, bytes], parsed: Parsed) -> None:
    settings, keep = parsed.settings, parsed.problems
    order = settings.policy_order if settings else ()
    signals = dict(parsed.mapping.signals) if parsed.mapping else {}
    parsed.contents = contents
    sources = parsed.mapping.key_sources if parsed.mapping else {}
    parsed.policies = _kept(lambda: load(contents, order, signals, key_sources=sources), keep)
    parsed.tests = _kept(lambda: load_tests(contents), keep) or ()


def _services_beside(parsed: Parsed, settings: Settings) -> None:
    """The file of services, looked at where it is there or some policy needs it."""
    policies = parsed.policies.policies if parsed.policies is not None else ()
    parsed.services = _kept(lambda: services_beside(settings, policies), parsed.problems)


def _subject(
    policies: PolicySet, parsed: Parsed, known: KnownOrg | None, beside: Beside
) -> Subject:
    return Subject(
        policies=policies,
        tests=parsed.tests,
        description=known.description if known else None,
        directory=known.directory if known else None,
        today=beside.today,
        postal=beside.postal,
        passes=may_pass,
    )


def _about(subject: Subject, parsed: Parsed, known: KnownOrg | None) -> Iterator[Problem]:
    shifts = table_named(parsed.mapping_node) if parsed.mapping_node is not None else None
    found = [each for each in lint(subject) if not (_is_unused(each) and each.place.file == shifts)]
    directory = parsed.mapping_node.place.file if parsed.mapping_node is not None else None
    yield from other_file_checks(subject.policies, directory)
    if parsed.settings is not None:
        yield from notice_checks(subject.policies, parsed.settings)
        yield from handoff_checks(subject.policies, parsed.settings, parsed.settings_node)
        yield from report_checks(parsed.settings, subject.description)
    if parsed.services is not None:
        yield from call_checks(subject.policies, parsed.services, subject.description)
    if parsed.mapping is None or parsed.mapping_node is None:
        # Nobody knows what the directory file binds.
        yield from (problem for problem in found if problem.rule != unbound_signal.ID)
        return
    yield from found
    yield from cross_checks(subject.policies, parsed.mapping, parsed.mapping_node, known)


def _is_unused(problem: Problem) -> bool:
    return problem.rule == unused_file.ID


def _allowances(parsed: Parsed) -> tuple[list[Allowance], list[Problem]]:
    allowable = {rule.id for rule in RULES.values() if rule.may_be_allowed}
    return read_allowances(parsed.contents, allowable=allowable, known={*RULES, *MANUALS})


def _geography(subject: Subject) -> PostalIndex | None:
    if subject.postal is not None or not needs_geography(subject.policies):
        return subject.postal
    return load_postal_index()


def _in_settings(problem: Problem, files: ConfigFiles, node: MapNode | None) -> Problem:
    """The loader knows the order of policies by the settings' file name only: say where it stands."""
    if problem.place.file != ORDER_FILE or files.settings is None:
        return problem
    if node is None:
        return replace(problem, place=problem.place._replace(file=files.settings.as_posix()))
    names = node.get("policy_order")
    items = names.items if isinstance(names, ListNode) else []
    named = (isinstance(i, Scalar) and repr(i.value) in problem.message for i in items)
    at = next((index for index, found in enumerate(named) if found), None)
    path: list[int | str] = ["policy_order"] if at is None else ["policy_order", at]
    return replace(problem, place=place_of(node, path))


def _errors(problems: list[Problem]) -> bool:
    return any(problem.level is Level.ERROR for problem in problems)


def _kept(read: Callable[[], Value], problems: list[Problem]) -> Value | None:
    """What ``read`` gives; None with its problems kept when it can't."""
    try:
        return read()
    except ConfigError as error:
        problems += error.problems
        return None
