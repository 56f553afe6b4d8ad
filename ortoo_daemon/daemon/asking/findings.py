"""What did a diagnosis find? One line: what was looked at, how it is, and how to mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    check: str
    passed: bool
    text: str
    mend: str = ""


def passed(check: str, text: str) -> Finding:
    return Finding(check=check, passed=True, text=text)


def failed(check: str, text: str, mend: str) -> Finding:
    return Finding(check=check, passed=False, text=text, mend=mend)
