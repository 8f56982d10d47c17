"""Names of members of archives: which are left out, as in folders, and which are refused."""

from pathlib import PurePosixPath

_LITTER = {"__MACOSX", "Thumbs.db", "desktop.ini"}
"""What systems put into folders and archives by themselves."""


def is_left_out(name: str) -> bool:
    """Return whether a member is no news by its name: hidden, a README, or put there by a system."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    hidden = any(part in _LITTER or (part.startswith(".") and part.strip(".")) for part in parts)
    return hidden or (bool(parts) and PurePosixPath(parts[-1]).stem.upper() == "README")


def refused_name(name: str) -> str:
    """Return why a member of this name is not read, else an empty string."""
    path = PurePosixPath(name.replace("\\", "/"))
    return "has a name that leads out of the archive" if path.is_absolute() or ".." in path.parts else ""
