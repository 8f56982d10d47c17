"""Find when a page was published, in the most trusted of the places that say so."""

import re
from collections.abc import Iterable, Iterator, Sequence

from lxml.html import HtmlElement

from indexer.dates.parsing import parse_published
from indexer.dates.published import Published
from indexer.sources.addresses import split
from indexer.sources.web.json_ld import Node, text_of

_EARLIEST = 1900
"""The first year that an article can have."""
_EPOCH = "1970-01-01"
"""The day that a clock shows if it was never set."""
_NAMES = (
    "article:published_time", "article:published", "article:published:time", "og:article:published_time",
    "og:published_time", "datepublished", "parsely-pub-date", "sailthru.date", "publishdate", "publish-date",
    "publish_date", "published_time", "publication_date", "pubdate", "cxenseparse:recs:publishtime", "dc.date.issued",
    "dcterms.issued", "dc.date", "dcterms.date", "date.available", "date.created", "citation_publication_date",
    "article:created_time", "datecreated", "date",
)  # fmt: skip
"""The names of meta elements that hold the time of publication, the most exact first."""
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_URL_DATES = (
    re.compile(rf"[/_-]{_YEAR}[/_-](?P<month>\d{{1,2}}|[a-z]{{3}})[/_-](?P<day>\d{{1,2}})(?=[/_.-]|$)"),
    re.compile(rf"[/_-]{_YEAR}(?P<month>[01]\d)(?P<day>[0-3]\d)(?=[/_.-]|$)"),
    re.compile(rf"/{_YEAR}[/-](?P<month>[01]\d|[a-z]{{3}})(?P<day>)(?=/)"),
)
_ELSEWHERE = "ancestor::aside or ancestor::nav or ancestor::footer or ancestor::li"
"""XPath: the element belongs to a related story or to a menu."""


def find_published(tree: HtmlElement, articles: Sequence[Node], url: str) -> str:
    """Return the date as the page gives it; empty if it gives none.

    The places are asked in this order: JSON-LD, meta elements, time elements, the address, and the whole page by
    htmldate. A date that cannot be understood is ignored.
    """
    return first_date(_candidates(tree, articles, url))


def first_date(written: Iterable[str]) -> str:
    """Return the first date that can be understood, as it is written; empty if there is none."""
    return next((each for each in written if each and _parse(each)), "")


def _candidates(tree: HtmlElement, articles: Sequence[Node], url: str) -> Iterator[str]:
    yield from (text_of(node, "datePublished", "coverageStartTime") for node in articles)
    yield from (text_of(node, "dateCreated") for node in articles[:1])
    yield from _meta_dates(tree)
    yield from _time_elements(tree)
    yield date_in_url(url)
    yield _searched(tree)


def _meta_dates(tree: HtmlElement) -> list[str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        found.setdefault(name.strip().lower(), meta.get("content") or "")
    return [found[name] for name in _NAMES if name in found]


def _time_elements(tree: HtmlElement) -> list[str]:
    """Return the datetimes of time elements, those marked as the publication first, and none of related stories."""
    times = tree.xpath(f"//time[@datetime][not({_ELSEWHERE})] | //*[@itemprop='datePublished'][@datetime]")
    said = [time for time in times if time.get("itemprop") == "datePublished" or time.get("pubdate") is not None]
    return [time.get("datetime") for time in [*said, *times]]


def date_in_url(url: str) -> str:
    """Return the day or the month in the path of an address such as ``/2024/may/03/`` or ``/2024/05/``."""
    parts = split(url)
    path = parts.path.lower() if parts else ""
    for pattern in _URL_DATES:
        for match in pattern.finditer(path):
            month = _MONTHS.get(match["month"]) or (int(match["month"]) if match["month"].isdigit() else 0)
            iso = f"{match['year']}-{month:02d}" + (f"-{int(match['day']):02d}" if match["day"] else "")
            if _parse(iso):
                return iso
    return ""


def _searched(tree: HtmlElement) -> str:
    import htmldate

    try:
        return htmldate.find_date(tree, original_date=True, extensive_search=False) or ""
    except (
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
        OverflowError,
    ):  # htmldate raises these on unusual text
        return ""


def _parse(text: str) -> Published | None:
    """Return the date, or None if it cannot be understood or no article can have it."""
    try:
        published = parse_published(text)
    except ValueError:
        return None
    return published if published.earliest.year >= _EARLIEST and not text.startswith(_EPOCH) else None
