"""Unpacking a model's zip without trusting it."""

import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

from vocabulary.errors import Permanent

_MOST_BYTES, _MOST_FILES = 8 * 1024**3, 1000


class ArchiveRefused(Permanent):
    """A zip that is damaged, too large, or reaches outside its folder."""


def unpack(archive: Path, /, *, folder: str, into: Path) -> Path:
    """Unpack what lies in ``folder`` of the zip as ``into``, whole or not at all; ArchiveRefused."""
    draft = into.with_name(f".{into.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [_checked(member) for member in opened.infolist()]
            if len(members) > _MOST_FILES or sum(member.file_size for member in members) > _MOST_BYTES:
                raise ArchiveRefused(f"{archive.name} is larger than a model may be")
            opened.extractall(draft)
    except zipfile.BadZipFile as error:
        raise ArchiveRefused(f"{archive.name} is damaged: {error}") from None
    if not (draft / folder).is_dir():
        raise ArchiveRefused(f"{archive.name} has no folder {folder}")
    shutil.rmtree(into, ignore_errors=True)
    (draft / folder).rename(into)
    shutil.rmtree(draft, ignore_errors=True)
    return into


def _checked(member: zipfile.ZipInfo, /) -> zipfile.ZipInfo:
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
        raise ArchiveRefused(f"the archive reaches outside its folder with {member.filename!r}")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise ArchiveRefused(f"the archive has a link, {member.filename!r}")
    return member
