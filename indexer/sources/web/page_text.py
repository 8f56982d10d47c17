"""Find the text of a page with trafilatura, and check it against the description that the page gives of itself."""

import copy
import json
import re
import warnings
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from indexer.sources.web.json_ld import Node, text_of
from indexer.sources.web.page import Page, squash
from indexer.text.paragraphs import is_heading

_RULE = re.compile(r"[|\s:-]*")
_TAG = re.compile(r"</?(?:p|br|div|h\d|li|ul|ol|blockquote|strong|b|em|i|a|span)\b[^<>]*>", re.IGNORECASE)
_BLOCK_END = re.compile(r"\s*(?:</(?:p|div|h\d|li|blockquote)\s*>|<br\s*/?>|\n)\s*", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<p\b", re.IGNORECASE)
_PARAGRAPHS = 3
"""The fewest paragraphs of a string in the data of a script that may be the text."""
_SHINGLE = 12
"""Letters and digits of a shingle: two texts do not share as many in a row by accident."""
_CONFIRMED = 0.6
"""The least share of a paragraph's shingles that a text holds if the paragraph is part of it."""
_AGREEMENT = 0.85
"""The least share of an articleBody that was found on the page if it can be trusted to be the whole text."""
_LABEL_LETTERS = 30
"""The most letters of a label before a link to another story, such as "Read also:"."""
_LINK_SHARE = 0.95
"""The least share of letters within links in a paragraph that only points to other stories."""
_SHORTEST_LEAD = 40
_LONGEST_LEAD = 1500
_LEAD_TAGS = ("p", "h2", "h3", "div", "span", "strong", "header", "li", "section")


def find_text(tree: HtmlElement, page: Page) -> str:
    """Return the paragraphs of a page's article, separated by blank lines; empty if none are found."""
    bodies = [_body_paragraphs(text_of(node, "articleBody")) for node in page.articles]
    body = max(bodies, key=lambda paragraphs: sum(map(len, paragraphs)), default=[])
    found = _extracted(tree, page)
    if body:
        found = _agreed(found, body)
    if not found:
        found = _scripted(tree)
    if found:
        found = [*_lead(tree, page, found), *found]
    return "\n\n".join(found)


def _extracted(tree: HtmlElement, page: Page) -> list[str]:
    """Return what trafilatura finds, without the title above the text and without pointers to other stories."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that SOCKS is missing, but nothing is fetched here
        import trafilatura

    document = trafilatura.bare_extraction(copy.deepcopy(tree), include_comments=False)
    if document is None or isinstance(document, dict):
        return []
    outside = {squash(page.title), *(squash(heading.text_content()) for heading in tree.iter("h1")), *_pointers(tree)}
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


def _body_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of an articleBody. Some publishers write it as HTML, and many in one line."""
    parts = (" ".join(_TAG.sub("", part).split()) for part in _BLOCK_END.split(text))
    return [part for part in parts if part]


def _agreed(found: list[str], body: list[str]) -> list[str]:
    """Return the paragraphs that were found, without those that are missing in an articleBody with the whole article.

    An articleBody has the whole article if nearly all of it was found on the page. Sub-headings stay, because many
    publishers leave them out of the articleBody. If little of it was found, the page shows its text in a way that
    trafilatura cannot read, and the articleBody itself is returned.
    """
    wanted = _shingles(squash("".join(body)))
    held = [_shares(text, wanted) >= _CONFIRMED for text in found]
    seen = _shingles(squash("".join(text for text, confirmed in zip(found, held, strict=True) if confirmed)))
    covered = len(seen & wanted) / max(1, len(wanted))
    if covered < 1 - _AGREEMENT and len(squash("".join(body))) > len(squash("".join(found))):
        return body
    if covered < _AGREEMENT:
        return found
    first = held.index(True)
    after = [*held[1:], False]
    return [
        text
        for number, (text, confirmed) in enumerate(zip(found, held, strict=True))
        if confirmed or number < first or (is_heading(text) and after[number])
    ]


def _shingles(letters: str) -> set[str]:
    return {letters[start : start + _SHINGLE] for start in range(max(1, len(letters) - _SHINGLE + 1))}


def _shares(text: str, wanted: set[str]) -> float:
    own = _shingles(squash(text))
    return len(own & wanted) / len(own)


def _lead(tree: HtmlElement, page: Page, found: list[str]) -> list[str]:
    """Return the lead, if it was missed: a description of the page that the page also shows above the text."""
    have = squash("".join(found))
    for text in _descriptions(tree, page.articles):
        wanted = squash(text)
        if _SHORTEST_LEAD <= len(wanted) <= _LONGEST_LEAD and wanted not in have and _above(tree, wanted, have):
            return [" ".join(text.split())]
    return []


def _descriptions(tree: HtmlElement, articles: Sequence[Node]) -> Iterator[str]:
    yield from (text_of(node, "description") for node in articles)
    for meta in tree.iter("meta"):
        if (meta.get("property") or meta.get("name") or "").lower() in {"og:description", "description"}:
            yield meta.get("content") or ""


def _above(tree: HtmlElement, wanted: str, text: str) -> bool:
    """Return whether a page shows a lead before the first words of the text."""
    for element in tree.iter(*_LEAD_TAGS):
        if len(element) > 4:
            continue
        letters = squash(element.text_content())
        if letters == wanted:
            return True
        if len(letters) >= _SHORTEST_LEAD and text.startswith(letters):
            return False
    return False


def _scripted(tree: HtmlElement) -> list[str]:
    """Return the text of a page that a script builds in the browser: the longest HTML in the data of its scripts."""
    found: list[list[str]] = [[]]
    for script in tree.iter("script"):
        text = script.text or ""
        if "json" in (script.get("type") or "") and "ld+json" not in (script.get("type") or ""):
            found += [_body_paragraphs(html) for html in _marked_up(text)]
    return max(found, key=lambda paragraphs: sum(map(len, paragraphs)))


def _marked_up(text: str) -> Iterator[str]:
    """Yield the strings in a JSON text that are HTML with several paragraphs."""
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and len(_PARAGRAPH.findall(value)) >= _PARAGRAPHS:
            yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
