"""Figures of short queries, from their first pages and their absent twins."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from asking import auc, in_halves
from figures import Figure, Figures
from shown import AbsentTwin, Page

Value = Callable[[Page], float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What queries of one kind got from one corpus."""

    passages: int
    """How many the corpus has, or the largest of several."""
    pages: list[Page]
    twins: list[AbsentTwin] = field(default_factory=list)
    """Of the same queries, as far as they were asked again."""

    @classmethod
    def together(cls, outcomes: Iterable["Outcome"]) -> "Outcome":
        """Put outcomes together, of which no two have the same queries."""
        every = list(outcomes)
        pages, twins = [page for each in every for page in each.pages], [twin for each in every for twin in each.twins]
        return cls(max((each.passages for each in every), default=0), pages, twins)


def mean(name: str, pages: list[Page], value: Value, target: float | None = None, better: str = "higher") -> Figures:
    """Return the mean of a value over pages as a figure, or nothing where there are no pages."""
    if not pages:
        return {}
    values = np.array([value(page) for page in pages], float)
    ids = [page.query.id for page in pages]
    return {name: in_halves(ids, lambda chosen: float(values[chosen].mean()), target, better)}


def found(name: str, pages: list[Page], right: float | None = None, empty: float | None = None) -> Figures:
    """Return how often a row is right, and how often there is none, with the shares that are wanted."""
    return mean(f"{name}: right in ten", pages, lambda page: page.right, right) | mean(
        f"{name}: nothing shown", pages, lambda page: page.empty, empty, "lower"
    )


def whole_events(
    name: str, pages: list[Page], language_of: Mapping[str, str], languages: Collection[str], target: float
) -> Figures:
    """Return which share of the relevant articles in some languages is on the first page.

    Args:
        name: Of the queries.
        pages: Their pages.
        language_of: The language of each article.
        languages: Those that count.
        target: The share that is wanted.
    """
    wanted = {
        page.query.id: [article for article in page.query.relevant if language_of[article] in languages]
        for page in pages
    }
    counted = [page for page in pages if wanted[page.query.id]]
    figure = f"{name}: share of the event on the first page"
    return mean(figure, counted, lambda page: page.share_of(wanted[page.query.id]), target)


def separation(name: str, twins: list[AbsentTwin], target: float | None = None) -> Figures:
    """Return the AUC of the first hit's relevance, queries with an answer against the same without one."""
    counted = [twin for twin in twins if not twin.literal]
    if not counted:
        return {}
    present, absent = np.array([(twin.present, twin.absent) for twin in counted]).T
    ids = [twin.query.id for twin in counted]
    measured = in_halves(ids, lambda chosen: auc(present[chosen], absent[chosen]), target)
    return {f"answerable or not, {name}, AUC of the first hit's relevance": measured}


def false_alarms(name: str, twins: list[AbsentTwin]) -> Figures:
    """Return for which share of absent twins something is shown."""
    counted = [twin for twin in twins if not twin.literal]
    if not counted:
        return {}
    shown = np.array([twin.shown for twin in counted])
    ids = [twin.query.id for twin in counted]
    measured = in_halves(ids, lambda chosen: float(shown[chosen].mean()), None, "lower")
    measured["how"] += f"; {len(twins) - len(counted)} whose words stand elsewhere left out"
    return {f"absent twins, {name}: something shown": measured}


def disorder(pages: list[Page]) -> Figures:
    """Return the share of answers in which a row stands below one of lower relevance."""
    answers = [page for page in pages if not page.empty]
    return mean("a row stands below one of lower relevance", answers, lambda page: page.disordered, 0.0, "lower")


def times(outcome: Outcome) -> Figures:
    """Return how long whole searches took."""
    took = np.array([page.milliseconds for page in outcome.pages])
    ids = [page.query.id for page in outcome.pages]

    def percentile(percent: int, target: float | None = None) -> Figure:
        return in_halves(ids, lambda chosen: float(np.percentile(took[chosen], percent)), target, "lower")

    name = f"a warm short query, {outcome.passages:,} passages"
    return {f"{name}, p50 ms": percentile(50, 15), f"{name}, p99 ms": percentile(99)}
