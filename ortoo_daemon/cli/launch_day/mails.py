"""Which e-mails do dealers write on the launch day? With one request, with several, and replies of machines.

Same seed, same e-mails. The sentences stand in ``sentences.csv``, one row a kind of request; subjects in
``requests.csv``.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.resources import files
from random import Random
from typing import Any

from ortoo_daemon.cli.launch_day.catalogue import BRANDS
from ortoo_daemon.cli.launch_day.leads import WEB_FORMS, Arrival, Kind

_LANGUAGES = {"FR": "fr", "DE": "de", "ES": "es", "IT": "it", "GB": "en", "US": "en", "NL": "nl"}
_FRAMES = {
    "fr": ("Bonjour,", "En outre : ", "Cordialement,", "Demandes diverses"),
    "de": ("Guten Tag,", "Außerdem: ", "Mit freundlichen Grüßen", "Mehrere Anliegen"),
    "es": ("Buenos días:", "Además: ", "Un saludo,", "Varios asuntos"),
    "it": ("Buongiorno,", "Inoltre: ", "Cordiali saluti,", "Varie richieste"),
    "en": ("Hello,", "Besides: ", "Kind regards,", "Several requests"),
    "nl": ("Goedendag,", "Daarnaast: ", "Met vriendelijke groet,", "Meerdere verzoeken"),
}
"""Greeting, link, farewell, and the subject of a mail about several things."""

_AWAY = {
    "fr": ("Absence du bureau", "Je suis absent du bureau jusqu'au 30 novembre."),
    "de": ("Abwesenheitsnotiz", "Ich bin bis zum 30. November nicht im Büro."),
    "es": ("Fuera de la oficina", "Estoy fuera de la oficina hasta el 30 de noviembre."),
    "it": ("Fuori ufficio", "Sono fuori ufficio fino al 30 novembre."),
    "en": ("Out of office", "I am out of the office until 30 November."),
    "nl": ("Afwezigheid", "Ik ben tot 30 november niet op kantoor."),
}
_AWAY_UNTIL, _SEVERAL_UNTIL, _STRANGER_UNTIL = 0.05, 0.25, 0.31
"""Up to these chances a mail is an automatic reply, has several requests, comes from nobody we know."""

_OURS = {
    "fr": "notre site",
    "de": "unserem Haus",
    "es": "nuestra sede",
    "it": "la nostra sede",
    "en": "our site",
    "nl": "onze vestiging",
}
"""What somebody writes who thinks that everyone knows them: no rooftop can be told."""

_VINS = {
    "Renault": "VF1RJK00268504312",
    "Peugeot": "VR3USHNSSMJ504417",
    "Volkswagen": "WVWZZZCDZMW104468",
    "BMW": "WBA5V51000FJ60481",
}
_ANY_VIN = "VF1RJK00268504312"

Dealer = Mapping[str, Any]


def mail_arrivals(count: int, *, dealers: Sequence[Dealer], dice: Random) -> list[Arrival]:
    """``count`` cases that came by e-mail, in the order of their arrival."""
    writer = _Writer(dealers, dice)
    return [writer.arrival(number) for number in range(count)]


class _Writer:
    """Writes for dealers who are open and have somebody to write."""

    def __init__(self, dealers: Sequence[Dealer], dice: Random) -> None:
        self.dice = dice
        self.active = [d for d in dealers if d["Status__c"] == "Active" and d["Contacts"]]
        self.groups: dict[str, list[Dealer]] = defaultdict(list)
        for dealer in self.active:
            self.groups[dealer["Group"]].append(dealer)
        self.sentences, self.subjects = _rows("sentences.csv"), _rows("requests.csv")

    def arrival(self, number: int) -> Arrival:
        dealer = self.dice.choice(self.active)
        chance = self.dice.random()
        stranger = _SEVERAL_UNTIL <= chance < _STRANGER_UNTIL
        if chance < _AWAY_UNTIL:
            subject, text = _AWAY[_language(dealer)]
            headers = "Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All"
        elif stranger:
            subject, text = self._told_by_stranger(dealer)
            headers = ""
        else:
            subject, text = self._said(dealer, several=chance < _SEVERAL_UNTIL)
            headers = ""
        contact = self.dice.choice(dealer["Contacts"])
        sender = f"post{number}@mail.example" if stranger else contact["Email"]
        signed = "" if stranger else f"{contact['Name']}\n{contact['Title']}\n{dealer['Name']}"
        greeting, _, farewell, _ = _FRAMES[_language(dealer)]
        body = f"{greeting}\n\n{text}\n\n{farewell}\n{signed}"
        row = {
            "attributes": {"type": "Case"},
            "Subject": subject,
            "Origin": "Email",
            "SuppliedEmail": sender,
            "SuppliedName": None if stranger else contact["Name"],
        }
        mail = {
            "attributes": {"type": "EmailMessage"},
            "Subject": subject,
            "FromAddress": sender,
            "FromName": None if stranger else contact["Name"],
            "ToAddress": "desk@ortoo.example",
            "TextBody": body,
            "Headers": headers,
            "Incoming": True,
            "MessageIdentifier": f"<launch.{number}.{self.dice.getrandbits(48):x}@mail.example>",
        }
        return Arrival(kind=Kind.CASE, user=WEB_FORMS, row=row, mail=mail)

    def _told_by_stranger(self, dealer: Dealer) -> tuple[str, str]:
        """One request that names no rooftop."""
        language, kind = _language(dealer), self.dice.choice(sorted(self.sentences))
        said = self._sentence(kind, dealer, language, site=_OURS[language])
        return self.subjects[kind][language], said

    def _said(self, dealer: Dealer, *, several: bool) -> tuple[str, str]:
        """Subject and text: one request, or two about two sites of a group."""
        language = _language(dealer)
        first, second = self.dice.sample(sorted(self.sentences), 2)
        said = self._sentence(first, dealer, language)
        if not several:
            return self.subjects[first][language], said
        others = [each for each in self.groups[dealer["Group"]] if each["Id"] != dealer["Id"]]
        other = self.dice.choice(others) if others and dealer["Group"] else dealer
        link, subject = _FRAMES[language][1], _FRAMES[language][3]
        return subject, f"{said}\n\n{link}{self._sentence(second, other, language)}"

    def _sentence(self, kind: str, dealer: Dealer, language: str, *, site: str = "") -> str:
        brand = self.dice.choice(dealer["Brands__c"])
        model = self.dice.choice(BRANDS[brand].models) if brand in BRANDS else brand
        site = site or f"{dealer['Name']} ({dealer['Dealer_Code__c']})"
        vin = _VINS.get(brand, _ANY_VIN)
        return self.sentences[kind][language].format(site=site, model=model, vin=vin)


def _language(dealer: Dealer) -> str:
    return _LANGUAGES[dealer["BillingCountryCode"]]


def _rows(name: str) -> dict[str, Mapping[str, str]]:
    """Kind of request → language → text."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    return {row.pop("request_type"): row for row in csv.DictReader(text.splitlines())}
