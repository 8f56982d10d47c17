"""How a build wants its inputs to be read: one record that every reader receives with its document."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from indexer.dates.day_order import DayOrder
from indexer.sources.fields import FieldNames
from indexer.sources.record_dates import ShownOrders
from indexer.text.language import Judge, judge_language


def _nobody_asks() -> None:
    """Do nothing: nobody wants to know whether the reader goes on."""


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """The settings of a build that readers need; it is the same for all inputs, except for ``judge``."""

    fields: FieldNames = field(default_factory=FieldNames)
    """The names of fields in files of records, as far as the user gave them."""
    judge: Judge = judge_language
    """Returns the language of an article."""
    fetched: Path | None = None
    """A folder for answers of web servers, so that an unchanged page is not sent again; None keeps no answers."""
    allow_private: bool = False
    """Whether servers of this machine and of private networks are asked too."""
    alive: Callable[[], None] = _nobody_asks
    """Called by readers that pass over much that is no article, so that they are not taken to be stuck."""
    day_order: DayOrder | None = None
    """The order of day and month in dates such as 03/04/2025, if the user gave it."""
    shown_orders: ShownOrders | None = None
    """Takes down the orders that the dates of a document show; None if nobody waits until they are known."""
    leaves_marks: bool = False
    """Whether the articles go to where somebody waits for the end of each document, see ``waiting``."""


DEFAULT_CONTEXT = ReadingContext()
"""Reads with the names of fields that exports commonly use, judges each language anew, and keeps no answers."""
