"""Exports: hits or articles as lines of NDJSON or CSV, made one by one."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from search_api.answer import Hit
from search_api.query import Listed, Query
from search_api.records.articles import ListedArticle
from search_api.records.counts import Exactness
from search_api.service.schemas import HitOut, ListedArticleOut

if TYPE_CHECKING:
    from search_api.search.searcher import Searcher

Format = Literal["ndjson", "csv"]
CONTENT_TYPES: Mapping[Format, str] = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
_BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheet programs take a CSV file without it for one in the encoding of the system."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet program would compute."""
_ARTICLE = ("article_id", "title", "opening", "source", "published", "updated", "language", "url")
_HIT = (*_ARTICLE, "passage_id", "relevance", "best_sentence", "text", "copies")


class Export(NamedTuple):
    """The lines of an export, and what is known before the first."""

    lines: Iterator[str]
    total: int
    """Rows of the whole export, wherever it begins."""
    total_is: Exactness
    generation: str


def export_hits(searcher: "Searcher", query: Query, form: Format) -> Export:
    """Return all hits of a query from its offset on."""
    counts = searcher.search(replace(query, offset=0, limit=1)).counts
    hits = searcher.hits(query)
    if form == "csv":
        lines = _csv(csv_header(), csv_rows(hits), query.offset)
    else:
        lines = _ndjson((HitOut.model_validate(hit).model_dump_json() for hit in hits), query.offset)
    return Export(lines, counts.total, counts.total_is, searcher.stats().generation)


def export_articles(searcher: "Searcher", listed: Listed, form: Format) -> Export:
    """Return all articles of a list from its offset on."""
    counts = searcher.list_articles(replace(listed, offset=0, limit=1)).counts
    articles = searcher.listed(listed)
    if form == "csv":
        rows = (_line(_article_cells(article)) for article in articles)
        lines = _csv(_BYTE_ORDER_MARK + _line(_ARTICLE), rows, listed.offset)
    else:
        lines = _ndjson((ListedArticleOut.model_validate(each).model_dump_json() for each in articles), listed.offset)
    return Export(lines, counts.total, counts.total_is, searcher.stats().generation)


def csv_header(*before: str) -> str:
    """Return the names of the columns of hits as a line of CSV, after others; it begins with a byte order mark."""
    return _BYTE_ORDER_MARK + _line([*before, *_HIT])


def csv_rows(hits: Iterator[Hit], *before: str) -> Iterator[str]:
    """Yield hits as lines of CSV, each after the same cells."""
    return (_line([*before, *_hit_cells(hit)]) for hit in hits)


def _ndjson(rows: Iterator[str], offset: int) -> Iterator[str]:
    """Yield rows, and a last line by which the reader knows that nothing is missing."""
    count = offset
    for row in rows:
        count += 1
        yield f"{row}\n"
    yield json.dumps({"complete": True, "rows": count}) + "\n"


def _csv(header: str, rows: Iterator[str], offset: int) -> Iterator[str]:
    """Yield a header, unless the export goes on after the first rows, and rows."""
    if not offset:
        yield header
    yield from rows


def _hit_cells(hit: Hit) -> list[object]:
    best = hit.text[hit.best_sentence.start : hit.best_sentence.end]
    return [*_article_cells(hit), hit.passage_id, f"{hit.relevance:.4f}", best, hit.text, hit.copies]


def _article_cells(article: Hit | ListedArticle) -> list[object]:
    return [getattr(article, name) for name in _ARTICLE]


def _line(cells: Sequence[object]) -> str:
    """Return a line of CSV, of whose cells no spreadsheet program computes one."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return buffer.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
