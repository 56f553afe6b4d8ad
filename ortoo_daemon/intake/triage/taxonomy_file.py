"""What does a taxonomy file say, and what is wrong with it, with the place of each problem?"""

from collections.abc import Mapping

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.intake.triage.taxonomy import (
    ANY_REQUEST,
    READ_FROM_TEXT,
    Brand,
    RequestType,
    Sign,
    SkillOverride,
    Taxonomy,
)
from ortoo_daemon.intake.triage.words import plain_words
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems
from ortoo_daemon.policy.parsing.sections import (
    Section,
    items_in,
    mapping_in,
    number_in,
    text_in,
)

LANGUAGES = ("fr", "de", "es", "it", "en", "nl", "any")
URGENCIES = ("critical", "high", "low")

_KEYS = (
    "taxonomy",
    "brands",
    "other_brands",
    "default_desk",
    "request_types",
    "skill_overrides",
    "urgency",
    "nobody_waits_for",
    "writer_speaks_for_itself",
    "place_names",
    "words",
    "examples",
    "speaks_for",
)
_BRAND_KEYS = ("name", "desk", "written", "loose", "models", "loose_models", "maker_codes")


def load_taxonomy(file: str, data: bytes) -> Taxonomy:
    """The taxonomy in ``data``; raises ConfigError with everything that is wrong in it."""
    problems = Problems()
    node = read_document(file, data, problems)
    found = None
    if node is not None:
        mapping = mapping_in(node, problems, what="a taxonomy")
        found = _Reader(problems).taxonomy(mapping) if mapping is not None else None
    if problems.found or found is None:
        raise ConfigError(problems.found)
    return found


class _Reader:
    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.groups: dict[str, dict[str, tuple[str, ...]]] = {}

    def taxonomy(self, node: MapNode) -> Taxonomy:
        section = Section(node, self.problems, what="a taxonomy", known=_KEYS)
        section.required("brands")
        section.required("request_types")
        self.groups = self._words(section)
        kinds = tuple(map(self._request_type, section.items("request_types")))
        codes = {kind.code for kind in kinds}
        return Taxonomy(
            brands=tuple(map(self._brand, section.items("brands"))),
            request_types=kinds,
            words=self.groups,
            other_brands=self._texts(section, "other_brands"),
            default_desk=section.text("default_desk"),
            skill_overrides=tuple(
                self._override(item, codes) for item in section.items("skill_overrides")
            ),
            urgency=self._urgency(section.mapping("urgency"), codes),
            nobody_waits_for=self._codes(section, "nobody_waits_for", codes),
            writer_speaks_for_itself=self._codes(section, "writer_speaks_for_itself", codes),
            place_names=self._lists(section.mapping("place_names")),
            examples=self._examples(section.mapping("examples"), codes),
            speaks_for=self._speaks_for(section.mapping("speaks_for"), codes),
        )

    def _brand(self, item: Node) -> Brand:
        section = self._section(item, "a brand", _BRAND_KEYS)
        return Brand(
            name=self._needed(section, "name"),
            desk=self._needed(section, "desk"),
            **{key: self._texts(section, key) for key in _BRAND_KEYS[2:]},
        )

    def _request_type(self, item: Node) -> RequestType:
        section = self._section(item, "a request type", ("code", "about", "skill", "signs"))
        section.required("signs")
        signs = section.mapping("signs")
        return RequestType(
            code=self._needed(section, "code"),
            about=section.text("about") or "",
            skill=self._needed(section, "skill"),
            signs=tuple(self._sign(key, value) for key, value in signs.entries.values())
            if signs
            else (),
        )

    def _sign(self, key: Node, value: Node) -> Sign:
        written = text_in(key, self.problems, what="a sign") or ""
        groups = tuple(part.strip() for part in written.split("+"))
        for group in groups:
            self._known_group(key, group, also=READ_FROM_TEXT)
        weight = number_in(value, self.problems, what="the weight of a sign")
        return Sign(groups=groups, weight=float(weight or 0))

    def _override(self, item: Node, codes: set[str]) -> SkillOverride:
        section = self._section(item, "a skill override", ("when", "request_types", "skill"))
        when = self._needed(section, "when")
        self._known_group(section.get("when") or item, when)
        return SkillOverride(
            when=when,
            request_types=self._codes(section, "request_types", codes),
            skill=self._needed(section, "skill"),
        )

    def _urgency(
        self, node: MapNode | None, codes: set[str]
    ) -> dict[str, tuple[tuple[str, ...], ...]]:
        found = {}
        for level, (key, value) in (node.entries if node else {}).items():
            if level not in URGENCIES:
                message = f"there is no urgency {level!r}"
                self.problems.add(key, "unknown_key", message, did_you_mean(level, URGENCIES))
            reasons = items_in(value, self.problems, what=f"{level!r}")
            found[level] = tuple(self._reason(item, codes) for item in reasons)
        return found

    def _reason(self, item: Node, codes: set[str]) -> tuple[str, ...]:
        written = text_in(item, self.problems, what="a reason") or ""
        names = tuple(part.strip() for part in written.split("+"))
        for name in names:
            self._known_group(item, name, also=(*READ_FROM_TEXT, *codes))
        return names

    def _words(self, section: Section) -> dict[str, dict[str, tuple[str, ...]]]:
        node = section.mapping("words")
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for name, (key, value) in (node.entries if node else {}).items():
            if name in READ_FROM_TEXT:
                message = f"{name!r} is found by the reader; no words can define it"
                self.problems.add(key, "taken_name", message, "give the group another name")
            languages = Section(
                mapping_in(value, self.problems, what=f"{name!r}") or MapNode("", 1, 1),
                self.problems,
                what="a word group",
                known=LANGUAGES,
            )
            found[name] = {said: self._phrases(languages, said) for said in LANGUAGES}
        return found

    def _examples(
        self, node: MapNode | None, codes: set[str]
    ) -> dict[str, dict[str, tuple[str, ...]]]:
        found = {}
        for code, (key, value) in (node.entries if node else {}).items():
            self._known_code(key, code, codes)
            languages = self._section(value, "examples", LANGUAGES)
            found[code] = {said: self._phrases(languages, said) for said in LANGUAGES}
        return found

    def _speaks_for(self, node: MapNode | None, codes: set[str]) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = {}
        for group, (key, value) in (node.entries if node else {}).items():
            self._known_group(key, group, also=(*READ_FROM_TEXT, ANY_REQUEST))
            points = mapping_in(value, self.problems, what=f"{group!r}")
            found[group] = {}
            for code, (at, number) in (points.entries if points else {}).items():
                self._known_code(at, code, codes)
                said = number_in(number, self.problems, what="the points for a request type")
                found[group][code] = float(said or 0)
        return found

    def _phrases(self, section: Section, language: str) -> tuple[str, ...]:
        found = []
        for item in section.items(language):
            phrase = text_in(item, self.problems, what="a phrase")
            if phrase is not None and not plain_words(phrase):
                message = f"{phrase!r} has no word in it"
                self.problems.add(item, "no_words", message, "write at least one word")
            elif phrase is not None:
                found.append(phrase)
        return tuple(found)

    def _codes(self, section: Section, key: str, codes: set[str]) -> frozenset[str]:
        found = self._texts(section, key)
        for item, code in zip(section.items(key), found, strict=False):
            self._known_code(item, code, codes)
        return frozenset(found)

    def _known_code(self, at: Node, code: str, codes: set[str]) -> None:
        if code not in codes:
            message = f"there is no request type {code!r}"
            self.problems.add(at, "unknown_request_type", message, did_you_mean(code, codes))

    def _known_group(self, at: Node, name: str, also: tuple[str, ...] = ()) -> None:
        if name not in self.groups and name not in also:
            message = f"there is no word group {name!r}"
            mend = did_you_mean(name, (*self.groups, *also)) or "add it under `words`"
            self.problems.add(at, "unknown_words", message, mend)

    def _section(self, item: Node, what: str, known: tuple[str, ...]) -> Section:
        node = mapping_in(item, self.problems, what=what) or MapNode(
            item.file, item.line, item.column
        )
        return Section(node, self.problems, what=what, known=known)

    def _needed(self, section: Section, key: str) -> str:
        section.required(key)
        return section.text(key) or ""

    def _texts(self, section: Section, key: str) -> tuple[str, ...]:
        said = (text_in(item, self.problems, what=f"{key!r}") for item in section.items(key))
        return tuple(text for text in said if text is not None)

    def _lists(self, node: MapNode | None) -> dict[str, tuple[str, ...]]:
        found = {}
        entries: Mapping[str, tuple[Node, Node]] = node.entries if node else {}
        for name, (_, value) in entries.items():
            said = (
                text_in(item, self.problems, what=f"{name!r}")
                for item in items_in(value, self.problems, what=f"{name!r}")
            )
            found[name] = tuple(text for text in said if text is not None)
        return found
