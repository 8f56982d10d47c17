"""Names of files, in folders and in archives alike: which are left out, and which are refused."""

from pathlib import PurePosixPath

_LITTER = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information"}
"""What systems put into folders and archives by themselves."""
_OPEN_ELSEWHERE = "~$"
"""How the names of files begin by which Office marks a document that is open."""


def is_left_out(name: str) -> bool:
    """Return whether a path below a folder or in an archive is no news by its name.

    That is what is hidden, what systems and programs put there by themselves, and READMEs.
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any(is_litter(part) for part in parts) or (bool(parts) and PurePosixPath(parts[-1]).stem.upper() == "README")


def is_litter(part: str) -> bool:
    """Return whether a file or folder of this name is hidden, or put there by a system or a program."""
    hidden = part.startswith(".") and bool(part.strip("."))
    return hidden or part.startswith(_OPEN_ELSEWHERE) or part.casefold() in _LITTER


def refused_name(name: str) -> str:
    """Return why a member of an archive of this name is not read, else an empty string."""
    path = PurePosixPath(name.replace("\\", "/"))
    return "has a name that leads out of the archive" if path.is_absolute() or ".." in path.parts else ""
