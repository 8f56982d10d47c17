"""Read HTML: each news page is an article, whose text has to be found among menus, boxes and advertisements."""

from collections.abc import Iterator

import lxml.html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped
from indexer.sources import limits
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.record import read_record
from indexer.sources.web.page import read_page
from indexer.sources.web.page_encoding import decode_page
from indexer.sources.web.page_text import find_text
from indexer.sources.web.page_title import squash
from indexer.text.language import identify_language, language_probabilities, normalise_tag

PAGE_LIMIT = limits.PAGE
"""The most bytes of a page. A news page with all its scripts seldom has a tenth of them."""
_ELEMENTS = limits.PAGE_ELEMENTS
"""The most elements of a page. The longest live blogs hold fewer, and their extraction takes seconds."""
_LONGEST_NODE = 5 * 10**6
"""The bytes of a page from which on one script may be longer than the 10 MB of UTF-8 that libxml2 reads by default."""
_SURE = 0.99
"""The probability above which another language overrides the one that the page declares."""
_LETTERS = 20
"""The fewest letters and digits of an article: a shorter text comes from a menu."""


def read_html(
    content: bytes, origin: str, article_id: str = "", url: str = "", context: ReadingContext = DEFAULT_CONTEXT
) -> Iterator[Article | Notice]:
    """Yield a notice for each field that could not be used, and then the article; or one notice why there is none.

    Args:
        content: The page.
        origin: Where the page was read, for people.
        article_id: The id of the article.
        url: The address that the page was fetched from, if known. Relative addresses in the page are completed by it.
        context: Judges the language.
    """
    try:
        record, doubt = fields_of_page(content, url)
    except NoArticleError as error:
        yield skipped(origin, str(error))
        return
    if doubt:
        yield flagged(origin, doubt)
    yield from read_record(record, origin, context, article_id)


class NoArticleError(Exception):
    """A page holds no article that can be read; the message says why."""


def fields_of_page(content: bytes, url: str = "") -> tuple[dict[str, str], str]:
    """Return the fields of the article of a page, and why its text may not be the right one.

    Raises:
        NoArticleError: The page holds no article.
    """
    tree = _parse(content)
    try:
        page = read_page(tree, url)
        found = find_text(tree, page)
    except (LxmlError, RecursionError, ValueError, MemoryError) as error:
        raise NoArticleError(f"the page cannot be read: {type(error).__name__}: {str(error)[:100]}") from error
    text = "\n\n".join(found.paragraphs)
    if len(squash(text)) < _LETTERS:
        raise NoArticleError("no article text found: wanted a page with paragraphs of text, got none outside of menus")
    fields = {
        "title": page.title,
        "text": text,
        "published": page.published,
        "updated": page.updated,
        "language": _language(page.language, text),
        "source": page.source,
        "url": page.url,
    }
    return {name: value for name, value in fields.items() if value}, found.doubt


def _parse(content: bytes) -> HtmlElement:
    """Return the tree of a page.

    libxml2 leaves out what it cannot read, and elements more than 256 deep, or 2048 in a huge page.
    """
    if not content.strip():
        raise NoArticleError("the page is empty")
    if len(content) > PAGE_LIMIT:
        raise NoArticleError(f"the page has {len(content):,} bytes, wanted at most {PAGE_LIMIT:,}")
    huge = len(content) > _LONGEST_NODE
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=huge)
    try:
        tree = lxml.html.document_fromstring(decode_page(content).encode(), parser=parser)
    except (LxmlError, ValueError, AssertionError) as error:
        raise NoArticleError(f"not HTML: {str(error)[:100] or 'no elements found'}") from error
    if (count := sum(1 for _ in tree.iter())) > _ELEMENTS:
        raise NoArticleError(f"the page has {count:,} elements, wanted at most {_ELEMENTS:,}")
    for value in tree.xpath("//@*[contains(., '<!--')]"):  # to write one out takes the square of its length
        value.getparent().set(value.attrname, value.replace("<!--", ""))
    return tree


def _language(declared: str, text: str) -> str:
    """Return the declared language, unless the text is clearly in another one: many templates declare a wrong one."""
    tag = normalise_tag(declared) if declared else None
    found = identify_language(text)
    if tag is None or tag == found:
        return found
    probabilities = language_probabilities(text)
    sure = max(probabilities.values(), default=0) >= _SURE
    return found if sure and tag in probabilities else tag
