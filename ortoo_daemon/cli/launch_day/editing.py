"""What does an admin do to the policies while the day goes on? A slip of the finger, and its mending.

Only the demo's own copy of the policies is edited, never the files it was made of.
"""

import re
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ortoo_daemon.daemon.loading.policy_files import read_policy_files
from ortoo_daemon.daemon.yaml_settings import read_mapping
from ortoo_daemon.policy.load import is_policy_file, load
from ortoo_daemon.policy.nodes import Scalar

_USUAL_FOLDER = "policies"
_LEADS = re.compile(r"^object: *Lead\b", re.MULTILINE)
_RIGHT = re.compile(r"^ownership:", re.MULTILINE)
_SLIP = "onwership:"
_MENDED = "\n# Looked through on the launch day.\n"


class Stage(StrEnum):
    """How far the edit is."""

    GOOD = "good"
    WRONG = "wrong"
    MENDED = "mended"


@dataclass(slots=True, kw_only=True)
class Editing:
    """One edit of the policies in ``folder``. ``before`` and ``after`` are their revisions."""

    folder: Path
    stage: Stage = Stage.GOOD
    before: str = ""
    after: str = ""
    wrong_at: float = 0.0
    mended_at: float = 0.0
    _file: Path = Path()
    _text: str = ""

    def __post_init__(self) -> None:
        self.before = self._revision()
        self._file = _leads_file(self.folder)
        self._text = self._file.read_text(encoding="utf-8")

    def slip(self, at: float) -> None:
        """Save the policies with a word misspelt; ``at`` is the org's time."""
        wrong, count = _RIGHT.subn(_SLIP, self._text, count=1)
        self._file.write_text(wrong if count else f"{wrong}\n{_SLIP} {{}}\n", encoding="utf-8")
        self.stage, self.wrong_at = Stage.WRONG, at

    def mend(self, at: float) -> None:
        """Save them rightly; a remark tells the new files from those before."""
        self._file.write_text(self._text + _MENDED, encoding="utf-8")
        self.stage, self.mended_at = Stage.MENDED, at
        self.after = self._revision()

    def _revision(self) -> str:
        return load(read_policy_files(self.folder)).revision


def copy_policies(config: Path, to: Path) -> Path:
    """A copy of the settings' policies and tables, below the folder ``to``; where the policies are now."""
    named = read_mapping(config).get("policies")
    source = config.parent / (named.text if isinstance(named, Scalar) else _USUAL_FOLDER)
    copy = to / _USUAL_FOLDER
    shutil.copytree(source, copy)
    tables = source.parent / "tables"
    if tables.is_dir():
        shutil.copytree(tables, to / "tables")
    return copy


def _leads_file(folder: Path) -> Path:
    """The file of a policy for leads, else the first one."""
    texts = {
        file: file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*"))
        if is_policy_file(file.name)
    }
    of_leads = [file for file, text in texts.items() if _LEADS.search(text)]
    return (of_leads or list(texts))[0]
