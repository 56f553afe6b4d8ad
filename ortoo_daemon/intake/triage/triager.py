"""What does this e-mail ask for? Reading and understanding together, for one directory and taxonomy."""

from collections.abc import Iterable
from dataclasses import dataclass

from ortoo_daemon.intake.mail.codes import DealerCodes
from ortoo_daemon.intake.mail.model import Mail, MailReading
from ortoo_daemon.intake.mail.reading import read_mail
from ortoo_daemon.intake.triage.dealer_index import DealerIndex
from ortoo_daemon.intake.triage.dealers import Dealer
from ortoo_daemon.intake.triage.learning import Learned, learned_from
from ortoo_daemon.intake.triage.model import Triage
from ortoo_daemon.intake.triage.taxonomy import Taxonomy
from ortoo_daemon.intake.triage.triage import triage_mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """An e-mail as it was read, and what it asks for."""

    mail: Mail
    reading: MailReading
    triage: Triage


@dataclass(frozen=True, slots=True, kw_only=True)
class Triager:
    """Built once; its indexes grow with use, so keep it. Some hundred mails a second."""

    index: DealerIndex
    taxonomy: Taxonomy
    codes: DealerCodes
    learned: Learned

    @classmethod
    def of(cls, dealers: Iterable[Dealer], taxonomy: Taxonomy) -> "Triager":
        """For these rooftops, open and closed ones."""
        index = DealerIndex(dealers, place_names=taxonomy.place_names)
        codes = DealerCodes.of(dealer.code for dealer in index.dealers.values())
        return cls(index=index, taxonomy=taxonomy, codes=codes, learned=learned_from(taxonomy))

    def understand(self, mail: Mail) -> Understood:
        """Reads the mail and tells its requests. Takes any text and raises nothing."""
        reading = read_mail(mail, self.codes)
        found = triage_mail(reading, self.index, self.taxonomy, self.learned)
        return Understood(mail=mail, reading=reading, triage=found)
