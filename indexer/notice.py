"""A note about an article that could not be read, or not completely."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the build report.

    ``skipped`` means that the article is not in the index; ``flagged``, that it is indexed without one of its fields.
    """

    kind: Literal["skipped", "flagged"]
    origin: str
    """The file name, followed by ``:line`` if the file holds many articles."""
    reason: str


def skipped(origin: str, reason: str) -> Notice:
    """Return a notice that an article was left out, and why."""
    return Notice("skipped", origin, reason)


def flagged(origin: str, reason: str) -> Notice:
    """Return a notice that a field of an article was dropped, and why."""
    return Notice("flagged", origin, reason)
