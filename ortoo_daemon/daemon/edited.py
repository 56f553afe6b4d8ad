"""What is in use of files that are edited while the daemon runs, and what of them was refused?

An edit is known by a digest of its content. One that is wrong is judged once for each revision of the
policies: what they need may make it right, or wrong. Taking an edit up, and telling of it, is the caller's.
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Edited:
    """``in_use`` is the digest of what is in use; ``why`` says what is wrong with what is not, "" when all
    is."""

    in_use: str
    why: str = ""
    _refused: tuple[str, str] | None = field(init=False, default=None)

    def is_restored(self, digest: str) -> bool:
        """Whether what was refused has just given way to what is in use."""
        if digest != self.in_use or self._refused is None:
            return False
        self._refused, self.why = None, ""
        return True

    def is_new(self, digest: str, revision: str) -> bool:
        """Whether nobody has judged this yet under these policies."""
        return digest != self.in_use and (digest, revision) != self._refused

    def refuse(self, digest: str, revision: str, why: str) -> bool:
        """It can't be used. Whether that is said of this content for the first time."""
        first = self._refused is None or self._refused[0] != digest
        self._refused, self.why = (digest, revision), why
        return first

    def take(self, digest: str) -> None:
        """It is in use from now on."""
        self.in_use, self._refused, self.why = digest, None, ""
