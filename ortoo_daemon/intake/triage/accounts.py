"""Which rooftop does a request concern, and how sure is that?"""

from collections.abc import Sequence
from dataclasses import replace

from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.model import AccountCandidate, Basis, Evidence
from ortoo_daemon.intake.triage.sites import SiteMention
from ortoo_daemon.intake.triage.writers import Writer

BOUND = 0.8
"""An account is given from this confidence on; below it a person decides."""

_ONE_OF_SEVERAL = 0.55
_WRITERS_OWN_OF_SEVERAL = 0.85
_CONTRADICTED = 0.6
_BESIDE_A_SISTER = 0.82
_OUTVOTED = 0.85
_BY_THE_WAY = 0.7
_RIVALLED = 0.75
_TIPPED = 0.86
_STRONG = frozenset({"address", "name", "old", "mark", "place", "street"})


class Chooser:
    """Turns what a request's sentences mean into accounts, for one mail."""

    def __init__(
        self, index: DealerIndex, writer: Writer, people: frozenset[str] = frozenset()
    ) -> None:
        """``people``: the rooftops whose people the request names."""
        self.index = index
        self.writer = writer
        self.people = people

    def accounts(
        self,
        sites: Sequence[SiteMention],
        brands: Sequence[str],
        evidence: dict[SiteMention, Evidence],
        *,
        writers_own: bool,
    ) -> list[tuple[AccountCandidate, ...]]:
        """One list of candidates, best first, for each rooftop that is meant; never empty."""
        slip = self._slip(sites, evidence, writers_own=writers_own)
        if slip:
            return [slip]
        sites = [site for site in sites if not site.weak] or sites
        doubted = self._doubted(sites, evidence, brands, writers_own=writers_own)
        if doubted:
            return [self._tipped(doubted, brands)]
        meant = self._chosen(sites, writers_own=writers_own)
        found: list[tuple[AccountCandidate, ...]] = []
        for site in meant:
            candidates = self._of_site(site, brands, evidence)
            if candidates and not any(
                candidates[0].account_id == known[0].account_id for known in found
            ):
                found.append(candidates)
        sure = [candidates for candidates in found if candidates[0].confidence >= BOUND]
        if sure:
            return sure
        sister = () if writers_own else self._sister(sites, brands)
        return found[:1] or [sister or self._of_writer()]

    def of_all_sides(
        self, sites: Sequence[SiteMention], evidence: dict[SiteMention, Evidence]
    ) -> list[tuple[AccountCandidate, ...]]:
        """The writer's own rooftop and the sisters, of whom a person decides which is meant."""
        sides = self._each(sites, evidence, _CONTRADICTED)
        return [(*self._of_writer(_CONTRADICTED), *sides)]

    def _doubted(
        self,
        sites: Sequence[SiteMention],
        evidence: dict[SiteMention, Evidence],
        brands: Sequence[str],
        *,
        writers_own: bool,
    ) -> tuple[AccountCandidate, ...]:
        """Where what the mail says contradicts itself, the candidates of all sides; else none.

        A writer who asks without naming a rooftop, and names a sister afterwards, compares; one who names
        a sister in the subject alone means the one or the other: nobody can tell.
        """
        own = self.writer.account
        if own is None and sites and self.writer.by_address and all(s.weak for s in sites):
            return self._each(sites, evidence, _BY_THE_WAY)
        away = [site for site in sites if own is not None and own not in site.accounts]
        if own is None or writers_own or not sites or len(away) < len(sites):
            return ()
        if any(site.own for site in sites):
            return ()
        if all(site.after for site in sites):
            return self._sister(sites, brands) or self._of_writer(_BESIDE_A_SISTER)
        if all(site.weak for site in sites):
            return (*self._of_writer(_CONTRADICTED), *self._each(away, evidence, _CONTRADICTED))
        if all(said.what == "subject" for site in sites for said in _said(evidence, site)):
            return (*self._of_writer(_CONTRADICTED), *self._each(away, evidence, _CONTRADICTED))
        return ()

    def _tipped(
        self, doubted: tuple[AccountCandidate, ...], brands: Sequence[str]
    ) -> tuple[AccountCandidate, ...]:
        """Of candidates that speak against one another, the only one that sells the brand spoken of, or
        whose people are named; none where the two tell different ones."""
        if len(doubted) < 2:
            return doubted
        selling = self._selling(frozenset(one.account_id for one in doubted), brands)
        peopled = self.people & {one.account_id for one in doubted}
        told = [each for each in (selling, peopled) if len(each) == 1]
        if not told or len(frozenset().union(*told)) > 1:
            return doubted
        best = next(one for one in doubted if one.account_id in told[0])
        others = (one for one in doubted if one is not best)
        return (replace(best, confidence=_TIPPED), *others)

    def _selling(self, accounts: frozenset[str], brands: Sequence[str]) -> frozenset[str]:
        return frozenset(a for a in accounts if set(brands) & set(self.index.dealers[a].brands))

    def _sister(
        self, sites: Sequence[SiteMention], brands: Sequence[str]
    ) -> tuple[AccountCandidate, ...]:
        """A sister whose people are named beside her town or a brand that the writer's own does not sell."""
        own = self.writer.account
        pool = self.writer.pool
        if own is None or pool is None or len(self.people) != 1 or own in self.people:
            return ()
        (sister,) = self.people
        named = any(site.accounts == self.people for site in sites)
        sold = (
            not self._selling(frozenset({own}), brands)
            and self._selling(pool, brands) == self.people
        )
        if not (named or sold):
            return ()
        return (self._candidate(sister, _TIPPED, Basis.NAME, ()), *self._of_writer(_CONTRADICTED))

    def _slip(
        self,
        sites: Sequence[SiteMention],
        evidence: dict[SiteMention, Evidence],
        *,
        writers_own: bool,
    ) -> tuple[AccountCandidate, ...]:
        """Where a code belongs to none of the rooftops named beside it; else none.

        Of a code that the writer is not sure of (*I think*) the name stands; else what the writer's own
        rooftop agrees with; else a person decides. Who asks for themselves whatever they name means their
        own code.
        """
        numbers = [site for site in sites if site.kind == "number"]
        named = [site for site in sites if site.kind in _STRONG and not site.after]
        coded = _accounts(numbers)
        said = _accounts(named)
        if not coded or not said or coded & said:
            return ()
        own = self.writer.account
        if writers_own and own in coded:
            return ()
        if own not in said and len(said) == 1 and all(site.hedged for site in numbers):
            own = next(iter(said))
        if own in said and own not in coded and not writers_own:
            return tuple(
                self._candidate(own, _OUTVOTED, site.basis, _said(evidence, site))
                for site in named
                if own in site.accounts
            )[:1]
        return self._each([*named, *numbers], evidence, _CONTRADICTED)

    def _each(
        self,
        sites: Sequence[SiteMention],
        evidence: dict[SiteMention, Evidence],
        confidence: float,
    ) -> tuple[AccountCandidate, ...]:
        found = {
            account: self._candidate(account, confidence, site.basis, _said(evidence, site))
            for site in sites
            for account in sorted(site.accounts)
        }
        return tuple(found.values())

    def _chosen(self, sites: Sequence[SiteMention], *, writers_own: bool) -> Sequence[SiteMention]:
        numbers = [site for site in sites if site.kind == "number"]
        if numbers:
            return numbers
        if not writers_own:
            return sites
        labels = [site for site in sites if site.labels]
        account = self.writer.account
        if labels or account is None:
            return labels[:1] or _rivals(sites)
        return [site for site in sites if account in site.accounts][:1]

    def _of_site(
        self, site: SiteMention, brands: Sequence[str], evidence: dict[SiteMention, Evidence]
    ) -> tuple[AccountCandidate, ...]:
        said = _said(evidence, site)
        basis = site.basis
        accounts = site.accounts
        own = self.writer.account
        rivals = site.rivals | {own} if site.us and own is not None else site.rivals
        rivalled = rivals and own not in accounts
        confidence = min(site.confidence, _RIVALLED) if rivalled else site.confidence
        if len(accounts) > 1:
            fitting = self._selling(accounts, brands)
            if len(fitting) == 1:
                accounts, basis, confidence = fitting, Basis.BRAND_IN_CITY, 0.92
            elif self.writer.account in accounts:
                accounts = frozenset({self.writer.account}) if self.writer.account else accounts
                confidence = _WRITERS_OWN_OF_SEVERAL
            elif len(self.people & accounts) == 1:
                accounts, confidence = self.people & accounts, _TIPPED
            else:
                confidence = _ONE_OF_SEVERAL
        others = sorted(rivals - accounts) if rivalled else []
        return tuple(
            self._candidate(account, confidence, basis, said)
            for account in (*sorted(accounts), *others)
        )

    def _of_writer(self, at_most: float = 1.0) -> tuple[AccountCandidate, ...]:
        writer = self.writer
        if writer.account is not None:
            sure = min(at_most, writer.confidence)
            return (self._candidate(writer.account, sure, writer.basis, writer.evidence),)
        pool = sorted(writer.pool or ())
        share = min(_ONE_OF_SEVERAL, 1 / len(pool)) if pool else 0.0
        return tuple(self._candidate(a, share, Basis.NONE, writer.evidence) for a in pool)

    def _candidate(
        self, account: str, confidence: float, basis: Basis, evidence: tuple[Evidence, ...]
    ) -> AccountCandidate:
        return AccountCandidate(
            account_id=account,
            name=self.index.dealers[account].name,
            confidence=round(confidence, 3),
            basis=basis,
            evidence=evidence,
        )


def _accounts(sites: Sequence[SiteMention]) -> frozenset[str]:
    return frozenset().union(*(site.accounts for site in sites))


def _rivals(sites: Sequence[SiteMention]) -> Sequence[SiteMention]:
    """The first, of whom nobody can tell whether one of the others is meant."""
    others = _accounts(sites)
    return [replace(site, rivals=others - site.accounts) for site in sites[:1]]


def _said(evidence: dict[SiteMention, Evidence], site: SiteMention) -> tuple[Evidence, ...]:
    return (evidence[site],) if site in evidence else ()
