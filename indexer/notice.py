"""A note about an article that could not be read, or not completely."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the build report.

    ``skipped`` means that the article is not in the index, because it could not be read; ``left_out``, that it is not
    meant to be there, such as a draft or a file that is no news; ``flagged``, that it is indexed without one of its
    fields.
    """

    kind: Literal["skipped", "left_out", "flagged"]
    origin: str
    """The file name, followed by ``:line`` if the file holds many articles."""
    reason: str


def skipped(origin: str, reason: str) -> Notice:
    """Return a notice that an article could not be read, and why."""
    return Notice("skipped", origin, reason)


def left_out(origin: str, reason: str) -> Notice:
    """Return a notice that something is no news or never was published, and what it is."""
    return Notice("left_out", origin, reason)


def flagged(origin: str, reason: str) -> Notice:
    """Return a notice that a field of an article was dropped, and why."""
    return Notice("flagged", origin, reason)
