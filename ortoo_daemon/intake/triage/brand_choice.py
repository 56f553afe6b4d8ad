"""Which brand does a request concern: that of the vehicle spoken of, else the rooftop's only one?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ortoo_daemon.intake.triage.brands import (
    NO_BRAND_OF_OURS,
    BrandMention,
    brand_scores,
    maker_brand,
)
from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.findings import Finding
from ortoo_daemon.intake.triage.taxonomy import Taxonomy

_ENOUGH = 2.0
_AS_GOOD = 0.6
_ASKS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandChoice:
    """For one mail. ``pool`` are the rooftops that its writer may mean."""

    taxonomy: Taxonomy
    index: DealerIndex
    pool: frozenset[str] | None
    subject: Finding | None

    def spoken_of(self, findings: Iterable[Finding], vins: Sequence[str]) -> list[str]:
        """Brands of ours that the sentences speak of, the strongest first."""
        scores = self._scores(findings, vins, self._likely(self.pool or ()))
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        return [brand for brand, _ in ranked if brand != NO_BRAND_OF_OURS]

    def of(
        self,
        findings: Sequence[Finding],
        vins: Sequence[str],
        account: str | None,
        kind: str | None,
    ) -> str | None:
        """The brand of a request about this rooftop; None where there is none, or several."""
        own = self.index.dealers[account].brands if account else self._of_the_house()
        if kind in self.taxonomy.writer_speaks_for_itself and len(own) == 1:
            return own[0]
        likely = frozenset(own) or self._likely(self.pool or ())
        scores = self._asked_for(findings, vins, kind, likely)
        if kind not in self.taxonomy.about_vehicles and len(own) == 1:
            cars = self._brands_of_cars(findings, vins)
            scores = {b: points for b, points in scores.items() if b == own[0] or b in cars}
        if not scores and self.subject is not None:
            said = self._scores([self.subject], (), likely)
            scores = {brand: points for brand, points in said.items() if not own or brand in own}
        plain = {b: points for b, points in scores.items() if points >= _ENOUGH}
        brand = _first_of(plain, own) or self._of_the_subject(plain, likely)
        if brand == NO_BRAND_OF_OURS:
            return None
        return brand or (own[0] if len(own) == 1 else None)

    def _asked_for(
        self,
        findings: Sequence[Finding],
        vins: Sequence[str],
        kind: str | None,
        likely: frozenset[str],
    ) -> dict[str, float]:
        """What the sentences speak of that ask for this kind; where those name no brand, all of them."""
        asking = [found for found in findings if kind and found.scores.get(kind, 0.0) >= _ASKS]
        scores = self._scores(asking, vins, likely)
        if any(points >= _ENOUGH for points in scores.values()):
            return scores
        return self._scores(findings, vins, likely)

    def _brands_of_cars(self, findings: Iterable[Finding], vins: Iterable[str]) -> set[str | None]:
        """Told by model or VIN. In what concerns no car a bare name may be a sister's (*the Ford store*)."""
        models = {
            mention.brand
            for finding in findings
            for mention in finding.brands
            if mention.kind in {"model", "loose_model"}
        }
        return models | {maker_brand(vin, self.taxonomy) for vin in vins}

    def _of_the_house(self) -> tuple[str, ...]:
        """The one brand of all rooftops that a known writer may mean, whichever of them it is."""
        brands = {self.index.dealers[account].brands for account in self.pool or ()}
        only = next(iter(brands)) if len(brands) == 1 else ()
        return only if len(only) == 1 else ()

    def _of_the_subject(self, scores: dict[str, float], likely: frozenset[str]) -> str | None:
        """Where the text speaks of several brands alike, the one that the subject names."""
        if len(scores) < 2 or self.subject is None:
            return None
        named = self._scores([self.subject], (), likely)
        both = [brand for brand in scores if named.get(brand, 0.0) >= _ENOUGH]
        return both[0] if len(both) == 1 else None

    def _scores(
        self, findings: Iterable[Finding], vins: Sequence[str], likely: frozenset[str]
    ) -> dict[str, float]:
        mentions = [
            mention
            for finding in findings
            for mention in finding.brands
            if not self._is_a_place(mention, finding)
        ]
        return dict(brand_scores(mentions, vins, self.taxonomy, likely))

    def _is_a_place(self, mention: BrandMention, finding: Finding) -> bool:
        """Whether what is nearly a model is a town or a name of ours: *Fremont* is no Freemont."""
        said = finding.words[mention.first : mention.last + 1]
        if all(word.text in self.taxonomy.brand_words for word in said):
            return False
        return any(site.first <= mention.first <= site.last for site in finding.sites)

    def _likely(self, accounts: Iterable[str]) -> frozenset[str]:
        return frozenset(b for a in accounts for b in self.index.dealers[a].brands)


def _first_of(scores: dict[str, float], own: Sequence[str]) -> str | None:
    """The brand most spoken of; of equal ones the rooftop's; None where several say the same."""
    if not scores:
        return None
    most = max(scores.values())
    best = sorted(brand for brand, points in scores.items() if points >= most - _AS_GOOD)
    owned = [brand for brand in best if brand in own]
    if len(best) == 1:
        return best[0]
    return owned[0] if len(owned) == 1 else None
