"""What a search can be asked for by name: an order, a unit, a field to count by."""

from enum import StrEnum


class Order(StrEnum):
    """How hits in different languages are ordered in one list."""

    BEST_ANYWHERE = "best-anywhere"
    """By score, whatever the language."""
    MY_LANGUAGE_FIRST = "my-language-first"
    """All hits in the query's language before all others."""
    ONE_LANE_PER_LANGUAGE = "one-lane-per-language"
    """Up to ``limit`` hits in each language; the language with the best hit comes first."""


class Group(StrEnum):
    """What one hit is."""

    ARTICLE = "article"
    """An article with its best passages."""
    PASSAGE = "passage"
    """A single passage."""


class Sort(StrEnum):
    """By what hits are sorted."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    """By the date of publication, the latest first; those without a date come last."""
    OLDEST = "oldest"
    """The earliest first; those without a date come last."""


class Facet(StrEnum):
    """A field of articles by whose values hits are counted."""

    LANGUAGE = "language"
    SOURCE = "source"
    MONTH = "month"


class Interval(StrEnum):
    """The length of the spans of time in which hits are counted."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
