"""Wait until a whole document is read where dates such as 03/04/2025 need the others of it to be understood.

One date such as 27/05/2025 shows that in the same field of the same document the day comes first. From the first
article on whose date needs that, everything is held back until the document ends: in memory, or on disk if it is much.
If there is no space for it on disk, the rest of the document is read without waiting.
"""

import contextlib
import io
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from indexer.article import Article
from indexer.notice import Notice, flagged
from indexer.sources.context import ReadingContext
from indexer.sources.record_dates import LONGEST_SHOWN, AmbiguousDates, DocumentEnd, ShownOrders, read_date
from indexer.sources.temporary import TemporaryFolderFullError, temporary_file, temporary_space

if TYPE_CHECKING:
    from indexer.dates.published import Published

Item = Article | Notice

_IN_MEMORY = 16 * 2**20
"""Bytes that are held back in memory."""
_NO_OTHER = "no other date of the file tells which"


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
    with contextlib.ExitStack() as stack:
        held = _Held(stack)
        failed: Exception | None = None
        try:
            end = held.hold(items)
        except TemporaryFolderFullError as error:
            yield from _explained(chain(held, held.waiting, items), ShownOrders(), "", str(error))
            return
        except Exception as error:  # it is raised again when nothing is held any more
            end, failed = None, error
        yield from _explained(held, end.orders if end else ShownOrders(), end.origin if end else "")
    if failed:
        raise failed


def _explained(held: Iterable[Item], orders: ShownOrders, origin: str, unheld: str = "") -> Iterator[Item]:
    """Yield items with the dates that the orders explain, and say what is not explained.

    Args:
        held: The items of a document; if its end is among them, those behind it are left alone.
        orders: The orders of day and month that its dates show.
        origin: The document, for people; empty if it is not known.
        unheld: Why the document could not be held until its end, if it could not.
    """
    undecided, first = Counter[str](), dict[str, str]()
    waiting: AmbiguousDates | None = None
    for item in held:
        if isinstance(item, DocumentEnd):
            origin = item.origin
            break
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
        why = unheld or ("its other dates show both" if orders.shown.get(name) else _NO_OTHER)
        yield flagged(origin, _undecided(count, first[name], why))


class _Held:
    """Articles and notices until they are wanted: the first of them in memory, the others in a temporary file."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        """Prepare to hold items.

        Args:
            stack: Closes the file.
        """
        self._stack, self._memory = stack, io.BytesIO()
        self._file: io.FileIO | None = None
        self._in_memory = self._in_file = 0
        self.waiting: list[Item] = []
        """The item that is being taken; it remains here if there is no space for it."""

    def hold(self, items: Iterator[Item]) -> DocumentEnd | None:
        """Take all items up to the end of the document, and return that.

        Raises:
            TemporaryFolderFullError: There is no space for an item, which is the last that was taken.
        """
        for item in items:
            if isinstance(item, DocumentEnd):
                return item
            self.waiting = [item]
            self._take(pickle.dumps(item, pickle.HIGHEST_PROTOCOL))
        return None

    def _take(self, content: bytes) -> None:
        if self._file is None and self._memory.tell() + len(content) <= _IN_MEMORY:
            self._memory.write(content)
            self._in_memory += 1
            return
        self._file = self._file or self._stack.enter_context(temporary_file())
        with temporary_space():
            left = memoryview(content)
            while left:
                left = left[self._file.write(left) :]
        self._in_file += 1

    def __iter__(self) -> Iterator[Item]:
        self._memory.seek(0)
        for _ in range(self._in_memory):
            yield pickle.load(self._memory)  # noqa: S301 - this process has just written it, and nobody else can
        if self._file:
            self._file.seek(0)
            buffered = io.BufferedReader(self._file)
            for _ in range(self._in_file):
                yield pickle.load(buffered)  # noqa: S301
            buffered.detach()


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


def _undecided(count: int, example: str, why: str) -> str:
    return (
        f"{count:,} {'date' if count == 1 else 'dates'} such as {example[:LONGEST_SHOWN]!r} can have the day first or "
        f"the month, and {why}; kept without a date: say it with --day-first or --month-first"
    )
