"""Wait until a whole document is read where dates such as 03/04/2025 need the others of it to be understood.

One date such as 27/05/2025 shows that in the same field of the same document the day comes first. From the first
article on whose date needs that, everything is held back until the document ends: in memory, or on disk if it is much.
"""

import pickle
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import IO, TYPE_CHECKING

from indexer.article import Article
from indexer.notice import Notice, flagged
from indexer.sources.context import ReadingContext
from indexer.sources.record_dates import LONGEST_SHOWN, AmbiguousDates, DocumentEnd, ShownOrders, read_date

if TYPE_CHECKING:
    from indexer.dates.published import Published

Item = Article | Notice

_IN_MEMORY = 16 * 2**20
"""Bytes that are held back in memory."""


def dated(read: Callable[[ReadingContext], Iterator[Item]], context: ReadingContext, origin: str) -> Iterator[Item]:
    """Yield what is read of a document, with the dates that its other dates explain.

    Args:
        read: Reads the document.
        context: How it is read. If it leaves marks, the dates are left to ``in_one_order``.
        origin: The document, for people.
    """
    items = _marked(read, context, origin)
    yield from items if context.leaves_marks else in_one_order(items)


def in_one_order(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the articles of documents, each with the dates that its document explains, and without marks.

    If reading ends with an error, what was read before is yielded first.
    """
    for item in items:
        if isinstance(item, AmbiguousDates):
            yield from _document(chain([item], items))
        else:
            yield item


def _marked(read: Callable[[ReadingContext], Iterator[Item]], context: ReadingContext, origin: str) -> Iterator[Item]:
    orders, ambiguous = ShownOrders(), False
    for item in read(replace(context, shown_orders=orders)):
        ambiguous = ambiguous or isinstance(item, AmbiguousDates)
        yield item
    if ambiguous:
        yield DocumentEnd("flagged", origin, "", orders)


def _document(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the rest of a document, from its first ambiguous date on."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        held = _Held(file)
        failed: Exception | None = None
        try:
            end = held.hold(items)
        except Exception as error:  # it is raised again when nothing is held any more
            end, failed = None, error
        yield from _explained(held, end.orders if end else ShownOrders(), end.origin if end else "")
    if failed:
        raise failed


def _explained(held: "_Held", orders: ShownOrders, origin: str) -> Iterator[Item]:
    undecided, first = Counter[str](), dict[str, str]()
    waiting: AmbiguousDates | None = None
    for item in held:
        if isinstance(item, AmbiguousDates):
            waiting = item
            origin = origin or item.origin
            for name, text in item.texts.items():
                if orders.only(name) is None:
                    undecided[name] += 1
                    first.setdefault(name, text)
        elif waiting and isinstance(item, Article):
            yield from _explained_article(item, waiting, orders)
            waiting = None
        else:
            yield item
    for name, count in undecided.items():
        yield flagged(origin, _undecided(count, first[name], both=bool(orders.shown.get(name))))


class _Held:
    """Articles and notices in a file, until they are wanted."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._count = file, 0

    def hold(self, items: Iterator[Item]) -> DocumentEnd | None:
        """Take all items up to the end of the document, and return that."""
        for item in items:
            if isinstance(item, DocumentEnd):
                return item
            pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
            self._count += 1
        return None

    def __iter__(self) -> Iterator[Item]:
        self._file.seek(0)
        for _ in range(self._count):
            yield pickle.load(self._file)  # noqa: S301 - this process has just written it, and nobody else can


def _explained_article(article: Article, ambiguous: AmbiguousDates, orders: ShownOrders) -> Iterator[Item]:
    """Yield an article with those of its ambiguous dates that are understood now, after what is wrong with them."""
    found: dict[str, Published] = {}
    for name, text in ambiguous.texts.items():
        if order := orders.only(name):
            published, problem = read_date(text, article.language, order)
            if problem:
                yield flagged(article.origin, problem)
            if published:
                found[name] = published
    unread = "" if "published" in found else article.unread_date
    yield replace(
        article,
        published=found.get("published", article.published),
        updated=found.get("updated", article.updated),
        unread_date=unread,
    )


def _undecided(count: int, example: str, *, both: bool) -> str:
    others = "its other dates show both" if both else "no other date of the file tells which"
    return (
        f"{count:,} {'date' if count == 1 else 'dates'} such as {example[:LONGEST_SHOWN]!r} can have the day first or "
        f"the month, and {others}; kept without a date: say it with --day-first or --month-first"
    )
