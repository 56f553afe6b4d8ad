"""May somebody else on this machine change what decides who gets which record?

Whoever may write the settings, policies, tables or templates, or the folders they lie in, decides for the
daemon. The key and other secrets are looked at when they are read.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from ortoo_daemon.daemon.asking.findings import Finding, failed, passed
from ortoo_daemon.daemon.settings import Settings

_CHECK = "files"
_MOST = 5_000
_NAMED = 3


def about_files(settings: Settings, config: Path) -> Finding:
    """One finding for all files; links are looked at where they lead."""
    folders = [settings.folder, settings.path(settings.policies), settings.path(settings.templates)]
    files = [config, settings.path(settings.directory)]
    open_ones = list(_open_to_others(islice(_below(folders, files), _MOST)))
    if not open_ones:
        return passed(_CHECK, f"{settings.folder}: nobody else on this machine may change them")
    some = ", ".join(open_ones[:_NAMED]) + (" …" if len(open_ones) > _NAMED else "")
    text = f"other users of this machine may change what is decided: {some}"
    return failed(_CHECK, text, f"chmod -R o-w {settings.folder}, and chown what is not yours")


def _below(folders: Iterable[Path], files: Iterable[Path]) -> Iterator[Path]:
    seen = set()
    for each in (*files, *folders):
        if each.is_dir():
            found = (each, *(path for path in sorted(each.rglob("*")) if ".git" not in path.parts))
        else:
            found = (each,)
        for path in found:
            if path not in seen:
                seen.add(path)
                yield path


def _open_to_others(paths: Iterable[Path]) -> Iterator[str]:
    ours = {os.geteuid(), 0}
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            continue  # what is not there or can't be seen is told where it is needed
        if stat.S_ISSOCK(found.st_mode):
            continue
        if found.st_mode & stat.S_IWOTH or found.st_uid not in ours:
            yield str(path)
