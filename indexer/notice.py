"""What a reader says of an article that it could not take as it came."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the build report. ``skipped``: the article is not in the index; ``flagged``: it is, less a field."""

    kind: Literal["skipped", "flagged"]
    origin: str
    """The file, and for files of many articles ``:line``."""
    reason: str


def skipped(origin: str, reason: str) -> Notice:
    """Say that an article is left out, and why."""
    return Notice("skipped", origin, reason)


def flagged(origin: str, reason: str) -> Notice:
    """Say that a field of an article was not taken, and why."""
    return Notice("flagged", origin, reason)
