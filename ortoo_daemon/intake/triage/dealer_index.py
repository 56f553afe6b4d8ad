"""By which words, addresses and numbers is each rooftop known?

Built once for a directory. Words are looked for all at once: names and former names, what tells sites of
one group apart (``marks``), towns, streets, groups, people. What a hit means depends on who writes, and
is decided elsewhere.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from ortoo_daemon.intake.triage.dealer_names import (
    former_forms,
    name_forms,
    one_word_name,
    runs,
    spoken,
    street_forms,
    street_name,
    telling_words,
    without_kind,
)
from ortoo_daemon.intake.triage.dealers import Dealer
from ortoo_daemon.intake.triage.lookalikes import alike
from ortoo_daemon.intake.triage.ordinary_words import DIRECTIONS, GENERIC, STREET_WORDS
from ortoo_daemon.intake.triage.phrases import PhraseBook
from ortoo_daemon.intake.triage.states import state_name
from ortoo_daemon.intake.triage.words import plain_words

PHONE_DIGITS = 8
"""So many last digits tell numbers apart, however they are written."""

_SHORTEST_PART = 5


class DealerIndex:
    """The directory as triage searches it."""

    def __init__(
        self,
        dealers: Iterable[Dealer],
        *,
        place_names: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.dealers: dict[str, Dealer] = {dealer.account_id: dealer for dealer in dealers}
        self._place_names = {
            plain_words(town): names for town, names in (place_names or {}).items()
        }

    @cached_property
    def groups(self) -> Mapping[str, frozenset[str]]:
        """Account ids by group; a rooftop that stands alone is a group of its own."""
        found: dict[str, set[str]] = defaultdict(set)
        for dealer in self.dealers.values():
            found[self.group_of(dealer.account_id)].add(dealer.account_id)
        return {group: frozenset(ids) for group, ids in found.items()}

    def group_of(self, account_id: str) -> str:
        """The group's name, or the account's id where there is none."""
        return self.dealers[account_id].group or account_id

    def pool_of(self, account_id: str) -> frozenset[str]:
        """The rooftops of the same group, itself among them."""
        return self.groups[self.group_of(account_id)]

    def words_of(self, account_id: str) -> frozenset[str]:
        """The words of its name and address: what may stand behind its name."""
        dealer = self.dealers[account_id]
        said = f"{dealer.name} {dealer.street} {dealer.city} {dealer.state} {dealer.country}"
        return frozenset(plain_words(said)).union(*map(set, self._places(dealer)))

    @cached_property
    def by_email(self) -> Mapping[str, frozenset[str]]:
        """Account ids by the address of a contact."""
        return _index(
            (contact.email, dealer.account_id)
            for dealer in self.dealers.values()
            for contact in dealer.contacts
        )

    @cached_property
    def by_domain(self) -> Mapping[str, frozenset[str]]:
        """Account ids by domain."""
        return _index((name, d.account_id) for d in self.dealers.values() for name in d.domains)

    @cached_property
    def by_code(self) -> Mapping[str, str]:
        """Account id by dealer code, without punctuation and in upper case."""
        return {code_key(d.code): d.account_id for d in self.dealers.values() if d.code}

    @cached_property
    def namesakes(self) -> Mapping[str, frozenset[str]]:
        """By account id, every rooftop whose name is taken for its own; itself too."""
        return alike(self.dealers.values())

    @cached_property
    def mailbox_names(self) -> Mapping[str, frozenset[str]]:
        """By account id, what its mailboxes may be called: towns and what tells it apart, in one word."""
        return {
            account: frozenset(
                "".join(words) for words in (*self._places(dealer), *self._marks(dealer))
            )
            for account, dealer in self.dealers.items()
        }

    @cached_property
    def by_phone(self) -> Mapping[str, frozenset[str]]:
        """Account ids by the last digits of the numbers of rooftops and their people."""
        numbers = (
            (number, dealer.account_id)
            for dealer in self.dealers.values()
            for number in (dealer.phone, *(contact.phone for contact in dealer.contacts))
        )
        return _index((phone_key(number), account) for number, account in numbers)

    @cached_property
    def book(self) -> PhraseBook:
        """What rooftops are called, by ``kind:key``; ``meanings`` says whom each key means."""
        return PhraseBook(self._phrases)

    @cached_property
    def meanings(self) -> Mapping[str, frozenset[str]]:
        """Account ids by the name of a phrase."""
        return _index(self._terms_by_account())

    @cached_property
    def _phrases(self) -> Mapping[str, list[str]]:
        return {name: spoken(*name.split(":", 1)) for name in self.meanings}

    def _terms_by_account(self) -> Iterator[tuple[str, str]]:
        for dealer in self.dealers.values():
            for kind, words in self._terms(dealer):
                if words and any(len(word) > 1 for word in words):
                    yield f"{kind}:{' '.join(words)}", dealer.account_id

    def _terms(self, dealer: Dealer) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name in name_forms(dealer.name):
            if self._is_telling(name, dealer):
                yield "name", name
        for former in dealer.former_names:
            yield from (("old", form) for form in former_forms(former) if len(form) > 1)
            yield from (("old_word", (word,)) for word in telling_words(former, dealer))
            alone = one_word_name(former)
            if alone and not self._is_town(alone):
                yield "old", alone
        yield from (("part", (word,)) for word in self._rare_words(dealer))
        for place in self._places(dealer):
            yield "place", place
        yield from self._states(dealer)
        for mark in self._marks(dealer):
            yield "mark", mark
        street = street_name(dealer.street)
        if street and not self._is_town(street):
            yield from (("street", form) for form in street_forms(street))
        if dealer.street and street:
            yield "address", plain_words(dealer.street)
        for group in self._group_forms(dealer):
            yield "group", group
        for banner in self._banners(dealer):
            yield "group", banner
        for contact in dealer.contacts:
            name = plain_words(contact.name)
            if len(name) > 1:
                yield "person", name
                yield "person", (*name[1:], name[0])

    @cached_property
    def _brand_words(self) -> frozenset[str]:
        return frozenset(
            word for d in self.dealers.values() for brand in d.brands for word in plain_words(brand)
        ) | {"vauxhall", "cupra", "mercedes", "vw"}

    @cached_property
    def _towns(self) -> frozenset[tuple[str, ...]]:
        return frozenset(place for d in self.dealers.values() for place in self._places(d))

    def _is_town(self, words: tuple[str, ...]) -> bool:
        return words in self._towns

    @cached_property
    def _shared_words(self) -> Mapping[str, frozenset[str]]:
        """The words that half of a group's names have in common, and those of its own name."""
        found = {}
        for group, ids in self.groups.items():
            seen = Counter(w for i in ids for w in set(plain_words(self.dealers[i].name)))
            towns = {word for i in ids for word in plain_words(self.dealers[i].city)}
            shared = {w for w, n in seen.items() if len(ids) > 1 and n * 2 >= len(ids)} - towns
            found[group] = frozenset(shared | set(plain_words(self._group_name(ids))))
        return found

    def _group_name(self, ids: frozenset[str]) -> str:
        return next((self.dealers[i].group for i in ids), "")

    def _is_telling(self, name: tuple[str, ...], dealer: Dealer) -> bool:
        """Whether a name says more than the group, the brand and what many are called."""
        if not dealer.group:
            return len(name) > 1
        shared = self._shared_words[dealer.group]
        return bool(set(name) - GENERIC - self._brand_words - shared) and len(name) > 1

    def _rare_words(self, dealer: Dealer) -> Iterator[str]:
        """Single words of its names by which, beside its town, people know it: ``Janssen in Venlo``."""
        for name in (dealer.name, *dealer.former_names):
            for word in dict.fromkeys(plain_words(name)):
                ordinary = word in GENERIC or word in DIRECTIONS or word in self._brand_words
                if len(word) >= _SHORTEST_PART and not ordinary and not self._is_town((word,)):
                    yield word

    def _places(self, dealer: Dealer) -> Iterator[tuple[str, ...]]:
        town = plain_words(dealer.city)
        if not town:
            return
        yield town
        for name in self._place_names.get(town, ()):
            yield plain_words(name)
        bare = tuple(word for word in town if word not in GENERIC)
        if not bare or len(bare[0]) <= 4 or bare[0] in {"saint", "sainte", "santa"}:
            return
        if len(town) > 2 or self._first_words[bare[0]] > 1:
            yield bare[:1]

    def _states(self, dealer: Dealer) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The name of its state; the code only behind the town, for it may be a word (*in*, *or*, *me*)."""
        town, state = plain_words(dealer.city), plain_words(dealer.state)
        if town and state:
            yield "state", plain_words(state_name(dealer.state, dealer.country))
            yield "place", (*town, *state)

    @cached_property
    def _first_words(self) -> Counter[str]:
        """How many towns have a first word in common: by it alone nobody knows which is meant."""
        towns = {plain_words(dealer.city) for dealer in self.dealers.values()}
        return Counter(town[0] for town in towns if town)

    def _marks(self, dealer: Dealer) -> Iterator[tuple[str, ...]]:
        if not dealer.group:
            return
        shared = self._shared_words[dealer.group]
        town = set(plain_words(dealer.city))
        skipped = shared | self._brand_words | town | (GENERIC - DIRECTIONS)
        for run in runs(plain_words(dealer.name), skipped):
            bare = tuple(word for word in run if word not in STREET_WORDS)
            if len(run) > 1:
                yield run
            for word in bare:
                single = (word,)
                if len(word) > 2 and not self._is_town(single):
                    yield single

    def _group_forms(self, dealer: Dealer) -> Iterator[tuple[str, ...]]:
        if not dealer.group:
            return
        whole = plain_words(dealer.group)
        yield whole
        yield without_kind(whole)
        for form in (whole, self._shared_run(dealer)):
            bare = tuple(
                w for w in form if w not in GENERIC and w not in self._brand_words and len(w) > 1
            )
            if bare and not self._is_town(bare):
                yield bare
        ordinary = GENERIC | DIRECTIONS | self._brand_words
        for word in self._shared_run(dealer):
            if (
                word in whole
                and len(word) > 4
                and word not in ordinary
                and not self._is_town((word,))
            ):
                yield (word,)

    def _banners(self, dealer: Dealer) -> Iterator[tuple[str, ...]]:
        """Under which names some of a group trade: the first words, two at least, of several names."""
        words = plain_words(dealer.name)
        alike = [plain_words(self.dealers[i].name) for i in self.pool_of(dealer.account_id)]
        for length in range(2, len(words)):
            first = words[:length]
            if sum(name[:length] == first for name in alike) < 2:
                return
            if set(first) - GENERIC - DIRECTIONS - self._brand_words and not self._names_a_town(
                first
            ):
                yield first

    def _names_a_town(self, words: tuple[str, ...]) -> bool:
        return any(self._is_town(words[at:]) for at in range(len(words)))

    def _shared_run(self, dealer: Dealer) -> tuple[str, ...]:
        shared = self._shared_words[self.group_of(dealer.account_id)]
        return tuple(dict.fromkeys(w for w in plain_words(dealer.name) if w in shared))


def code_key(code: str) -> str:
    """A dealer code without punctuation, in upper case."""
    return re.sub(r"[^0-9A-Za-z]", "", code).upper()


def phone_key(number: str) -> str:
    """The last digits of a phone number, by which it is compared."""
    return re.sub(r"\D", "", number)[-PHONE_DIGITS:]


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, account in pairs:
        if key:
            found[key].add(account)
    return {key: frozenset(accounts) for key, accounts in found.items()}
