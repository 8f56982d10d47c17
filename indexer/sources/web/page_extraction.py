"""Find the text that a page shows with trafilatura, without the title and without pointers to other stories."""

import copy
import re
import warnings

from lxml.html import HtmlElement

from indexer.sources.web.page_title import squash

_RULE = re.compile(r"[|\s:-]*")
_BLOCKS = ("p", "div", "br", "li", "td", "tr", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "option")
_MANY_BLOCKS = 2500
"""In a page of more blocks than this, trafilatura does not ask jusText too, which takes the square of their number."""
_LABEL_LETTERS = 30
"""The most letters of a label before a link to another story, such as "Read also:"."""
_LINK_SHARE = 0.95
"""The least share of letters within links in a paragraph that only points to other stories."""


def extract(tree: HtmlElement, title: str, recall: bool = False) -> list[str]:
    """Return the paragraphs that trafilatura takes for the article; ``recall`` makes it take more of the page."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that SOCKS is missing, but nothing is fetched here
        import trafilatura

    many = sum(1 for _ in tree.iter(*_BLOCKS)) > _MANY_BLOCKS
    document = trafilatura.bare_extraction(copy.deepcopy(tree), include_comments=False, favor_recall=recall, fast=many)
    if document is None or isinstance(document, dict):
        return []
    outside = {squash(title), *(squash(heading.text_content()) for heading in tree.iter("h1")), *_pointers(tree)}
    lines = [
        line for each in (document.text or "").split("\n") if (line := _plain(each)) and squash(line) not in outside
    ]
    headings = {squash("".join(heading.itertext())) for heading in document.body.iter("head")}
    while lines and squash(lines[-1]) in headings:
        lines.pop()
    return lines


def _plain(line: str) -> str:
    """Return a line without the marks of lists and tables."""
    text = line.strip()
    if text.startswith("|"):
        cells = [] if _RULE.fullmatch(text) else [cell.strip() for cell in text.strip("|").split("|")]
        return ", ".join(cell for cell in cells if cell)
    return text.removeprefix("- ").strip()


def _pointers(tree: HtmlElement) -> set[str]:
    """Return the paragraphs and list items that hold only a link to another story, or a label and a link."""
    found = set()
    for element in tree.iter("p", "li"):
        first = next(element.iter("a"), None)
        if first is None or not first.text_content():
            continue
        letters = squash(element.text_content())
        linked = sum(len(squash(link.text_content())) for link in element.iter("a"))
        label = element.text_content().partition(first.text_content())[0].strip()
        labelled = label.endswith((":", "：")) and len(letters) - linked <= _LABEL_LETTERS
        if linked >= len(letters) * _LINK_SHARE or labelled:
            found.add(letters)
    return found
