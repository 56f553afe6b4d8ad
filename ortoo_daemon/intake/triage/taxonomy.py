"""Which words say what: brands, kinds of request, skills, urgency, in the words of an editable file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ortoo_daemon.intake.triage.phrases import PhraseBook
from ortoo_daemon.intake.triage.words import plain_words

SHORTEST_OF_OTHERS = 5
"""Single words of other languages than the mail's count from so many letters on."""

READ_FROM_TEXT = (
    "vin",
    "model",
    "brand",
    "amount",
    "two_amounts",
    "near_day",
    "campaign_code",
    "invoice_number",
    "order_number",
    "listing_number",
    "claim_number",
)
"""Word groups that no list of phrases defines: the reader finds them."""

ANY_REQUEST = "any_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A make of cars. What is ``loose`` is also a common word, and says something only in its place."""

    name: str
    desk: str
    written: tuple[str, ...]
    loose: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    loose_models: tuple[str, ...] = ()
    maker_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Word groups which, standing in one sentence, say ``weight`` for a kind of request."""

    groups: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestType:
    """A kind of request, what speaks for it, and the skill it needs."""

    code: str
    about: str
    skill: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillOverride:
    """Where ``when`` is spoken of, these kinds of request need another skill."""

    when: str
    request_types: frozenset[str]
    skill: str


@dataclass(frozen=True, kw_only=True)
class Taxonomy:
    """The file, read. ``words`` are phrases by group and language.

    ``urgency`` is asked in its order: by level, what makes it so, each a word group, several of them in one
    sentence, or with a kind of request. What makes others ``high`` does so for the kinds that
    ``nobody_waits_for`` only where it names them. ``examples`` are texts by kind of request and language.
    ``speaks_for`` has by word group how many points it gives each kind wherever it stands in a request, and
    below ``ANY_REQUEST`` what every request has to begin with.
    """

    brands: tuple[Brand, ...]
    request_types: tuple[RequestType, ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    other_brands: tuple[str, ...] = ()
    default_desk: str | None = None
    skill_overrides: tuple[SkillOverride, ...] = ()
    urgency: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    nobody_waits_for: frozenset[str] = frozenset()
    writer_speaks_for_itself: frozenset[str] = frozenset()
    place_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    examples: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    speaks_for: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def book(self, language: str) -> PhraseBook:
        """The phrases of every word group, by the group's name, for mail in one language.

        People mix languages, so phrases of the others count too, but not their short words: ``no`` and
        ``die`` mean something else elsewhere. For an unknown language ("") all of them count.
        """
        found = self._books.get(language)
        if found is None:
            chosen = {
                group: [p for spoken in by.items() for p in _understood(language, *spoken)]
                for group, by in self.words.items()
            }
            found = self._books[language] = PhraseBook(chosen)
        return found

    @cached_property
    def _books(self) -> dict[str, PhraseBook]:
        return {}

    @cached_property
    def brand_book(self) -> PhraseBook:
        """Brands and models, by ``kind:brand``: brand, loose, model, loose_model, other."""
        phrases: dict[str, tuple[str, ...]] = {"other:": self.other_brands}
        for brand in self.brands:
            phrases[f"brand:{brand.name}"] = (brand.name, *brand.written)
            phrases[f"loose:{brand.name}"] = brand.loose
            phrases[f"model:{brand.name}"] = brand.models
            phrases[f"loose_model:{brand.name}"] = brand.loose_models
        loose = {written.casefold() for brand in self.brands for written in brand.loose}
        kept = {
            name: [p for p in forms if not (name.startswith("brand:") and p.casefold() in loose)]
            for name, forms in phrases.items()
        }
        return PhraseBook(kept)

    @cached_property
    def brand_words(self) -> frozenset[str]:
        """The words of brands and models as they are rightly written, without case and accents."""
        names = (
            name
            for brand in self.brands
            for name in (
                brand.name,
                *brand.written,
                *brand.models,
                *brand.loose,
                *brand.loose_models,
            )
        )
        return frozenset(
            word for name in (*names, *self.other_brands) for word in plain_words(name)
        )

    @cached_property
    def makers(self) -> Mapping[str, str]:
        """Brand by the first three characters of a VIN."""
        return {code: brand.name for brand in self.brands for code in brand.maker_codes}

    @cached_property
    def about_vehicles(self) -> frozenset[str]:
        """Kinds of request that concern a car: a VIN or a model is one of their signs."""
        return frozenset(
            kind.code
            for kind in self.request_types
            if any({"vin", "model"} & set(sign.groups) for sign in kind.signs)
        )

    @cached_property
    def by_code(self) -> Mapping[str, RequestType]:
        """Kinds of request by code."""
        return {kind.code: kind for kind in self.request_types}

    @cached_property
    def desks(self) -> Mapping[str, str]:
        """Desk by brand."""
        return {brand.name: brand.desk for brand in self.brands}

    def skill(self, request_type: str | None, groups: frozenset[str]) -> str | None:
        """The skill for a kind of request in a text that speaks of these word groups."""
        for override in self.skill_overrides:
            if request_type in override.request_types and override.when in groups:
                return override.skill
        kind = self.by_code.get(request_type or "")
        return kind.skill if kind else None

    def urgency_of(self, kind: str | None, sentences: Iterable[frozenset[str]]) -> str:
        """``normal`` unless one of the sentences, given by what they speak of, makes it more or less."""
        named = frozenset({kind or ""})
        spoken = [groups | named for groups in sentences] or [named]
        for level, reasons in self.urgency.items():
            only_named = level == "high" and kind in self.nobody_waits_for
            for reason in reasons:
                if only_named and kind not in reason:
                    continue
                if any(groups.issuperset(reason) for groups in spoken):
                    return level
        return "normal"


def _understood(language: str, spoken: str, phrases: tuple[str, ...]) -> tuple[str, ...]:
    if not language or spoken in (language, "any"):
        return phrases
    return tuple(p for p in phrases if " " in p or len(p.strip("*")) >= SHORTEST_OF_OTHERS)
